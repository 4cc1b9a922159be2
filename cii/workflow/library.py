"""The published files: every process, and every version of every decision table."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import takewhile

from sqlmodel import col, select

from cii.decisions.rulebook import Table
from cii.files.vocabulary import Title
from cii.kernel.errors import UnknownThing
from cii.store.work import Work
from cii.workflow.definition import Definition
from cii.workflow.queries import parsed, parsed_table
from cii.workflow.tables import WfDefinition, WfTable


@dataclass(frozen=True, slots=True)
class PublishedProcess:
    """The newest version of a process as a list shows it."""

    name: str
    version: int
    title: Title
    subject: str
    stages: int
    published_at: datetime


@dataclass(frozen=True, slots=True)
class PublishedTable:
    """One version of a decision table as a list shows it; `valid_to` is its last day."""

    name: str
    version: int
    title: Title
    valid_from: date
    valid_to: date | None
    rules: int
    in_force: bool


def processes(work: Work) -> Sequence[PublishedProcess]:
    """The newest version of each process, by name."""
    newest: dict[str, WfDefinition] = {}
    for row in work.session.exec(
        select(WfDefinition).order_by(col(WfDefinition.name), col(WfDefinition.version))
    ):
        newest[row.name] = row
    found = []
    for row in newest.values():
        held = parsed(row.source, f"{row.name} {row.version}")
        found.append(
            PublishedProcess(
                row.name, row.version, held.title, row.subject, len(held.stages), row.published_at
            )
        )
    return found


@dataclass(frozen=True, slots=True)
class ProcessVersion:
    """One published version of a process; `remarks` are the sources that its file names at the top."""

    id: int
    version: int
    published_at: datetime
    digest: str
    remarks: tuple[str, ...]


def process(work: Work, name: str, version: int | None = None) -> tuple[Definition, datetime]:
    """A version of a process, the newest when none is named, and its publication; refuses UnknownThing."""
    found = [one for one in process_versions(work, name) if version in {None, one.version}]
    if not found:
        raise UnknownThing(what=name)
    row = work.session.get_one(WfDefinition, found[0].id)
    return parsed(row.source, f"{row.name} {row.version}"), row.published_at


def process_versions(work: Work, name: str) -> list[ProcessVersion]:
    """Every version of a process, the newest first; none when there is no such process."""
    rows = work.session.exec(
        select(WfDefinition).where(col(WfDefinition.name) == name).order_by(col(WfDefinition.version).desc())
    )
    return [
        ProcessVersion(row.id or 0, row.version, row.published_at, row.digest, _remarks(row.source))
        for row in rows
    ]


def _remarks(source: str) -> tuple[str, ...]:
    lines = takewhile(lambda one: one.startswith("#"), source.splitlines())
    return tuple(one.lstrip("# ") for one in lines)


def tables(work: Work, day: date) -> Sequence[PublishedTable]:
    """Every version of every decision table, by name, the newest first; `in_force` on that day."""
    found: list[PublishedTable] = []
    chosen: set[str] = set()
    for row in work.session.exec(
        select(WfTable).order_by(
            col(WfTable.name), col(WfTable.valid_from).desc(), col(WfTable.version).desc()
        )
    ):
        held = parsed_table(row.source, f"{row.name} {row.version}")
        in_force = row.name not in chosen and held.in_force(day)
        chosen |= {row.name} if in_force else set()
        found.append(
            PublishedTable(
                row.name, row.version, held.title, row.valid_from, row.valid_to, len(held.rules), in_force
            )
        )
    return found


def titles_asked(work: Work, definition: Definition) -> dict[str, Title]:
    """The titles of the decision tables that a process asks: in force today, else the newest."""
    names = {way.decide for stage in definition.stages.values() for way in stage.next if way.decide}
    if not names:
        return {}
    rows = work.session.exec(
        select(WfTable)
        .where(col(WfTable.name).in_(names))
        .order_by(col(WfTable.name), col(WfTable.valid_from), col(WfTable.version))
    ).all()
    held = [parsed_table(row.source, f"{row.name} {row.version}") for row in rows]
    newest = {one.id: one.title for one in held}
    return newest | {one.id: one.title for one in held if one.in_force(work.today)}


def table(work: Work, name: str, version: int) -> Table:
    """One version of a decision table; refuses UnknownThing."""
    row = work.session.exec(
        select(WfTable).where(col(WfTable.name) == name, col(WfTable.version) == version)
    ).first()
    if row is None:
        raise UnknownThing(what=name)
    return parsed_table(row.source, f"{row.name} {row.version}")
