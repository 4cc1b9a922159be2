"""Reads the catalogues once and cuts each text into its pieces; a fault in a file is told at once."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from babel import Locale
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from cii.texts.languages import LANGUAGES
from cii.texts.typography import bound

CATALOGUES = Path(__file__).parent / "catalogue"
_PLACEHOLDER = re.compile(r"\{([a-z][a-z0-9_]*)(?::([a-z][a-z0-9_.-]*))?\}")
_KEY = re.compile(r"[a-z0-9]+(?:[-_][a-z0-9]+)*(?:\.[A-Za-z0-9]+(?:[-_][A-Za-z0-9]+)*)+")
_SAID = r'"((?:[^"\\\n]|\\["\\])*)"'
_USUAL = re.compile(
    rf"^([a-z0-9][A-Za-z0-9._-]*):(?: \{{fr: {_SAID}, de: {_SAID}, en: {_SAID}\}}"
    rf"|\n  fr: {_SAID}\n  de: {_SAID}\n  en: {_SAID})[ ]*$",
    re.MULTILINE,
)
"""A key with three sentences between quotes, on one line or on four: most of a catalogue."""
_ESCAPED = re.compile(r"\\(.)")
_PLURALS = frozenset({"zero", "one", "two", "few", "many", "other"})


class BadCatalogue(Exception):  # noqa: N818 - reads as the sentence it is
    """A catalogue file does not hold what a catalogue must: says the file, the key and the reason."""


@dataclass(frozen=True, slots=True)
class Slot:
    """A place in a text for the fact `name`, written in `form` (empty: by the type of the value)."""

    name: str
    form: str


Pieces = tuple[str | Slot, ...]


@dataclass(frozen=True, slots=True)
class Text:
    """One text in one language: a single form, or one per plural category with `other` always present."""

    forms: Mapping[str, Pieces]

    @property
    def slots(self) -> frozenset[str]:
        """The names of all facts that the text needs, in any of its forms."""
        return frozenset(
            piece.name for form in self.forms.values() for piece in form if isinstance(piece, Slot)
        )


Entry = Mapping[str, Text]
"""Language → text."""


@cache
def texts(folder: Path = CATALOGUES) -> Mapping[str, Entry]:
    """All keys of all catalogues of the folder; refuses a double key, a missing language."""
    found: dict[str, Entry] = {}
    home: dict[str, str] = {}
    for file in sorted(folder.glob("*.yaml")):
        for key, value in _read(file).items():
            if key in found:
                raise BadCatalogue(f"{file.name}: {key} stands already in {home[key]}")
            found[key], home[key] = _entry(file.name, key, value), file.name
    return found


@cache
def plural_form(lang: str, count: int) -> str:
    """The plural category of a number in a language: French says `one` for 0 and 1, German for 1 only."""
    return str(Locale.parse(lang).plural_form(count))


def _read(file: Path) -> Mapping[str, object]:
    """The keys of a file: usual ones by their form, which takes a tenth of the time, the others as YAML."""
    found: dict[str, object] = {}

    def usual(match: re.Match[str]) -> str:
        if match[1] in found:
            raise BadCatalogue(f"{file.name}: duplicate key {match[1]}")
        said = match.group(2, 3, 4) if match[2] is not None else match.group(5, 6, 7)
        found[match[1]] = {
            lang: _ESCAPED.sub(r"\1", text) for lang, text in zip(LANGUAGES, said, strict=True)
        }
        return "\n" * match[0].count("\n")

    try:
        rest = _USUAL.sub(usual, file.read_text(encoding="utf-8"))
        held = YAML(typ="safe", pure=True).load(rest) if rest.strip() else None
    except (YAMLError, UnicodeDecodeError) as fault:
        raise BadCatalogue(f"{file.name}: {fault}") from fault
    if held is not None and not isinstance(held, Mapping):
        raise BadCatalogue(f"{file.name}: must be a mapping of keys")
    if twice := found.keys() & set(held or ()):
        raise BadCatalogue(f"{file.name}: duplicate key {min(twice)}")
    return found | dict(held or {})


def _entry(file: str, key: object, value: object) -> Entry:
    where = f"{file}: {key}"
    if not isinstance(key, str) or not _KEY.fullmatch(key):
        raise BadCatalogue(f"{where}: a key is dotted words, as in case.opened")
    if not isinstance(value, Mapping) or set(value) != set(LANGUAGES):
        raise BadCatalogue(f"{where}: needs exactly {', '.join(LANGUAGES)}")
    return {lang: _text(f"{where}.{lang}", value[lang], lang) for lang in LANGUAGES}


def _text(where: str, value: object, lang: str) -> Text:
    forms = value if isinstance(value, Mapping) else {"other": value}
    if "other" not in forms or not _PLURALS.issuperset(forms):
        raise BadCatalogue(f"{where}: plural forms are one, other …, and other is needed")
    if lang == "fr":
        forms = {form: bound(text) if isinstance(text, str) else text for form, text in forms.items()}
    return Text({form: cut(where, text) for form, text in forms.items()})


def cut(where: str, text: object) -> Pieces:
    """The text as literal pieces and slots; refuses what is no sentence, and stray braces."""
    if not isinstance(text, str) or not text.strip():
        raise BadCatalogue(f"{where}: a text is a sentence between quotes")
    pieces: list[str | Slot] = []
    at = 0
    for match in _PLACEHOLDER.finditer(text):
        pieces += [text[at : match.start()], Slot(match[1], match[2] or "")]
        at = match.end()
    pieces.append(text[at:])
    if any("{" in piece or "}" in piece for piece in pieces if isinstance(piece, str)):
        raise BadCatalogue(f"{where}: a brace that is no placeholder")
    return tuple(piece for piece in pieces if piece != "")
