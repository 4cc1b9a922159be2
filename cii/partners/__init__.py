"""What somebody without an account may do by a signed link: one purpose, one object, little data, once.

Owns: what the bearer of a link is asked and when they answered (`link_request`), and what was answered where
no other room keeps it (`satisfaction`). The links themselves stand in `access`, the answers in the rooms they
concern. Source: product.md §1 (network members, physician, person), §10.
"""
