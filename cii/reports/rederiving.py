"""Making the figures of an issue again from the rows kept with it, and seeing that they agree."""

import hashlib
import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import orjson
from sqlmodel import col, select

from cii.documents import store
from cii.documents.store import DamagedFile
from cii.kernel.digest import canonical, digest
from cii.kernel.errors import UnknownThing
from cii.reports.files import SPOKEN, made
from cii.reports.frozen import rows_of, unpacked
from cii.reports.kinds import SMALL, Facts, Head
from cii.reports.queries import folder, issues
from cii.reports.readers import Readers
from cii.reports.registry import KINDS
from cii.reports.rules import difference
from cii.reports.tables import ReportFile, ReportInput, ReportIssue
from cii.reports.vocabulary import FileFormat
from cii.store.work import Work

log = logging.getLogger("cii.reports")

NEWEST = 20
"""How many issues are made again each night."""


@dataclass(frozen=True, slots=True)
class Rederived:
    """An issue made again: its values, and the names of what does not come out as it was frozen.

    `differing`: `input/<table>` (bytes missing or changed), the path of a value, `csv/<readers>` or
    `json/<readers>` (a file kept with other bytes).
    """

    ref: str
    values: dict[str, Any]
    differing: tuple[str, ...]


def rederive(work: Work, issue: ReportIssue) -> Rederived:
    """The values and the kept JSON and CSV files of an issue, made again from the rows kept with it."""
    facts: dict[str, Sequence[dict[str, Any]]] = {}
    wrong = []
    for row in inputs_of(work, issue):
        lines = _lines(work, row)
        if lines is None:
            wrong.append(f"input/{row.name}")
        else:
            facts[row.name] = rows_of(lines)
    if wrong:
        return Rederived(issue.ref, {}, tuple(wrong))
    values = orjson.loads(canonical(KINDS[issue.kind].derive(facts)))
    frozen = orjson.loads(issue.payload)
    if digest(values) != issue.sha256 or values != frozen:
        return Rederived(issue.ref, values, tuple(one.path for one in difference(frozen, values)))
    return Rederived(issue.ref, values, tuple(_other_files(work, issue, facts, values)))


def inputs_of(work: Work, issue: ReportIssue) -> Sequence[ReportInput]:
    """The tables of rows kept with an issue, by name."""
    query = select(ReportInput).where(col(ReportInput.issue_id) == issue.id)
    return work.session.scalars(query.order_by(col(ReportInput.name))).all()


def kept_rows(work: Work, issue: ReportIssue, name: str) -> Sequence[dict[str, Any]]:
    """The rows of one table kept with an issue; refuses UnknownThing."""
    found = next((one for one in inputs_of(work, issue) if one.name == name), None)
    if found is None:
        raise UnknownThing(field="table")
    return rows_of(unpacked(store.get(folder(work), found.sha256)))


def _lines(work: Work, row: ReportInput) -> bytes | None:
    """The lines of a table; None where their bytes are gone or are others."""
    try:
        lines = unpacked(store.get(folder(work), row.sha256))
    except (UnknownThing, DamagedFile):
        return None
    return lines if hashlib.sha256(lines).hexdigest() == row.content_sha256 else None


def _other_files(work: Work, issue: ReportIssue, facts: Facts, values: dict[str, Any]) -> Iterator[str]:
    """The kept files that follow from the values alone and have other bytes now."""
    minimum = next(row["value"] for row in facts["parameters"] if row["name"] == SMALL)
    head = Head(issue.known_at, issue.frozen_at, issue.version, issue.sha256)
    for row in work.session.scalars(
        select(ReportFile)
        .where(
            col(ReportFile.issue_id) == issue.id,
            col(ReportFile.format).in_([form for form in FileFormat if form not in SPOKEN]),
        )
        .order_by(col(ReportFile.format), col(ReportFile.readers))
    ):
        shown = KINDS[issue.kind].shown(values, Readers.named(row.readers), minimum)
        data = made(shown, head, row.format, row.lang)
        if hashlib.sha256(data).hexdigest() != row.sha256:
            yield f"{row.format.value}/{row.readers}"


def newest(work: Work) -> list[ReportIssue]:
    """The issues frozen last."""
    return sorted(issues(work), key=lambda one: (one.frozen_at, one.id), reverse=True)[:NEWEST]


def check(work: Work, _: date) -> dict[str, object]:
    """Make the newest issues again, name in the log whatever differs; returns how many, and which differ."""
    found = [rederive(work, one) for one in newest(work)]
    wrong = [one for one in found if one.differing]
    for one in wrong:
        log.error("report %s is not what its rows give: %s", one.ref, ", ".join(one.differing))
    return {"reports": len(found), "differing": [one.ref for one in wrong]}
