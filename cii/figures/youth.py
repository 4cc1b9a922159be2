"""What became of the young persons announced to the youth service. Source: 002 §2; product.md P4, §6 F1."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlmodel import col

from cii.cases.tables import CaseFile
from cii.cases.vocabulary import CasePath, CaseStatus
from cii.kernel.clock import local_midnight
from cii.kernel.period import ONE_DAY
from cii.routing.admission import WAYS
from cii.routing.holding import CASE
from cii.routing.tables_social import StatedFacts
from cii.store.work import HOUSE, Work
from cii.workflow.tables import WfDecision, WfEvent, WfInstance, WfTable
from cii.workflow.vocabulary import Status

TABLE = WAYS[CasePath.YOUTH].table
FOLLOW_UP = "in_follow_up"
OUT = "out_of_criteria"


@dataclass(frozen=True, slots=True)
class YouthFigures:
    """Announced up to a day (that day included), and where they stood at its end.

    `announced` = `waiting` + `in_follow_up` + `closed`; `closed` = the sum of `outcomes`, of which
    "out_of_criteria" is the sum of `reasons` (the table's first ground; "other" where the unit departed from
    it or no table was asked). `origins` counts what was stated; cases of which nothing was said are left out.
    """

    until: date
    announced: int
    waiting: int
    in_follow_up: int
    closed: int
    outcomes: Mapping[str, int]
    reasons: Mapping[str, int]
    origins: Mapping[str, int]
    reopened: int

    @property
    def solutions(self) -> int:
        """Closed with a solution: all but out of criteria and no solution."""
        return self.closed - self.outcomes.get(OUT, 0) - self.outcomes.get("no_solution", 0)


def youth_figures(work: Work, until: date) -> YouthFigures:
    """The figures of the youth units of the actor (the house: of all), as cases stand today.

    Cases opened up to `until`. One statement per kind of row; names are not read.
    """
    mine = work.actor is HOUSE
    cases = work.session.execute(
        select(col(CaseFile.id), col(CaseFile.status), col(CaseFile.outcome), col(WfInstance.stage))
        .outerjoin(
            WfInstance,
            (col(WfInstance.subject) == CASE)
            & (col(WfInstance.subject_id) == col(CaseFile.id))
            & (col(WfInstance.status) != Status.CLOSED),
        )
        .where(
            col(CaseFile.path) == CasePath.YOUTH,
            col(CaseFile.opened_at) < local_midnight(until + ONE_DAY),
            *(() if mine else (col(CaseFile.lead_unit_id).in_(work.actor.units),)),
        )
    ).all()
    ids = {one.id for one in cases}
    closed = [one for one in cases if one.status is CaseStatus.CLOSED]
    outcomes = Counter(str(one.outcome) for one in closed)
    why = grounds(work, {one.id for one in closed if one.outcome == OUT})
    follow = sum(one.stage == FOLLOW_UP for one in cases if one.status is CaseStatus.OPEN)
    return YouthFigures(
        until=until, announced=len(cases), closed=len(closed), in_follow_up=follow,
        waiting=len(cases) - len(closed) - follow, outcomes=dict(outcomes), reasons=why,
        origins=_origins(work, ids), reopened=_reopened(work, ids),
    )  # fmt: skip


def grounds(work: Work, ids: set[int]) -> dict[str, int]:
    """Why the table did not admit these cases, by its last answer for each."""
    rows = work.session.execute(
        select(col(WfDecision.case_id), col(WfDecision.outputs))
        .join(WfTable, col(WfTable.id) == col(WfDecision.table_id))
        .join(CaseFile, col(CaseFile.id) == col(WfDecision.case_id))
        .where(col(WfTable.name) == TABLE, col(CaseFile.path) == CasePath.YOUTH)
        .order_by(col(WfDecision.id))
    )
    last = {row.case_id: row.outputs for row in rows if row.case_id in ids}
    said = (last.get(one, {}).get("reason", "none") for one in ids)
    return dict(Counter("other" if one == "none" else str(one) for one in said))


def _origins(work: Work, ids: set[int]) -> dict[str, int]:
    rows = work.session.execute(
        select(col(StatedFacts.case_id), col(StatedFacts.facts))
        .where(col(StatedFacts.asked_by) == TABLE)
        .order_by(col(StatedFacts.id))
    )
    last = {row.case_id: row.facts["origin"] for row in rows if row.case_id in ids and "origin" in row.facts}
    return dict(Counter(str(one) for one in last.values()))


def _reopened(work: Work, ids: set[int]) -> int:
    """How many of these cases were taken up again after their end."""
    rows = work.session.execute(
        select(col(WfInstance.subject_id))
        .join(WfEvent, col(WfEvent.instance_id) == col(WfInstance.id))
        .where(col(WfInstance.subject) == CASE, col(WfEvent.kind) == "reopened")
    )
    return len({row.subject_id for row in rows} & ids)
