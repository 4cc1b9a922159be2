"""French as Swiss offices set it: a space that does not break, U+00A0, beside double signs.

It stands before `:` `;` `?` `!` `»` and after `«`. Files are typed with a plain space; it is bound here when
they are read, so that no author has to type a sign that nobody sees. German and English need none.
"""

import re

from cii.texts.formats import NBSP

_BEFORE = re.compile(r"[ \u00a0\u202f]+(?=[:;?!»])")
_AFTER = re.compile(r"«[ \u00a0\u202f]+")
_BARE = re.compile(r"(?<=[\w»)\]}%'’\".…])[:;!?](?=[\s»)]|$)|(?<=[^\s\u00a0])»|«(?=\S)(?!\u00a0)")


def bound(text: str) -> str:
    """A French text with its spaces bound, as in `Délai : 3 jours` and `« Triage »`."""
    return _AFTER.sub(f"«{NBSP}", _BEFORE.sub(NBSP, text))


def bare(text: str) -> list[str]:
    """The places of a French text where a double sign lacks its space, each with what surrounds it."""
    return [text[max(0, at.start() - 20) : at.end() + 10] for at in _BARE.finditer(text)]
