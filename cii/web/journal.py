"""The journal for the officer and the auditor: who did and who read what, when, on which basis."""

from collections.abc import Mapping
from typing import Any

from flask import Response, current_app, g, render_template

from cii.access.permits import Permit
from cii.access.vocabulary import Section
from cii.documents.csv import write
from cii.documents.table import Column, Table
from cii.institutions.queries import UnitLabel, shown_unit_by_code, shown_units
from cii.journal.queries import HistoryRow, verify
from cii.journal.reading import JournalFilter, entries, readers, words_and_chain
from cii.store.work import Work
from cii.web.base import Blueprint
from cii.web.choices import fallback, number_asked, optional_day, t, text_asked, word
from cii.web.journal_detail import REFUSED, detail
from cii.wire.doors import House, needs

page = Blueprint("journal", __name__)
_PAGE, _CHUNK, _MOST = 50, 5_000, 100_000
_READ = "read"


@page.get("/journal", endpoint="index")
@needs(Permit.SEE_JOURNAL)
def journal_page() -> str:
    """The entries, filtered."""
    return render_template("pages/journal/index.html", **_journal(g.work))


@page.get("/journal/verification")
@needs(Permit.SEE_JOURNAL)
def verification() -> str:
    """Recompute the whole chain and say whether anything was changed."""
    return render_template("pages/journal/verification.html", **_verdict(g.work))


@page.get("/journal/readers")
@needs(Permit.SEE_JOURNAL)
def readings() -> str:
    """Who has read a case or a person's data: the answer that is owed to the person."""
    g.work.saw("journal", [0], 0)
    return render_template("pages/journal/readers.html", **_readers(g.work))


@page.get("/journal/export.csv")
@needs(Permit.SEE_JOURNAL)
def export() -> Response:
    """The filtered entries as a file; that it was taken is itself written down."""
    table = _table(g.work)
    g.work.saw("journal", [0], 0)
    answer = Response(write(table), mimetype="text/csv")
    answer.headers["Content-Disposition"] = 'attachment; filename="journal.csv"'
    return answer


def _asked(work: Work) -> tuple[JournalFilter, dict[str, Any]]:
    """The filter of the address, and the same as it stands in addresses."""
    words = {
        name: text_asked(name) or None
        for name in ("action", "kind", "actor", "ref", "unit", "case", "person")
    }  # fmt: skip
    days = {"first": optional_day("first"), "last": optional_day("last")}
    kept = {name: value for name, value in words.items() if name != "unit"}
    unit = shown_unit_by_code(work, words["unit"]).id if words["unit"] else None
    return JournalFilter(**kept, **days, unit_id=unit), {**words, **days}  # type: ignore[arg-type]


def _journal(work: Work) -> dict[str, Any]:
    shown, asked = _asked(work)
    found = entries(work, shown, before=number_asked("before"), limit=_PAGE + 1)
    kept = found[:_PAGE]
    units = shown_units(work, {row.unit_id for row in kept if row.unit_id is not None})
    used, chain = words_and_chain(work)
    return {
        "shown": asked,
        "filtered": shown != JournalFilter(),
        "actions": [{"value": one, "label": action_word(one)} for one in used.actions],
        "kinds": [{"value": one, "label": kind_word(one)} for one in used.kinds],
        "rows": [_row(row, units) for row in kept],
        "next_mark": kept[-1].id if len(found) > _PAGE else None,
        "chain": chain,
    }


def _readers(work: Work) -> dict[str, Any]:
    case, person = text_asked("case") or None, text_asked("person") or None
    found = readers(work, case=case, person=person)
    units = shown_units(work, {one.unit_id for one in found if one.unit_id is not None})
    return {
        "case": case,
        "person": person,
        "asked": bool(case or person),
        "rows": [
            {
                "actor": t("web.journal.house") if one.actor == "cii" else one.actor,
                "unit": _unit(units, one.unit_id),
                "times": one.times,
                "first": one.first,
                "last": one.last,
                "sections": _sections(one.sections),
                "basis": ", ".join(dict.fromkeys(_basis(basis) for basis in one.bases)) or None,
            }
            for one in found
        ],
    }


def _table(work: Work) -> Table:
    shown, _ = _asked(work)
    rows: list[HistoryRow] = []
    while len(rows) < _MOST and (
        more := entries(work, shown, before=rows[-1].id if rows else None, limit=_CHUNK)
    ):
        rows += more
    units = shown_units(work, {row.unit_id for row in rows if row.unit_id is not None})
    heads = ("at", "actor", "unit", "action", "subject", "ref", "sections", "basis", "detail")
    titles = {"subject": "kind"}
    told = [_row(row, units) for row in rows]
    return Table(
        t("web.journal.title"),
        tuple(Column(t(f"web.journal.{titles.get(head, head)}")) for head in heads),
        [tuple(row[head] for head in heads) for row in told],
    )


def _row(row: HistoryRow, units: Mapping[int, UnitLabel]) -> dict[str, Any]:
    return {
        "at": row.at,
        "actor": t("web.journal.house") if row.actor == "cii" else row.actor,
        "unit": _unit(units, row.unit_id),
        "action": action_word(row.action),
        "subject": kind_word(row.kind),
        "ref": row.ref,
        "sections": _sections(row.sections),
        "basis": ", ".join(_basis(one) for one in row.basis.split(",")) if row.basis else None,
        "detail": detail(row),
        "tone": "late" if row.action == REFUSED else "quiet" if row.action == _READ else None,
    }


def _unit(units: Mapping[int, UnitLabel], unit_id: int | None) -> str | None:
    """The code of the unit, as far as the reader may know it."""
    if unit_id is None:
        return None
    return units[unit_id].code if unit_id in units else t("web.desk.protected")


def _sections(bits: int) -> str | None:
    return ", ".join(word(one.name or "", "section") for one in Section(bits)) or None


def _basis(basis: str) -> str:
    return fallback(f"word.basis.{basis}", fallback(f"word.erasure-ground.{basis}", basis))


def action_word(action: str) -> str:
    """An action of the journal in words; the bare word where none has been written yet."""
    return fallback(f"web.journal.action.{action.replace('.', '-').replace('_', '-')}", action)


def kind_word(kind: str) -> str:
    """A kind of object of the journal in words."""
    return fallback(f"web.journal.kind.{kind.replace('_', '-')}", kind)


def _verdict(work: Work) -> dict[str, Any]:
    site: House = current_app  # type: ignore[assignment]
    found = verify(site.wiring.engine, work.settings)
    fault = found.first_fault
    return {
        "ok": found.ok,
        "said": t("web.journal.whole")
        if fault is None
        else t(f"web.journal.fault.{fault.what.replace('_', '-')}", seq=fault.seq),
        "facts": [
            {"label": t("web.journal.verified"), "value": found.entries},
            {"label": t("web.journal.waiting"), "value": found.unsealed},
            {"label": t("web.journal.seals"), "value": found.seals},
            {"label": t("web.journal.erased"), "value": found.erased_payloads},
        ],
    }
