"""Names as a search finds them, the same everywhere: without accents, case and punctuation."""

import unicodedata


def folded(*words: str) -> str:
    """Words without accents, case and punctuation, for search by prefix."""
    plain = unicodedata.normalize("NFKD", " ".join(words).casefold().replace("œ", "oe").replace("æ", "ae"))
    letters = (c if c.isalnum() else " " for c in plain if not unicodedata.combining(c))
    return " ".join("".join(letters).split())
