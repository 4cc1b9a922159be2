"""An agreement on paper: chapters with numbered items, signatures, annexes; texts only, nothing to decide.

The body ends before the annexes: how many pages it takes is a rule of its own (000, i.1).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache

import orjson

from cii.documents.layout import Letterhead, Plain, framed, plain_fact, plain_table
from cii.documents.pdf import render, total
from cii.documents.table import Table, readable


@dataclass(frozen=True, slots=True)
class Prose:
    """Running text; an empty line parts paragraphs, lines that begin with a dash are points."""

    text: str


@dataclass(frozen=True, slots=True)
class Lead:
    """Running text under a word or two that say what it is about, set at its head."""

    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Name:
    """The name of what the next blocks are about."""

    text: str


@dataclass(frozen=True, slots=True)
class Points:
    """A list of sentences, each under a mark of its own."""

    entries: Sequence[str]


@dataclass(frozen=True, slots=True)
class Pairs:
    """Names and what belongs to them."""

    entries: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Missing:
    """Nothing is said here: the words that say so."""

    text: str


Block = Prose | Lead | Name | Points | Pairs | Missing | Table


@dataclass(frozen=True, slots=True)
class Item:
    """A heading of a chapter with what stands under it."""

    number: str
    title: str
    blocks: Sequence[Block]


@dataclass(frozen=True, slots=True)
class Chapter:
    """A chapter, or an annex: its number or letter, its title, its items."""

    number: str
    title: str
    items: Sequence[Item] = ()


@dataclass(frozen=True, slots=True)
class Signer:
    """A place to sign: name and function as far as known; `signed` says when and where it was done."""

    name: str = ""
    function: str = ""
    signed: str = ""


@dataclass(frozen=True, slots=True)
class Party:
    """A side that signs: as what, who it is, its people."""

    side: str
    name: str
    signers: Sequence[Signer]


@dataclass(frozen=True, slots=True)
class AgreementPage:
    """An agreement as it is printed; `draft` is the word laid over each page, empty once it is signed.

    `chapters` are the body, the last of them the signatures; `lines` are the words "place, date" and
    "signature" under the lines left to be filled in. `sha256`: digest of what was agreed.
    """

    letterhead: Letterhead
    title: str
    subtitle: str
    facts: Sequence[tuple[str, str]]
    chapters: Sequence[Chapter]
    parties: Sequence[Party]
    annexes: Sequence[Chapter]
    foot: str
    sha256: str
    draft: str = ""
    draft_note: str = ""
    lines: tuple[str, str] = ("", "")
    words: Mapping[str, str] = field(default_factory=dict)

    def plain(self, lang: str) -> Plain:
        """Its texts in the language of the agreement."""
        return {
            **framed(self.letterhead, self.title, self.foot, self.sha256, lang),
            "subtitle": readable(self.subtitle),
            "facts": [plain_fact(name, text) for name, text in self.facts],
            "chapters": [_chapter(one, lang) for one in self.chapters],
            "parties": [_party(one) for one in self.parties],
            "annexes": [_chapter(one, lang) for one in self.annexes],
            "draft": readable(self.draft),
            "draft_note": readable(self.draft_note),
            "lines": list(map(readable, self.lines)),
            "labels": {name: readable(text) for name, text in self.words.items()},
        }


def agreement(page: AgreementPage, *, created: datetime, lang: str) -> bytes:
    """An agreement as PDF."""
    return render("agreement", page.plain(lang), created=created, lang=lang)


def body_pages(page: AgreementPage, *, created: datetime, lang: str) -> int:
    """How many pages the body takes, annexes apart."""
    return _counted(orjson.dumps(page.plain(lang)), created, lang)


@lru_cache(maxsize=256)
def _counted(data: bytes, created: datetime, lang: str) -> int:
    return total("agreement", "body-end", orjson.loads(data), created=created, lang=lang)


def _chapter(one: Chapter, lang: str) -> Plain:
    return {
        "number": one.number,
        "title": readable(one.title),
        "items": [
            {
                "number": item.number,
                "title": readable(item.title),
                "blocks": [told for block in item.blocks for told in _block(block, lang)],
            }
            for item in one.items
        ],
    }


def _block(block: Block, lang: str) -> list[Plain]:  # noqa: PLR0911 - one line per kind
    match block:
        case Prose():
            return _prose(block.text)
        case Lead():
            return _led(readable(block.label), _prose(block.text))
        case Name():
            return [{"kind": "name", "text": readable(block.text)}]
        case Points():
            return [{"kind": "points", "entries": list(map(readable, block.entries))}]
        case Pairs():
            return [{"kind": "pairs", "entries": [plain_fact(*one) for one in block.entries]}]
        case Missing():
            return [{"kind": "missing", "text": readable(block.text)}]
        case Table():
            return [{"kind": "table", "table": plain_table(block, lang)}]


def _prose(text: str) -> list[Plain]:
    """Paragraphs and points in their order."""
    found: list[Plain] = []
    points: list[str] = []
    lines: list[str] = []
    for line in (*readable(text).splitlines(), ""):
        said = line.strip()
        point = said.startswith(("- ", "– ", "• "))
        if points and not point:
            found.append({"kind": "points", "entries": points})
            points = []
        if lines and (point or not said):
            found.append({"kind": "text", "text": " ".join(lines)})
            lines = []
        if point:
            points.append(said[2:].strip())
        elif said:
            lines.append(said)
    return found


def _led(label: str, told: list[Plain]) -> list[Plain]:
    """The label before the first paragraph; before points it stands alone."""
    first = {"kind": "text", "label": label, "text": ""}
    if told and told[0]["kind"] == "text":
        return [{**told[0], "label": label}, *told[1:]]
    return [first, *told]


def _party(one: Party) -> Plain:
    return {
        "side": readable(one.side),
        "name": readable(one.name),
        "signers": [
            {"name": readable(who.name), "function": readable(who.function), "signed": readable(who.signed)}
            for who in one.signers
        ],
    }
