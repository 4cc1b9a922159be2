"""Words of every published file: the languages of the canton, and a wording in each."""

LANGUAGES = ("fr", "de", "en")

Title = dict[str, str]
"""A wording per language: fr, de, en."""
