"""The insured person: one row per canton, one identity per unit, status per system, consents, disclosures.

Owns: persons (AVS number sealed, found by keyed hash), identities, statuses, consents and their recipients,
disclosures. The legal bases are code with tested preconditions (`rules.py`). Source: LACI 85f, LAI 68bis,
LPGA 32, LASoc-NE 28, LAVS 50c–153d; product.md §9.
"""
