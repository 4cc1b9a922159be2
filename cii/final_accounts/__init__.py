"""Final accounts: a year's provider budget, instalments, costs by type, the balance or what is reclaimed.

Owns: year accounts of an agreement and line, their items by cost type, instalments and balances to pay, what
is owed back, clauses on surplus and the profit carry-over of the AI. Source: 000 i.15 to 20 and i.32;
LACI 59cbis, OACI 97 (AC2, AC3); AI CG 3.4 (AI3, AI6); money.md §2; product.md §4.
"""
