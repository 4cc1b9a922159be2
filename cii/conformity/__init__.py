"""Whether an agreement keeps what the guide, the law and the model contract ask.

Facts owned: written justifications, answers to checklist items. A finding is computed from the whole each
time, never stored. Read first: `rules` (what a finding is), the rules by chapter of the guide, `signing`.
Source: 000 §3.2-3.4 (44 indications); product.md §3, §4; OACI 81d; CG AI.
"""
