"""What somebody without an account may do by a signed link: one purpose, one object, little data, once.

Owns: what was answered by link where no other room keeps it (satisfaction). The links themselves stand in `access`,
the answers in the rooms they concern. Source: product.md §1 (network members, physician, person), §10.
"""
