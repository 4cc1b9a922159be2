"""A file of statuses that a unit brings: read whole, refused with every fault by line, all rows or none.

A person is named by the AVS number and must be open to the actor; a number that is not is told as unknown,
whether or not somebody else knows it. A row that says what stands there already adds nothing.
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlmodel import col, select

from cii.documents.csv_reading import Wanted, read_rows
from cii.institutions.vocabulary import Sector
from cii.journal.actions import wrote
from cii.kernel.errors import Refusal, refuse
from cii.people.queries import avs_hash, visible_to
from cii.people.rules import avs_number
from cii.people.rules_statuses import AVS_COLUMN, STATUS_COLUMNS, StatusKey, StatusRow, read_status
from cii.people.statuses import RecordStatus, record_status
from cii.people.tables import Person, StatusImport, SystemStatus
from cii.people.vocabulary import StatusSource
from cii.store.work import Work


class StatusOfNobody(Refusal):
    """No person with this number is open to the reader."""

    code = "status-of-nobody"


class StatusRowTwice(Refusal):
    """The file says where the person stands in that system on that day in line `first` already."""

    code = "status-row-twice"


Record = Callable[[Work, RecordStatus, int, StatusSource], SystemStatus]


@dataclass(frozen=True)
class ImportStatuses:
    """A file of statuses of one unit; `dry_run` reads and compares, and keeps nothing."""

    file_name: str
    data: bytes
    dry_run: bool = False


@dataclass(frozen=True, slots=True)
class StatusesImported:
    """What an import found: rows read, rows that say something new; `repeated`: the same file came before."""

    rows: int
    added: int
    repeated: bool = False


def import_statuses(
    work: Work, ask: ImportStatuses, unit_id: int, record: Record = record_status
) -> StatusesImported:
    """Read a file and add the statuses that are new, as imported by the unit.

    `record`: the act that adds one, of a room above where a status moves more than itself.

    A file with faults changes nothing and refuses with all of them, each with its line and column. Refuses
    what `read_rows` refuses, and as a list: AvsShape, AvsPrefix, AvsCheckDigit, StatusOfNobody,
    BadStatusCell, StatusRowTwice.
    """
    digest = hashlib.sha256(ask.data).hexdigest()
    before = work.session.exec(
        select(StatusImport).where(
            col(StatusImport.unit_id) == unit_id, col(StatusImport.file_digest) == digest
        )
    ).first()
    if before is not None:
        return StatusesImported(before.rows, 0, repeated=True)
    rows, persons = _read(work, ask.data)
    held = _held(work, persons.values(), unit_id)
    fresh = [row for row in rows if row.key not in held.get(persons[row.avs].id or 0, set())]
    if ask.dry_run:
        return StatusesImported(len(rows), len(fresh))
    for row in fresh:
        wish = RecordStatus(
            persons[row.avs].ref, row.system, row.kind, row.effective_on, row.since, row.until,
            row.remaining_days, row.note,
        )  # fmt: skip
        record(work, wish, unit_id, StatusSource.IMPORTED)
    run = StatusImport(
        unit_id=unit_id, account_id=work.actor.account_id, file_name=ask.file_name[-200:], file_digest=digest,
        rows=len(rows), added=len(fresh), at=work.now,
    )  # fmt: skip
    work.session.add(run)
    work.session.flush()
    wrote(
        work, "import_statuses", "status_import", run.id, ref=run.ref, unit_id=unit_id,
        payload={"rows": len(rows), "added": len(fresh), "file": digest},
    )  # fmt: skip
    return StatusesImported(len(rows), len(fresh))


def _read(work: Work, data: bytes) -> tuple[list[StatusRow], Mapping[str, Person]]:
    """The rows of the file and the persons by number; refuses with every fault of every row."""
    table = read_rows(data, [Wanted(one.header, one.titles, one.required) for one in STATUS_COLUMNS])
    faults: list[tuple[int, Refusal]] = []
    for fault in table.faults:
        fault.reason.facts = {**fault.reason.facts, "line": fault.line}
        faults.append((fault.line, fault.reason))
    rows: list[StatusRow] = []
    for raw in table.rows:
        row, wrong = read_status(raw.line, raw.cells)
        faults += [(raw.line, one) for one in wrong]
        try:
            number = avs_number(raw.cells[AVS_COLUMN])
        except Refusal as no:
            no.field, no.facts = (
                AVS_COLUMN,
                {**no.facts, "line": raw.line, "found": raw.cells[AVS_COLUMN][:20]},
            )
            faults.append((raw.line, no))
            continue
        if row is not None:
            rows.append(row.of(number))
    persons = _persons(work, {row.avs for row in rows})
    faults += [
        (row.line, StatusOfNobody(field=AVS_COLUMN, line=row.line)) for row in rows if row.avs not in persons
    ]
    faults += _twice(rows)
    refuse(reason for _, reason in sorted(faults, key=lambda one: one[0]))
    return rows, persons


def _twice(rows: Sequence[StatusRow]) -> list[tuple[int, Refusal]]:
    first: dict[tuple[str, Sector, date], int] = {}
    found: list[tuple[int, Refusal]] = []
    for row in rows:
        key = row.avs, row.system, row.effective_on
        if key in first:
            found.append((row.line, StatusRowTwice(field=AVS_COLUMN, line=row.line, first=first[key])))
        first.setdefault(key, row.line)
    return found


def _persons(work: Work, numbers: set[str]) -> dict[str, Person]:
    """The persons of these numbers who are open to the actor, in one statement."""
    hashes = {avs_hash(work, number): number for number in numbers}
    found = work.session.exec(
        select(Person).where(col(Person.avs_hash).in_(hashes), visible_to(work.actor, work.now))
    )
    return {hashes[person.avs_hash or ""]: person for person in found}


def _held(work: Work, persons: Iterable[Person], unit_id: int) -> dict[int, set[StatusKey]]:
    """What the unit has recorded of these persons already."""
    ids = [person.id for person in persons]
    found: dict[int, set[StatusKey]] = {}
    for row in work.session.exec(
        select(SystemStatus).where(col(SystemStatus.person_id).in_(ids), col(SystemStatus.unit_id) == unit_id)
    ):
        found.setdefault(row.person_id, set()).add((
            row.system, row.kind, row.effective_on, row.since, row.until, row.remaining_days, row.note,
        ))  # fmt: skip
    return found
