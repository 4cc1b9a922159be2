"""The person's rights: the file of what is kept of them, of what was passed on, and of who read it.

Owns no facts: it gathers those of the rooms below as plain data. Source: LPGA 47, LPD 25, CPDT-JUNE;
product.md §9 and §10.
"""
