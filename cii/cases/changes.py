"""What was written in cases, for whoever asks what is new: a select for each kind, of sections that are open.

Each select has the columns case_id, kind, unit_id, account_id, at; the room above joins them in one.
"""

from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, and_, literal, or_, select
from sqlmodel import col

from cii.access.queries import case_visible
from cii.access.vocabulary import Section
from cii.cases.attachments import SECTION
from cii.cases.rules import section_of
from cii.cases.tables import Assessment, CaseFile, CaseNote, GridEntry, MedicalStatement
from cii.cases.tables_attachments import Attachment
from cii.cases.tables_plan import Plan, PlanAnswer
from cii.cases.vocabulary import GridSection, ItemKind
from cii.store.work import Work


def files(case_ids: Collection[int]) -> Subquery:
    """The case and its person, for selects of rooms that know persons only."""
    return (
        select(col(CaseFile.id).label("case_id"), col(CaseFile.person_id))
        .where(col(CaseFile.id).in_(case_ids))
        .subquery()
    )


def changes(work: Work, case_ids: Collection[int]) -> list[Any]:
    """Grid, medical part, assessment, plan, answers, documents and notes of my units, where they are open."""
    return [
        _entries(work, case_ids),
        _documents(work, case_ids),
        _kind(
            "health",
            MedicalStatement,
            at=col(MedicalStatement.recorded_at),
            unit=col(MedicalStatement.unit_id),
            account=col(MedicalStatement.account_id),
        ).where(_in(work, MedicalStatement.case_id, case_ids, Section.MEDICAL | Section.FUNCTIONAL)),
        _kind(
            "assessment",
            Assessment,
            at=col(Assessment.signed_at),
            unit=col(CaseFile.lead_unit_id),
            account=col(Assessment.signed_by),
        )
        .join(CaseFile, col(CaseFile.id) == col(Assessment.case_id))
        .where(_in(work, Assessment.case_id, case_ids, Section.PLAN)),
        _kind(
            "plan",
            Plan,
            at=col(Plan.proposed_at),
            unit=col(Plan.proposed_by_unit_id),
            account=col(Plan.proposed_by),
        ).where(_in(work, Plan.case_id, case_ids, Section.PLAN)),
        _kind(
            "plan_answer",
            Plan,
            at=col(PlanAnswer.at),
            unit=col(PlanAnswer.unit_id),
            account=col(PlanAnswer.account_id),
        )
        .join(PlanAnswer, col(PlanAnswer.plan_id) == col(Plan.id))
        .where(_in(work, Plan.case_id, case_ids, Section.PLAN)),
        _kind(
            "note",
            CaseNote,
            at=col(CaseNote.at),
            unit=col(CaseNote.unit_id),
            account=col(CaseNote.account_id),
        ).where(
            _in(work, CaseNote.case_id, case_ids, Section.NOTES),
            col(CaseNote.unit_id).in_(work.actor.units),
        ),
    ]


def _documents(work: Work, case_ids: Collection[int]) -> Select[Any]:
    """Documents added and not taken out again, each as its section is open."""
    opened = [
        and_(
            col(Attachment.section) == word,
            case_visible(col(Attachment.case_id), work.actor, work.now, section),
        )
        for word, section in SECTION.items()
    ]
    added = _kind(
        "document",
        Attachment,
        at=col(Attachment.attached_at),
        unit=col(Attachment.unit_id),
        account=col(Attachment.account_id),
    )
    return added.where(
        col(Attachment.case_id).in_(case_ids), col(Attachment.withdrawn_at).is_(None), or_(*opened)
    )


def _entries(work: Work, case_ids: Collection[int]) -> Select[Any]:
    ways: dict[Section, list[ColumnElement[bool]]] = {}
    for section in GridSection:
        for kind in ItemKind:
            pair = and_(col(GridEntry.section) == section, col(GridEntry.kind) == kind)
            ways.setdefault(section_of(section, kind), []).append(pair)
    opened = [
        and_(or_(*pairs), case_visible(col(GridEntry.case_id), work.actor, work.now, section))
        for section, pairs in ways.items()
    ]
    entries = _kind(
        "grid",
        GridEntry,
        at=col(GridEntry.recorded_at),
        unit=col(GridEntry.unit_id),
        account=col(GridEntry.account_id),
    )
    return entries.where(col(GridEntry.case_id).in_(case_ids), or_(*opened))


def _kind(kind: str, table: Any, *, at: Any, unit: Any, account: Any) -> Select[Any]:  # noqa: ANN401
    return select(
        table.case_id.label("case_id"),
        literal(kind).label("kind"),
        unit.label("unit_id"),
        account.label("account_id"),
        at.label("at"),
    ).select_from(table)


def _in(work: Work, case_id: Any, case_ids: Collection[int], section: Section) -> ColumnElement[bool]:  # noqa: ANN401
    return and_(col(case_id).in_(case_ids), case_visible(col(case_id), work.actor, work.now, section))
