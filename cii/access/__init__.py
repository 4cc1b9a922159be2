"""Who may enter, what they may do, and which rows and sections they may see.

Owns: accounts, memberships in units, login sessions and attempts, visibility grants, signed links. Two
questions, two places: *may this role do it?* in `permits.py`; *may it see this row, and which sections?* in
`sections.py` and the grants. Default is deny. Source: product.md §10; LPGA 33, LASoc-NE 28 (secrecy). An
administrator manages accounts and sees no case content.
"""
