"""What a case manager finds again: visits, drafts, mentions, saved filters, absences, load, news of the law.

Owns those rows and no facts about persons: what is new in a case is asked of the rooms below, section by
section.
Source: product.md §0 (my desk), §8 (released percentage, substitution).
"""
