"""What was passed on, as a sentence for the person: who told whom what, when, on which ground."""

from cii.access.vocabulary import Section
from cii.kernel.clock import local_day
from cii.people.tables import Disclosure
from cii.texts.languages import LANGUAGES
from cii.texts.speech import say, word

PROTECTED = "web.desk.protected"
"""What stands for a name that the reader may not know."""


def disclosure_text(row: Disclosure, giver: str | None, receiver: str | None) -> dict[str, str]:
    """The sentence in every language; the names are as the reader may know them, None: protected."""
    return {lang: _said(row, giver, receiver, lang) for lang in LANGUAGES}


def _said(row: Disclosure, giver: str | None, receiver: str | None, lang: str) -> str:
    sections = ", ".join(
        word(str(one.name).lower(), lang, "case-section") for one in Section if one & row.sections
    )
    key = "disclosure.told-reason" if row.reason else "disclosure.told"
    return say(
        key, lang, on=local_day(row.at), giver=giver or say(PROTECTED, lang),
        receiver=receiver or say(PROTECTED, lang), sections=sections,
        basis=word(row.basis, lang, "basis"), reason=row.reason or "",
    )  # fmt: skip
