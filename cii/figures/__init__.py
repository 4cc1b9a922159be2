"""Figures of a period as known at a moment: places, persons, days, costs, budgets, indicators with lights.

Owns: values of indicators that people enter; everything else is computed from the facts of the rooms below,
which this room alone reads directly. Source: product.md §5-§7; 000 i.10-i.12; 003 (sorties dynamiques); AC4.
"""
