"""An agreement lived: the evaluation of each year, and what it advises on renewal.

Facts owned: evaluations with figures as known, the provider's comment, judgements, analyses of missed goals.
Source: 000 indications 26-28, 40; 003 (analysis of results, renewal); product.md §4 FR2.
"""
