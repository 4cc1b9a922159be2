"""What a provider hands in under an agreement: files as they came, accepted or returned with a reason.

Owns the submissions; the dates by which something is owed belong to `agreements`. A returned deliverable is
owed again from its first date. Source: 000 i.31-35.
"""
