"""The catalogue of indicators: one definition of each figure for all who pay, with its version.

Owns the files `workflows/indicators/*.yaml`: definition, denominator, unit, direction, source, and who enters
what is not computed, where and when. A published version never changes. Source: 000 i.10, i.29-33.
"""
