"""How wide a text is, and where it breaks: widths of Arial, with a margin for fonts in its place. Pure."""

import unicodedata
from collections.abc import Iterator

_TABLE = {
    278: " \u00a0!,./:;I[]\\ftjil|'",
    334: "()-`r{}",
    389: '"*',
    500: "Jcksvxyz",
    556: "0123456789abdeghnopqu$#?_L",
    611: "+<=>~^FTZ",
    667: "ABEKPSVXY&",
    722: "CDHNRUw",
    778: "GOQ",
    944: "Mm%W",
    1015: "@",
}
_WIDTHS = {char: width for width, chars in _TABLE.items() for char in chars}
_OTHER, _MARGIN, _BOLD = 700, 1.06, 1.08
_SYMBOLS = 0x2190
"""From here on letters and signs are as wide as they are high."""


def width(text: str, size: float, *, bold: bool = False) -> float:
    """How many pixels a line of text takes at most, in a font of that size."""
    plain = unicodedata.normalize("NFD", text)
    total = sum(0 if unicodedata.combining(one) else _WIDTHS.get(one, _wide(one)) for one in plain)
    return total / 1000 * size * _MARGIN * (_BOLD if bold else 1)


def _wide(char: str) -> int:
    return 1000 if unicodedata.east_asian_width(char) in "FW" or ord(char) > _SYMBOLS else _OTHER


def wrapped(text: str, room: float, size: float, *, bold: bool = False) -> list[str]:
    """The text in lines that fit, broken at spaces; a word longer than a line is cut, with a hyphen."""
    lines = [""]
    for word in _words(text, room, size, bold=bold):
        longer = f"{lines[-1]} {word}" if lines[-1] else word
        if lines[-1] and width(longer, size, bold=bold) > room:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


def _words(text: str, room: float, size: float, *, bold: bool) -> Iterator[str]:
    for word in text.split(" "):
        rest = word
        while width(rest, size, bold=bold) > room and len(rest) > 1:
            fits = next(
                (at for at in range(len(rest) - 1, 1, -1) if width(f"{rest[:at]}-", size, bold=bold) <= room),
                1,
            )
            yield f"{rest[:fits]}-"
            rest = rest[fits:]
        yield rest
