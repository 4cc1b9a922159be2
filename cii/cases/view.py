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
from cii.cases.queries import case_by_ref, grid_in_use, live_parties, shown_units
from cii.cases.rules import section_of
from cii.cases.shapes import (
    AnswerView,
    AssessmentView,
    Author,
    CaseView,
    EntryView,
    FunctionalView,
    GridLine,
    LimitsView,
    MedicalView,
    NoteView,
    PartView,
    PartyView,
    PlanSection,
    PlanView,
)
from cii.cases.tables import (
    Assessment,
    AssessmentVoice,
    CaseNote,
    GridEntry,
    MedicalStatement,
    Plan,
    PlanAnswer,
    PlanPart,
)
from cii.cases.vocabulary import GridSection, ItemKind, Voice
from cii.institutions.queries import UnitLabel
from cii.measures.queries import measures_by_id
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
        self.entries = self._entries(reads)
        clinical = reads & (Section.MEDICAL | Section.FUNCTIONAL)
        self.medical = self._all(MedicalStatement) if clinical else []
        plan = bool(reads & Section.PLAN)
        self.assessments = self._all(Assessment) if plan else []
        self.plans = self._all(Plan) if plan else []
        plan_ids = [one.id for one in self.plans]
        self.parts = self._of_plans(PlanPart, plan_ids) if plan_ids else []
        self.answers = self._of_plans(PlanAnswer, plan_ids) if plan_ids else []
        self.voices = self._voices() if self.assessments else []
        self.notes = self._notes() if reads & Section.NOTES else []

    def _entries(self, reads: Section) -> list[GridEntry]:
        """The latest entry per unit and item, of the sections that are open."""
        later = aliased(GridEntry)
        superseded = (
            select(later.id).where(col(later.replaces) == col(GridEntry.id)).correlate(GridEntry).exists()
        )
        open_pairs = [
            (section, kind)
            for section in GridSection
            for kind in ItemKind
            if reads & section_of(section, kind)
        ]
        return [
            one
            for one in self.work.session.exec(
                select(GridEntry)
                .where(
                    col(GridEntry.case_id) == self.case_id,
                    col(GridEntry.section).in_({section for section, _ in open_pairs}),
                    ~superseded,
                )
                .order_by(col(GridEntry.item), col(GridEntry.id))
            )
            if (one.section, one.kind) in open_pairs
        ]

    def _all(self, table: Any) -> list[Any]:  # noqa: ANN401 - a table of this room with case_id
        return list(
            self.work.session.exec(
                select(table).where(col(table.case_id) == self.case_id).order_by(col(table.id).desc())
            )
        )

    def _of_plans(self, table: Any, plan_ids: list[int | None]) -> list[Any]:  # noqa: ANN401
        return list(
            self.work.session.exec(
                select(table).where(col(table.plan_id).in_(plan_ids)).order_by(col(table.id))
            )
        )

    def _voices(self) -> list[AssessmentVoice]:
        return list(
            self.work.session.exec(
                select(AssessmentVoice).where(col(AssessmentVoice.assessment_id) == self.assessments[0].id)
            )
        )

    def _notes(self) -> list[CaseNote]:
        return list(
            self.work.session.exec(
                select(CaseNote)
                .where(
                    col(CaseNote.case_id) == self.case_id, col(CaseNote.unit_id).in_(self.work.actor.units)
                )
                .order_by(col(CaseNote.id).desc())
            )
        )

    def unit_ids(self) -> set[int]:
        """Units that have written or bear something."""
        rows = (*self.entries, *self.medical, *self.parts, *self.notes)
        return {one.unit_id for one in rows}

    def account_ids(self) -> set[int | None]:
        """Accounts that have written something."""
        return {one.account_id for one in (*self.entries, *self.medical, *self.notes)}


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
        if reads & Section.PLAN:
            shown["plan"] = PlanSection(self.lines(GridSection.GRID), self.assessment(), self.plans())
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
        items: dict[tuple[str, str], list[GridEntry]] = {}
        for one in self.found.entries:
            if one.section is section:
                items.setdefault((one.template, one.item), []).append(one)
        grids = {
            (one.template, one.template_version): grid_in_use(self.work, one.template, one.template_version)
            for one in {(e.template, e.template_version): e for held in items.values() for e in held}.values()
        }
        order = {key: at for grid in grids.values() for at, key in enumerate(grid.items)}
        made = []
        for (template, item), held in sorted(items.items(), key=lambda pair: order.get(pair[0][1], 0)):
            grid = grids[template, max(one.template_version for one in held)]
            known = grid.items.get(item)
            made.append(
                GridLine(
                    item=item,
                    group=grid.groups.get(known.group, {}) if known else {},
                    kind=held[0].kind,
                    title=known.title if known else {},
                    values=known.values if known else {},
                    high=known.high if known else 0,
                    unit=known.unit if known else "",
                    entries=tuple(EntryView(one.value, one.source, self.author(one)) for one in held),
                    disagree=len({one.value for one in held}) > 1,
                )
            )
        return tuple(made)

    def assessment(self) -> AssessmentView | None:
        if not self.found.assessments:
            return None
        last = self.found.assessments[0]
        heard = {one.role for one in self.found.voices}
        return AssessmentView(
            round=last.round,
            state=last.state,
            heard=tuple(one for one in Voice if one in heard),
            missing=tuple(one for one in Voice if one not in heard),
            synthesis=last.synthesis,
            signed_at=last.signed_at,
        )

    def plans(self) -> tuple[PlanView, ...]:
        measures = measures_by_id(
            self.work, {one.measure_id for one in self.found.parts if one.measure_id is not None}
        )
        return tuple(self.plan(one, measures) for one in self.found.plans)

    def plan(self, plan: Plan, measures: Mapping[int, Any]) -> PlanView:
        parts = [one for one in self.found.parts if one.plan_id == plan.id]
        answers = {one.unit_id: one for one in self.found.answers if one.plan_id == plan.id}
        return PlanView(
            ref=plan.ref,
            version=plan.version,
            state=plan.state,
            focus=plan.focus,
            proposed_at=plan.proposed_at,
            agreed_at=plan.agreed_at,
            parts=tuple(self.part(one, measures) for one in sorted(parts, key=lambda one: one.position)),
            answers=tuple(
                self.answer(unit, answers.get(unit)) for unit in dict.fromkeys(one.unit_id for one in parts)
            ),
        )

    def part(self, part: PlanPart, measures: Mapping[int, Any]) -> PartView:
        measure = measures.get(part.measure_id) if part.measure_id is not None else None
        return PartView(
            goal=part.goal,
            action=part.action,
            unit=self.units.get(part.unit_id),
            mine=part.unit_id in self.own,
            due_on=part.due_on,
            measure_ref=measure.ref if measure else None,
            measure_name=measure.name if measure else None,
        )

    def answer(self, unit_id: int, answer: PlanAnswer | None) -> AnswerView:
        return AnswerView(
            unit=self.units.get(unit_id),
            mine=unit_id in self.own,
            answer=answer.answer if answer else None,
            reason=answer.reason if answer else None,
            at=answer.at if answer else None,
        )


def grid_history(work: Work, ref: str, item: str) -> list[EntryView]:
    """Everything that was ever said to an item, in order; empty where its section is closed to the actor."""
    case = case_by_ref(work, ref)
    reads = sections_on_case(work, case.id or 0)[0]
    rows = [
        one
        for one in work.session.exec(
            select(GridEntry)
            .where(col(GridEntry.case_id) == case.id, col(GridEntry.item) == item)
            .order_by(col(GridEntry.id))
        )
        if reads & section_of(one.section, one.kind)
    ]
    units = shown_units(work, {one.unit_id for one in rows})
    names = account_names(work, {one.account_id for one in rows if one.account_id is not None})
    work.saw("case", [case.id or 0], int(reads & ~Section.MEDICAL))
    return [
        EntryView(
            one.value,
            one.source,
            Author(units.get(one.unit_id), names.get(one.account_id or 0), one.recorded_at, one.effective_on),
        )
        for one in rows
    ]
