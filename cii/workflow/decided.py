"""The kept decisions as upper rooms read them: one with the version that took it, or those of a canton."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import and_
from sqlalchemy import select as columns
from sqlmodel import col, select

from cii.decisions.rulebook import Table
from cii.files.vocabulary import Title
from cii.store.work import Work
from cii.workflow.queries import parsed_table
from cii.workflow.tables import WfDecision, WfTable


@dataclass(frozen=True, slots=True)
class Kept:
    """A decision as it was kept, with the version of the table that took it (`law`) and its validity."""

    ref: str
    table: str
    version: int
    person_id: int | None
    case_id: int | None
    inputs: Mapping[str, Any]
    sources: Mapping[str, Any]
    outputs: Any
    rules: tuple[str, ...]
    why: tuple[Title, ...]
    at: datetime
    account_id: int | None
    valid_from: date
    valid_to: date | None
    law: Table


_JOINED: Any = columns(
    col(WfDecision.ref),
    col(WfTable.name),
    col(WfTable.version),
    col(WfDecision.person_id),
    col(WfDecision.case_id),
    col(WfDecision.inputs),
    col(WfDecision.sources),
    col(WfDecision.outputs),
    col(WfDecision.rules),
    col(WfDecision.why),
    col(WfDecision.at),
    col(WfDecision.account_id),
    col(WfTable.valid_from),
    col(WfTable.valid_to),
    col(WfTable.source),
    col(WfDecision.id),
).join(WfTable, col(WfTable.id) == col(WfDecision.table_id))


def kept_about(work: Work, case_id: int, person_id: int) -> list[Kept]:
    """The decisions about a case, and about its person before it was opened, in order.

    Whoever calls has seen that the case may be seen.
    """
    about = col(WfDecision.case_id) == case_id
    about |= and_(col(WfDecision.person_id) == person_id, col(WfDecision.case_id).is_(None))
    rows = work.session.connection().execute(_JOINED.where(about).order_by(col(WfDecision.id)))
    return [_kept(row) for row in rows]


def kept_as(work: Work, ref: str) -> Kept | None:
    """A decision by its reference; whoever calls checks that its subject may be seen."""
    row = work.session.connection().execute(_JOINED.where(col(WfDecision.ref) == ref)).first()
    return _kept(row) if row else None


def kept_rows(work: Work, ids: Iterable[int]) -> dict[int, Kept]:
    """Decisions by their rows, in one query; whoever calls has seen that their subjects may be seen."""
    rows = work.session.connection().execute(_JOINED.where(col(WfDecision.id).in_(set(ids))))
    return {row[-1]: _kept(row) for row in rows}


def last_answer(work: Work, case_id: int, table: str) -> Mapping[str, Any] | None:
    """What a table last answered about a case; None before it was asked, or when it gave several answers."""
    found = work.session.exec(
        select(col(WfDecision.outputs))
        .join(WfTable, col(WfTable.id) == col(WfDecision.table_id))
        .where(col(WfDecision.case_id) == case_id, col(WfTable.name) == table)
        .order_by(col(WfDecision.id).desc())
        .limit(1)
    ).first()
    return found if isinstance(found, dict) else None


def asked_about(work: Work, table: str, persons: Any) -> Iterator[Any]:  # noqa: ANN401 - a select of ids
    """What that table was asked about these persons, in order: `person_id, case_id, at, inputs`.

    `persons`: a select of person ids of any room, so that a whole canton is one statement.
    """
    versions = select(col(WfTable.id)).where(col(WfTable.name) == table)
    return iter(
        work.session.connection().execute(
            select(
                col(WfDecision.person_id), col(WfDecision.case_id), col(WfDecision.at), col(WfDecision.inputs)
            )
            .where(col(WfDecision.table_id).in_(versions), col(WfDecision.person_id).in_(persons))
            .order_by(col(WfDecision.id))
        )
    )


def _kept(row: Any) -> Kept:  # noqa: ANN401 - a row of `_JOINED`
    """A decision out of its row; the text of a table is read once."""
    (
        ref, name, version, person, case, inputs, sources, outputs, rules, why, at, account,
        first, last, source, _,
    ) = row  # fmt: skip
    return Kept(
        ref, name, version, person, case, inputs, sources, outputs, tuple(rules), tuple(why), at, account,
        first, last, parsed_table(source, f"{name} {version}"),
    )  # fmt: skip
