"""One box for persons, cases, measures and providers: what the actor may see, by the beginning of each word.

Owns nothing: each group is a read of its room with that room's `visible_to`. Source: product.md §0, §11.
"""
