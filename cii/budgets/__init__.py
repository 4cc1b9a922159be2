"""Budgets of the funding lines and their ledger: what was granted, engaged, delivered, invoiced, paid.

Owns: budget years, guarded accounts, entries and movements (append-only), requests to reverse. The key is the
funding line and the year; a chain of accounts per agreement hangs below. Source: money.md §2.
"""
