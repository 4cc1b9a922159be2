"""Agreements in the database whose text is complete, negotiated and settled, ready to be signed."""

from dataclasses import asdict, replace
from datetime import timedelta

from cii.agreements.queries import agreement_view
from cii.agreements.tables import Agreement, Deliverable, Indicator, Objective
from cii.agreements.vocabulary import Award
from cii.conformity.actions import AnswerItem, JustifyFinding, answer_item, justify
from cii.conformity.queries import checked
from cii.conformity.vocabulary import Answer, Severity
from cii.conventions.actions import write_part
from cii.conventions.negotiating import AnswerRound, OpenRound, answer_round, open_round
from cii.conventions.parts import Text
from cii.conventions.rules import parts_for
from cii.conventions.vocabulary import CommentStand
from cii.institutions.queries import lines_by_id
from cii.institutions.tables import Unit
from cii.measures.queries import measures_by_id
from cii.store.work import Actor, Work
from tests.agreements.build_agreements import acting, an_actor
from tests.conformity.build_whole import a_convention

REASON = "Convenu ainsi avec le prestataire"


def keep_whole(work: Work, agreement: Agreement) -> None:
    """Write the complete text of its profile into an agreement, with objectives, indicators and deliverables.

    What was aimed at before goes; `work` acts as somebody who may write it.
    """
    view = agreement_view(work, agreement.ref)
    for row in (*view.indicators, *view.objectives):
        work.session.delete(row)
    work.session.flush()
    whole = a_convention(agreement.profile)
    goals = {one.ref: _goal(work, agreement, one) for one in whole.goals}
    for gauge in whole.gauges:
        told = {name: value for name, value in asdict(gauge).items() if name not in {"ref", "goal_ref"}}
        work.session.add(Indicator(agreement_id=agreement.id, objective_id=goals[gauge.goal_ref].id, **told))
    for owed in whole.owed:
        work.session.add(
            Deliverable(
                agreement_id=agreement.id, kind=owed.kind, frequency=owed.frequency, due_on=owed.due_on
            )
        )
    agreement.award = agreement.award or Award.CALL
    work.session.flush()
    text = with_names(work, whole.text, agreement, {ref: row.ref for ref, row in goals.items()})
    for part in parts_for(agreement.profile):
        write_part(work, agreement.ref, part, getattr(text, part.value))


def negotiated(work: Work, agreement: Agreement) -> None:
    """Lay the draft before the provider, who accepts it."""
    held = open_round(work, OpenRound(agreement.ref, work.today + timedelta(days=14)))
    answer_round(acting(work, the_provider(work, agreement)), AnswerRound(held.ref, CommentStand.ACCEPTS))


def the_provider(work: Work, agreement: Agreement) -> Actor:
    """Somebody of the agreement's provider."""
    unit = agreement_view(work, agreement.ref).provider.unit_id
    return an_actor(work, work.session.get(Unit, unit), role="provider")


def settled(work: Work, agreement: Agreement) -> None:
    """Justify each warning and answer each item of the checklist."""
    for one in checked(work, agreement.ref).open:
        code, about = one.finding.key
        if one.finding.severity is Severity.WARNING:
            justify(work, JustifyFinding(agreement.ref, code, REASON, about))
        elif one.finding.severity is Severity.CHECK:
            answer_item(work, AnswerItem(agreement.ref, code, Answer.YES, "", about))


def made_ready(work: Work, agreement: Agreement) -> None:
    """Complete, negotiated and settled: somebody else may sign."""
    keep_whole(work, agreement)
    negotiated(work, agreement)
    settled(work, agreement)


def _goal(work: Work, agreement: Agreement, one) -> Objective:
    told = {name: value for name, value in asdict(one).items() if name != "ref"}
    row = Objective(agreement_id=agreement.id, **told)
    work.session.add(row)
    work.session.flush()
    return row


def with_names(work: Work, text: Text, agreement: Agreement, goals: dict[str, str]) -> Text:
    """The text with the names of the rows that it points to."""
    bought = agreement_view(work, agreement.ref).measures
    measures = measures_by_id(work, {one.measure_id for one in bought})
    lines = lines_by_id(work, {one.line_id for one in bought})
    offer, volume = text.services.offers[0], text.volume.offers[0]
    offers = tuple(replace(offer, measure_ref=one.ref) for one in measures.values())
    volumes = tuple(
        replace(volume, measure_ref=measures[one.measure_id].ref, line_ref=lines[one.line_id].ref)
        for one in bought
    )
    items = tuple(
        replace(one, serves=tuple(goals.get(name, name) for name in one.serves)) for one in text.reports.items
    )
    return replace(
        text,
        services=replace(text.services, offers=offers),
        volume=replace(text.volume, offers=volumes),
        reports=replace(text.reports, items=items),
    )


__all__ = ["REASON", "keep_whole", "made_ready", "negotiated", "settled", "the_provider", "with_names"]
