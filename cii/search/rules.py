"""What somebody has typed into the one box: words of a name, the beginning of a case number."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from cii.kernel.folding import folded

MOST_WORDS = 6
"""More words than a name has; what follows is not looked for."""
_NUMBER = re.compile(r"[A-Z0-9][A-Z0-9-]{0,19}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Asked:
    """`words`: beginnings of words, the longest first; `number`: how a case's number may begin, or None."""

    words: tuple[str, ...]
    number: str | None


def asked(text: str) -> Asked:
    """What the text asks for; signs that stand in no name ask for nothing."""
    words = sorted(set(folded(text).split()), key=lambda word: (-len(word), word))[:MOST_WORDS]
    number = text.strip().upper()
    return Asked(tuple(words), number if _NUMBER.fullmatch(number) else None)


def fits(words: Sequence[str], *names: str) -> bool:
    """Whether each of these beginnings begins a word of the names."""
    held = folded(*names).split()
    return bool(words) and all(any(one.startswith(word) for one in held) for word in words)
