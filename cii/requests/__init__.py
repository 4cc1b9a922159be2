"""Who asks to see a case that is not theirs, who decides, and what was opened in an emergency.

Owns: requests for access with their answers, break-glass openings with their reviews. What a request opens is a
grant and a disclosure of the rooms below. Source: product.md §9 (bases), §10 (break-glass), P16.
"""
