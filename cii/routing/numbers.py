"""By which number people speak of a referral: that of its case."""

from collections.abc import Collection

from sqlmodel import col, select

from cii.cases.queries import cases_by_id
from cii.routing.queries import visible_referrals
from cii.routing.tables import Referral
from cii.store.work import Work


def referral_numbers(work: Work, referral_ids: Collection[int]) -> dict[int, str]:
    """Of these referrals the numbers of their cases, as far as the actor may see both."""
    if not referral_ids:
        return {}
    wanted = select(Referral.id, Referral.case_id).where(col(Referral.id).in_(referral_ids))
    rows = work.session.exec(wanted.where(visible_referrals(work))).all()
    cases = cases_by_id(work, {case_id for _, case_id in rows})
    return {id_ or 0: cases[case_id].number for id_, case_id in rows if case_id in cases}
