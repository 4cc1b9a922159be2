"""The three languages of the house, and which of them a reader asked for."""

from typing import Literal, TypeGuard

Language = Literal["fr", "de", "en"]
LANGUAGES: tuple[Language, ...] = ("fr", "de", "en")
"""French first: the canton's language of work."""


def known(lang: str) -> TypeGuard[Language]:
    """Whether the house speaks this language."""
    return lang in LANGUAGES


def negotiate(accept_language: str | None) -> Language:
    """The best language for an `Accept-Language` header; French when the reader names none of ours.

    Weights are read as written (`de;q=0.8`), regions ignored (`fr-CH` is French), the unreadable skipped.
    """
    best: tuple[float, Language] = (0.0, LANGUAGES[0])
    for wish in (accept_language or "")[:1000].split(","):
        tag, _, parameter = wish.partition(";")
        lang = tag.strip().lower().split("-")[0]
        if known(lang) and (weight := _weight(parameter)) > best[0]:
            best = (weight, lang)
    return best[1]


def _weight(parameter: str) -> float:
    name, _, value = parameter.strip().partition("=")
    if not name:
        return 1.0
    try:
        weight = float(value)
    except ValueError:
        return 0.0
    return weight if name.strip() == "q" and 0 <= weight <= 1 else 0.0
