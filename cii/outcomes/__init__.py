"""Pay by outcome: schemes of an agreement, categories of clients, outcomes from the claim to the payment.

Owns: schemes and their dated versions, harmonised categories and those of placements, yearly budgets of a
scheme, outcomes with each step, subcontractors and their share. Source: Bern POIAS report (004), i.28,
product.md P14 and B1–B3.
"""
