"""What happened to referrals, for whoever asks what is new in cases."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import literal, select
from sqlmodel import col

from cii.access.queries import case_visible
from cii.access.vocabulary import Section
from cii.routing.tables import Referral
from cii.store.work import Work


def changes(work: Work, case_ids: Collection[int]) -> list[Any]:
    """Referrals sent and answered, where the case is open: case_id, kind, unit_id, account_id, at."""
    sent = ("referral", Referral.from_unit_id, Referral.sent_by, Referral.sent_at)
    answered = ("referral_answer", Referral.to_unit_id, Referral.answered_by, Referral.answered_at)
    return [
        select(
            col(Referral.case_id).label("case_id"),
            literal(kind).label("kind"),
            col(unit).label("unit_id"),
            col(account).label("account_id"),
            col(at).label("at"),
        ).where(
            col(Referral.case_id).in_(case_ids),
            case_visible(col(Referral.case_id), work.actor, work.now, Section.IDENTITY),
        )
        for kind, unit, account, at in (sent, answered)
    ]
