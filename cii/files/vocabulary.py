"""Words of every published file: the languages of the canton, and a wording in each."""

from cii.texts.languages import LANGUAGES

__all__ = ["LANGUAGES", "Title"]

Title = dict[str, str]
"""A wording per language: fr, de, en."""
