"""Reads of the text of an agreement."""

from collections.abc import Iterable, Mapping
from dataclasses import fields

from sqlalchemy import select
from sqlmodel import col

from cii.agreements.chain import former_ref
from cii.agreements.queries import AgreementView, agreement_view, reads_laid_only
from cii.agreements.tables import Indicator, Objective
from cii.conventions.parts import PARTS, Text
from cii.conventions.parts_conduct import Talks, Term
from cii.conventions.tables import ConventionPart
from cii.conventions.vocabulary import Part
from cii.conventions.whole import Bought, Convention, Gauge, Goal, Header, Owed, Rate
from cii.institutions.queries import lines_by_id
from cii.institutions.tables import FundingLine
from cii.kernel.errors import UnknownThing
from cii.measures.queries import measures_by_id
from cii.measures.tables import Measure
from cii.store.work import Work
from cii.wire.schema import load_with, request_schema


def text_of(work: Work, agreement_id: int) -> Text:
    """The text as it stands; parts that nobody wrote are empty. No visibility.

    The caller started its read.
    """
    rows = work.session.execute(
        select(col(ConventionPart.part), col(ConventionPart.body)).where(
            col(ConventionPart.agreement_id) == agreement_id
        )
    )
    return read_text({row.part: row.body for row in rows})


def talks_agreed(work: Work, agreement_ids: Iterable[int]) -> dict[int, Talks]:
    """What was agreed on talks and visits, by agreement; agreements that say nothing of it are left out."""
    return {one: text.talks for one, text in _parts_of(work, agreement_ids, Part.TALKS).items()}


def terms_agreed(work: Work, agreement_ids: Iterable[int]) -> dict[int, Term]:
    """What was agreed on changing, extending and ending, by agreement; the silent ones are left out."""
    return {one: text.term for one, text in _parts_of(work, agreement_ids, Part.TERM).items()}


def _parts_of(work: Work, agreement_ids: Iterable[int], part: Part) -> dict[int, Text]:
    rows = work.session.execute(
        select(col(ConventionPart.agreement_id), col(ConventionPart.body)).where(
            col(ConventionPart.agreement_id).in_(set(agreement_ids)), col(ConventionPart.part) == part
        )
    )
    return {row.agreement_id: read_text({part: row.body}) for row in rows}


def read_text(bodies: Mapping[str, object]) -> Text:
    """A text from what is stored of its parts.

    Fields that a later shape has and an older body lacks are empty.
    """
    held = {
        part.value: load_with(request_schema(PARTS[part])(), bodies[part]) for part in Part if part in bodies
    }
    return Text(**held)


def convention(work: Work, ref: str) -> Convention:
    """The whole agreement as it stands, when the actor may see that; refuses UnknownThing.

    Its provider reads it as it stands once it is settled; before, `editions.whole_read`.
    """
    view = agreement_view(work, ref)
    if reads_laid_only(work, view.agreement):
        raise UnknownThing(field="agreement_ref")
    return whole_of(work, view)


def whole_of(work: Work, view: AgreementView) -> Convention:
    """The whole of an agreement that was read."""
    held = view.agreement
    measures = measures_by_id(
        work, {one.measure_id for one in view.measures} | {one.measure_id for one in view.tariffs}
    )
    lines = lines_by_id(work, {one.line_id for one in view.measures} | {one.line_id for one in view.tariffs})
    goals = {one.id: one.ref for one in view.objectives}
    before = former_ref(work, held)
    return Convention(
        header=Header(
            held.ref, held.number, held.profile, held.instrument, held.state, held.lang, held.valid_from,
            held.valid_to, held.notice_months, held.award, before, held.follows_as, held.contract_change,
            view.provider.ref, view.provider.legal_form, view.provider.non_profit, view.provider.uid,
        ),
        text=text_of(work, held.id or 0),
        bought=tuple(
            _bought(measures[one.measure_id], lines[one.line_id], one.overbooking) for one in view.measures
        ),
        rates=tuple(
            Rate(
                measures[one.measure_id].ref, lines[one.line_id].ref, one.valid_from, one.valid_to, one.basis,
                one.amount, one.places, one.month_begun, one.guarantee, one.excused_days, one.unexcused_days,
                one.day_minutes, one.full_from, one.half_from,
            )
            for one in view.tariffs
        ),
        goals=tuple(_goal(one) for one in view.objectives),
        gauges=tuple(_gauge(one, goals) for one in view.indicators),
        owed=tuple(Owed(one.ref, one.kind, one.frequency, one.due_on) for one in view.deliverables),
    )  # fmt: skip


def parts_written(work: Work, agreement_id: int) -> frozenset[Part]:
    """The parts that somebody has written."""
    rows = work.session.scalars(
        select(col(ConventionPart.part)).where(col(ConventionPart.agreement_id) == agreement_id)
    )
    return frozenset(rows)


def _bought(measure: Measure, line: FundingLine, overbooking: int) -> Bought:
    return Bought(
        measure.ref, measure.code, measure.name, line.ref, line.code, line.sector.value, overbooking
    )


def _goal(one: Objective) -> Goal:
    return Goal(**{name: getattr(one, name) for name in _names(Goal)})


def _gauge(one: Indicator, goals: Mapping[int | None, str]) -> Gauge:
    told = {name: getattr(one, name) for name in _names(Gauge) if name != "goal_ref"}
    return Gauge(goal_ref=goals[one.objective_id], **told)


def _names(shape: type) -> Iterable[str]:
    return [one.name for one in fields(shape)]
