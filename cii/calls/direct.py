"""A direct award published from the agreement that it led to: requirements and criteria that everybody reads.

Source: 000 §3.4, i.43 (requirements and criteria of selection are public), i.40 (one thread of criteria).
"""

from dataclasses import dataclass, field

from sqlmodel import col, select

from cii.agreements.queries import agreement_view, may_write
from cii.agreements.rules import OPEN_STATES
from cii.agreements.tables import Agreement
from cii.agreements.vocabulary import Award
from cii.calls.actions import CriterionWish, with_criteria
from cii.calls.queries import told_parts
from cii.calls.rules import (
    AwardNotDirect,
    CriterionOutsideAgreement,
    CriterionTwice,
    DirectAwardPublished,
    publication_faults,
)
from cii.calls.tables import Call, CallCriterion
from cii.calls.vocabulary import CallKind, CallState
from cii.conventions.actions import stored, write_part
from cii.conventions.parts_conduct import Criterion
from cii.conventions.queries import text_of
from cii.conventions.vocabulary import Part
from cii.institutions.queries import lines_by_id
from cii.institutions.vocabulary import Sector
from cii.journal.actions import wrote
from cii.kernel.errors import NotAllowed, Refusal, refuse
from cii.store.work import Work

_TOLD = (Part.AIMS, Part.SERVICES, Part.VOLUME, Part.PRINCIPLES, Part.EVALUATION)
"""Parts of the text that a published award tells."""


@dataclass(frozen=True)
class PublishDirect:
    """What everybody reads of the direct award of an agreement; aims and services are the agreement's own."""

    agreement_ref: str
    title: str = field(metadata={"min": 1, "max": 200})
    base_requirements: str = field(metadata={"min": 1, "max": 4000})
    criteria: tuple[CriterionWish, ...] = field(metadata={"max": 20})


def publish_direct(work: Work, ask: PublishDirect) -> Call:
    """Publish the direct award of an agreement; what is published stays as it is.

    The criteria become those of the agreement's evaluation while its text is open; later they have to be
    the ones that it has. Refuses: UnknownThing, NotAllowed (who may not change the agreement),
    AwardNotDirect, DirectAwardPublished; all at once CriterionTwice, CriterionOutsideAgreement, CallLacks,
    WeightsNotWhole.
    """
    view = agreement_view(work, ask.agreement_ref)
    held = view.agreement
    if not may_write(work, held):
        raise NotAllowed
    if held.award is not Award.DIRECT:
        raise AwardNotDirect
    if award_published(work, held.id or 0) is not None:
        raise DirectAwardPublished
    text = text_of(work, held.id or 0)
    call = Call(
        title=ask.title, kind=CallKind.DIRECT, sector=_sector(work, [one.line_id for one in view.measures]),
        state=CallState.AGREEMENT_DRAFTED, lang=held.lang, base_requirements=ask.base_requirements.strip(),
        specification={part.value: stored(part, getattr(text, part.value)) for part in _TOLD},
        published_on=work.today, agreement_id=held.id, recorded_at=work.now,
        account_id=work.actor.account_id,
    )  # fmt: skip
    criteria = [CallCriterion(call_id=0, **vars(one)) for one in ask.criteria]
    own = {one.code for one in text.evaluation.criteria}
    fixed = own if held.state not in OPEN_STATES else set()
    refuse([
        *_faults([one.code for one in ask.criteria], fixed),
        *publication_faults(call.kind, [one.weight for one in criteria], told_parts(call, criteria), None,
                            work.today),
    ])  # fmt: skip
    work.session.add(call)
    work.session.flush()
    for one in criteria:
        one.call_id = call.id or 0
        work.session.add(one)
        work.session.flush()
    if held.state in OPEN_STATES:
        wanted = tuple(Criterion(one.code, one.wording) for one in ask.criteria)
        if wanted != text.evaluation.criteria:
            write_part(work, held.ref, Part.EVALUATION, with_criteria(text.evaluation, wanted))
    wrote(work, "direct_award_published", "call", call.id, ref=call.ref, payload={"number": held.number})
    return call


def award_published(work: Work, agreement_id: int) -> Call | None:
    """The call or direct award from which an agreement comes; the caller started its read."""
    return work.session.exec(select(Call).where(col(Call.agreement_id) == agreement_id)).first()


def may_publish(work: Work, agreement: Agreement) -> bool:
    """Whether the actor may publish the direct award of an agreement that was read now."""
    return (
        agreement.award is Award.DIRECT
        and may_write(work, agreement)
        and award_published(work, agreement.id or 0) is None
    )


def _faults(codes: list[str], fixed: set[str]) -> list[Refusal]:
    found: list[Refusal] = [CriterionTwice(field="criteria")] if len(set(codes)) != len(codes) else []
    if fixed:
        outside = sorted({*codes} ^ fixed)
        found += [CriterionOutsideAgreement(field="criteria", criterion=one) for one in outside]
    return found


def _sector(work: Work, line_ids: list[int]) -> Sector:
    """The sector that pays: the actor's own where several do."""
    paying = [one.sector for one in lines_by_id(work, line_ids).values()]
    return next((one for one in paying if one in work.actor.sectors()), paying[0])


__all__ = ["PublishDirect", "award_published", "may_publish", "publish_direct"]
