"""One case as the actor may see it: a section that is not open to the actor is not in the view at all.

Of the social section other parties learn yes/no facts only; internal notes are read by their own unit only.
Source: product.md §10.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import aliased
from sqlmodel import col, select

from cii.access.queries import account_names, bases_on_case, sections_on_case
from cii.access.vocabulary import Section
from cii.cases.grid_view import Said, open_entries
from cii.cases.plan_view import PlanRows, PlanShown
from cii.cases.queries import case_by_ref, live_parties
from cii.cases.shapes import (
    Author,
    CaseView,
    FunctionalView,
    GridLine,
    LimitsView,
    MedicalView,
    NoteView,
    PartyView,
    PlanSection,
)
from cii.cases.tables import CaseNote, MedicalStatement
from cii.cases.vocabulary import GridSection
from cii.institutions.queries import UnitLabel, shown_units
from cii.people.queries import label
from cii.store.work import Work


def case_view(work: Work, ref: str) -> CaseView:
    """A case with the sections open to the actor; refuses UnknownThing. What is shown is journalled."""
    case = case_by_ref(work, ref)
    reads, writes = sections_on_case(work, case.id or 0)
    parties = live_parties(work, case.id or 0)
    found = _Found(work, case.id or 0, reads)
    units = shown_units(work, {case.lead_unit_id, *(one.unit_id for one in parties), *found.unit_ids()})
    names = account_names(
        work, {one for one in (case.lead_account_id, *found.account_ids()) if one is not None}
    )
    own = set(work.actor.units)
    sections: dict[str, Any] = {}
    if reads & Section.IDENTITY:
        known = label(work, [case.person_id]).get(case.person_id)
        sections |= {"identity": known} if known else {}
    sections |= _Shown(work, found, units, names, own).sections(reads)
    basis = ",".join(bases_on_case(work, case.id or 0)) or None
    work.saw("case", [case.id or 0], int(reads), basis)
    return CaseView(
        ref=case.ref,
        number=case.number,
        path=case.path,
        status=case.status,
        outcome=case.outcome,
        version=case.version,
        opened_at=case.opened_at,
        closed_at=case.closed_at,
        restricted=case.restricted,
        lead=units.get(case.lead_unit_id),
        lead_account=names.get(case.lead_account_id or 0),
        parties=tuple(
            PartyView(one.role, units[one.unit_id], one.unit_id in own, one.since)
            for one in parties
            if one.unit_id in units
        ),
        may_read=reads,
        may_write=writes,
        sections=sections,
    )


class _Found:
    """The rows of a case that the sections open; nothing else is fetched."""

    def __init__(self, work: Work, case_id: int, reads: Section) -> None:
        self.work, self.case_id = work, case_id
        self.entries = open_entries(work, case_id, reads)
        clinical = reads & (Section.MEDICAL | Section.FUNCTIONAL)
        self.medical = self._all(MedicalStatement) if clinical else []
        self.plan = PlanRows(work, case_id) if reads & Section.PLAN else None
        self.notes = self._notes() if reads & Section.NOTES else []

    def _all(self, table: Any) -> list[Any]:  # noqa: ANN401 - a table of this room with case_id
        return list(
            self.work.session.exec(
                select(table).where(col(table.case_id) == self.case_id).order_by(col(table.id).desc())
            )
        )

    def _notes(self) -> list[CaseNote]:
        later = aliased(CaseNote)
        corrected = select(later.id).where(col(later.replaces) == col(CaseNote.id)).correlate(CaseNote)
        return list(
            self.work.session.exec(
                select(CaseNote)
                .where(
                    col(CaseNote.case_id) == self.case_id,
                    col(CaseNote.unit_id).in_(self.work.actor.units),
                    ~corrected.exists(),
                )
                .order_by(col(CaseNote.id).desc())
            )
        )

    def unit_ids(self) -> set[int]:
        """Units that have written or bear something."""
        rows = (*self.entries, *self.medical, *self.notes)
        return {one.unit_id for one in rows} | (self.plan.unit_ids() if self.plan else set())

    def account_ids(self) -> set[int | None]:
        """Accounts that have written something."""
        rows = (*self.entries, *self.medical, *self.notes)
        return {one.account_id for one in rows} | (self.plan.account_ids() if self.plan else set())


@dataclass(frozen=True, slots=True)
class _Shown:
    """Turns rows into views with labels."""

    work: Work
    found: _Found
    units: Mapping[int, UnitLabel]
    names: Mapping[int, str]
    own: set[int]

    def sections(self, reads: Section) -> dict[str, Any]:
        shown: dict[str, Any] = {}
        if reads & Section.MEDICAL:
            shown["medical"] = tuple(
                MedicalView(one.statement, self.author(one)) for one in self.found.medical
            )
        if reads & Section.FUNCTIONAL:
            limits = tuple(
                LimitsView(one.limits, one.capacity, self.author(one)) for one in self.found.medical
            )
            shown["functional"] = FunctionalView(limits, self.lines(GridSection.FUNCTIONAL))
        if reads & (Section.SOCIAL | Section.SOCIAL_FACTS):
            shown["social"] = self.lines(GridSection.SOCIAL)
        if self.found.plan is not None:
            plan = PlanShown(self.work, self.found.plan, self.units, self.names, self.own)
            rounds = plan.rounds()
            shown["plan"] = PlanSection(
                self.lines(GridSection.GRID), rounds[0] if rounds else None, plan.plans(), rounds
            )
        if reads & Section.NOTES:
            shown["notes"] = tuple(
                NoteView(one.text, Author(self.units.get(one.unit_id), self.name(one), one.at))
                for one in self.found.notes
            )
        return shown

    def name(self, row: Any) -> str | None:  # noqa: ANN401 - a row with an author
        return self.names.get(row.account_id) if row.account_id is not None else None

    def author(self, row: Any) -> Author:  # noqa: ANN401
        return Author(self.units.get(row.unit_id), self.name(row), row.recorded_at, row.effective_on)

    def lines(self, section: GridSection) -> tuple[GridLine, ...]:
        said = Said(self.work, self.units, self.names, self.work.today)
        return said.lines(self.found.entries, section)
