"""The file of a person to read: its parts in words of the reader's language, set as PDF.

Empty fields and parts without rows are left out; what is withheld stands first.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Boolean, Date

from cii.cases.queries import grid_in_use
from cii.documents import pdf
from cii.documents.layout import CaseSummary, Letterhead, plain_table
from cii.documents.table import Column, Table
from cii.kernel.errors import Refusal
from cii.kernel.money import Chf
from cii.rights import file_places as places
from cii.rights.file_parts import PERSON
from cii.rights.file_reading import FUNCTIONS, KINDS, SECTIONS
from cii.rights.file_words import FileWords
from cii.rights.vocabulary_retention import Keeping
from cii.routing.actions_detection import TABLE as DETECTION
from cii.store.columns import ChfColumn, UtcDateTime, Words
from cii.store.telling import Part
from cii.store.work import Work
from cii.texts import formats
from cii.texts.speech import knows, pair, say, word

Row = Mapping[str, Any]
Titles = Mapping[tuple[str, str], Mapping[str, str]]


def file_page(work: Work, told: Mapping[str, Any], lang: str) -> bytes:
    """The file as PDF in that language."""
    writer = Writer(lang, _titles(work, told), FileWords(work, told, lang))
    known = told["identities"]
    name = f"{known[0]['first_name']} {known[0]['last_name']}" if known else told["person"]["ref"]
    facts = [(say("rights.file.reference", lang), told["person"]["ref"])]
    if told["person"]["avs"]:
        facts.append((say("rights.file.avs", lang), told["person"]["avs"]))
    if known:
        facts.append((say("summary.born", lang), _day(known[0]["birth_date"], lang)))
    facts += [
        (say("rights.file.also", lang), ", ".join(filter(None, (other["ref"], other["avs"]))))
        for other in told["person"]["also_kept_as"]
    ]
    asked = told.get("request")
    if asked:
        facts.append((say("rights.file.asked", lang), _day(asked["asked_on"], lang)))
    at = formats.moment(datetime.fromisoformat(told["made_at"]), lang)
    page = CaseSummary(
        letterhead=Letterhead(say("reports.canton", lang), say("rights.file.office", lang)),
        title=say("rights.file.title", lang, name=name),
        facts=facts,
        sections=[],
        printed=say("rights.file.printed", lang, at=at),
        warning=say("rights.file.warning", lang),
    )
    data = {
        **page.plain(lang),
        "withheld": {
            "heading": say("rights.file.withheld", lang),
            "notes": [_withheld(one, asked, lang) for one in told["withheld"] if one["count"]]
            or [say("rights.file.nothing-withheld", lang)],
        },
        "parts": [writer.chapter(part, told[part.name]) for part in PERSON if told[part.name]],
        "terms": plain_table(_terms(told["terms"], lang), lang) if told["terms"] else None,
        "history": plain_table(_history(told["history"], lang), lang),
    }
    return pdf.render("person_file", data, created=work.now, lang=lang)


def _day(on: str, lang: str) -> str:
    return formats.day(date.fromisoformat(on), lang)


def _withheld(one: Row, asked: Row | None, lang: str) -> str:
    what = say(f"rights.withheld.{one['what']}", lang, n=one["count"])
    physician = (asked or {}).get("physician") or ""
    return f"{what} {say('rights.ground.' + one['ground'], lang, physician=physician)}"


def _titles(work: Work, told: Mapping[str, Any]) -> Titles:
    """The wording of the grid's items, as the versions in use have it."""
    found: dict[tuple[str, str], Mapping[str, str]] = {}
    for name in sorted({one["template"] for case in told["cases"] for one in case["grid"]}):
        try:
            items = grid_in_use(work, name).items
        except Refusal:
            continue
        found |= {(name, item): held.title for item, held in items.items()}
    return found


LEFT_OUT = ("sources", "process")
"""What only the file for machines holds: each fact's source as the rule kept it, the key of a process."""
_BY_TABLES = {"decisions": ("inputs", "outputs"), "detections": ("facts",), "stated": ("facts",)}
"""Parts whose columns hold facts and answers of a decision table."""
EMPTY: tuple[object, ...] = (None, "", [], {})
WIDEST = 5
"""Columns up to which rows stand in a table."""


class Writer:
    """Writes rows of a part in one language."""

    def __init__(self, lang: str, titles: Titles, words: FileWords) -> None:
        self.lang, self.titles, self.words = lang, titles, words

    def heading(self, part: Part) -> str:
        """What the part is called."""
        return say(f"rights.part.{part.name}", self.lang)

    def chapter(self, part: Part, rows: Sequence[Row]) -> dict[str, Any]:
        """A part: several short rows as a table, else a record for each, with the parts under it."""
        columns = [
            (column, name)
            for column, name in part.columns
            if name not in LEFT_OUT and any(row.get(name) not in EMPTY for row in rows)
        ]
        table = None
        if len(rows) > 1 and not part.parts and len(columns) <= WIDEST:
            table = plain_table(
                Table(
                    "",
                    [Column(say(f"rights.field.{name}", self.lang), "text") for _, name in columns],
                    [
                        tuple(self._text(part, column, row[name], row) for column, name in columns)
                        for row in rows
                    ],
                ),
                self.lang,
            )
        records = [] if table else [self._record(part, row) for row in rows]
        return {"heading": self.heading(part), "records": records, "table": table}

    def _record(self, part: Part, row: Row) -> dict[str, Any]:
        pairs = [
            {"name": say(f"rights.field.{name}", self.lang), "text": text}
            for column, name in part.columns
            if name in row and name not in LEFT_OUT and (text := self._text(part, column, row[name], row))
        ]
        pairs += [
            {"name": self.heading(child), "text": ", ".join(row[child.name])}
            for child in part.parts
            if child.flat and row[child.name]
        ]
        if "told" in row:
            pairs.append({"name": say("rights.field.told", self.lang), "text": row["told"][self.lang]})
        path = {"path": row["path"]} if part.name == "cases" else {}
        return {
            "pairs": pairs,
            "parts": [
                self.chapter(child, [path | one for one in row[child.name]])
                for child in part.parts
                if not child.flat and row[child.name]
            ],
        }

    def _text(self, part: Part, column: str, value: object, row: Row) -> str:
        if value in EMPTY:
            return ""
        if column in FUNCTIONS:
            return function(str(value), self.lang)
        if column in SECTIONS and isinstance(value, list):
            return ", ".join(word(one.upper(), self.lang, "section") for one in value)
        if column == "item" and (row["template"], value) in self.titles:
            return self.titles[row["template"], str(value)].get(self.lang, str(value))
        if part.table.name == places.TABLE and isinstance(value, dict):
            return places.place_facts(row["kind"], value, self.words, said)
        text = self._published(part, column, value, row)
        return self._typed(part.table.c[column].type, value) if text is None else text

    def _published(self, part: Part, column: str, value: Any, row: Row) -> str | None:  # noqa: ANN401
        """In the words of a published table or process; None where none has any."""
        if column in {"table_id", "asked_by"}:
            return self.words.table(str(value))
        if part.name in _BY_TABLES and isinstance(value, dict | list) and column in _BY_TABLES[part.name]:
            return self.words.facts(row.get("table") or row.get("asked_by") or DETECTION, value, said)
        if part.name == "tasks" and column == "key":
            return self.words.task(row["process"], row["stage"], str(value))
        if part.name == "tasks" and column == "stage":
            return self.words.stage(row["process"], str(value))
        if part.name in {"tasks", "cases", "results"} and column == "outcome":
            return self.words.outcome(row.get("process") or row["path"], str(value))
        return str(value) if column in KINDS else None

    def _typed(self, kind: object, value: object) -> str:
        match kind:
            case Words() as words:
                held = words.words(str(value))
                group = _word_key(held)
                return say(group, self.lang) if knows(group) else str(value)
            case UtcDateTime():
                return formats.moment(datetime.fromisoformat(str(value)), self.lang)
            case Date():
                return _day(str(value), self.lang)
            case ChfColumn():
                return formats.francs(Chf(int(str(value))))
            case Boolean():
                return say("common.yes" if value else "common.no", self.lang)
        return said(value, self.lang)


def _word_key(held: Any) -> str:  # noqa: ANN401 - a word of any vocabulary
    name = "".join(f"-{one.lower()}" if one.isupper() else one for one in type(held).__name__).lstrip("-")
    return f"word.{name}.{held.value}"


def function(name: str, lang: str) -> str:
    """The function of whoever acted, in words."""
    key = f"rights.by.{name}"
    return say(key, lang) if knows(key) else word(name, lang, "role")


def said(value: object, lang: str) -> str:
    """Plain values as people read them; of a text in several languages, the reader's."""
    match value:
        case None:
            return ""
        case bool():
            return say("common.yes" if value else "common.no", lang)
        case dict() if lang in value:
            return said(value[lang], lang)
        case dict():
            told = [pair(name, text, lang) for name, one in value.items() if (text := said(one, lang))]
            return "; ".join(told)
        case list():
            return "; ".join(filter(None, (said(one, lang) for one in value)))
    return str(value)


def _terms(rows: Sequence[Row], lang: str) -> Table:
    return Table(
        say("rights.part.terms", lang),
        [Column(say(f"rights.field.{name}", lang), "text") for name in ("rule", "kept_until")],
        [(word(Keeping(row["rule"]), lang), _day(row["until"], lang)) for row in rows],
        notes=[say("rights.file.terms-note", lang)],
    )


def _history(rows: Sequence[Row], lang: str) -> Table:
    heads = ("at", "unit", "action", "sections")
    return Table(
        say("rights.part.history", lang),
        [Column(say(f"rights.field.{name}", lang), "text") for name in heads],
        [
            (
                formats.moment(datetime.fromisoformat(row["at"]), lang),
                ", ".join(filter(None, (row["unit"], function(row["by"], lang)))),
                pair(_journal("kind", row["kind"], lang), _journal("action", row["action"], lang), lang),
                ", ".join(word(one.upper(), lang, "section") for one in row["sections"]),
            )
            for row in rows
        ],
    )


def _journal(what: str, name: str, lang: str) -> str:
    key = f"web.journal.{what}.{name.replace('.', '-').replace('_', '-')}"
    return say(key, lang) if knows(key) else name
