"""Acts on the text of an agreement while it is open."""

from typing import Any

from sqlalchemy import select
from sqlmodel import col

from cii.agreements.actions_common import changed, open_for_change
from cii.agreements.tables import Agreement
from cii.conventions.parts import PARTS
from cii.conventions.rules import PartOfOtherProfile, parts_for
from cii.conventions.tables import ConventionPart
from cii.conventions.vocabulary import Part
from cii.store.work import Work
from cii.wire.answers import answer_schema


def write_part(work: Work, agreement_ref: str, part: Part, said: object) -> Agreement:
    """Write a part of an open text anew; `said` is a value of the part's shape.

    Refuses: NotOpenForChange, NotAllowed, UnknownThing, PartOfOtherProfile.
    """
    agreement = open_for_change(work, agreement_ref)
    if part not in parts_for(agreement.profile):
        raise PartOfOtherProfile(field="part", profile=agreement.profile)
    row = work.session.scalars(
        select(ConventionPart).where(
            col(ConventionPart.agreement_id) == agreement.id, col(ConventionPart.part) == part
        )
    ).first() or ConventionPart(agreement_id=agreement.id or 0, part=part, body={}, recorded_at=work.now)
    row.body = stored(part, said)
    row.recorded_at, row.account_id = work.now, work.actor.account_id
    work.session.add(row)
    changed(work, agreement, "part_written", {"part": part})
    return agreement


def stored(part: Part, said: object) -> dict[str, Any]:
    """A part's value as JSON says it: words by value, money as text, days in ISO form."""
    told: dict[str, Any] = answer_schema(PARTS[part])().dump(said)
    return told
