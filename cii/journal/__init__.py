"""What was done and what was read: by whom, when, for which unit, on which legal basis. One hash chain.

Owns: journal entries, their payloads (apart, so that erasure keeps the chain valid), the subjects they
concern, the seals. Entries are written unchained in the transaction of their cause; one sealer appends them
to the chain in the order of their commits; `verify` finds a changed, deleted, moved or cut-off entry. Source:
OPDo 4, product.md §10.
"""
