"""The nightly proof that everything agrees: budgets, commitments, attendance, statements, payments, places.

Owns: runs of the reconciliation and their findings. It reads every room that moves money, and corrects
nothing.
Source: money.md §3.
"""
