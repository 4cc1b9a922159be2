"""The terms of a referral by its route: which kind of institution asks which.

Dated parameters: `<name>.<FROM>-<TO>` between two systems, `<name>.<TO>` towards one, `<name>` else
(workflows/parameters/referrals.yaml). The term in force when the referral is sent holds for its whole life.
"""

from datetime import date, timedelta

from cii.institutions.queries import units_by_id
from cii.kernel.clock import local_day
from cii.routing.tables import Referral
from cii.store.parameters import UnknownParameter
from cii.store.work import Work
from cii.workflow.terms import Terms
from cii.workflow.vocabulary import Length

REMINDER, EXPIRY = "referral_reminder_days", "referral_expiry_days"


def route_of(work: Work, from_unit: int, to_unit: int) -> tuple[str | None, str | None]:
    """The systems between which a referral goes; None where a unit stands for none."""
    found = units_by_id(work, [from_unit, to_unit])
    sectors = [found[unit].sector if unit in found else None for unit in (from_unit, to_unit)]
    return (sectors[0].value if sectors[0] else None), (sectors[1].value if sectors[1] else None)


def term(work: Work, name: str, route: tuple[str | None, str | None], at: date) -> int:
    """The number of a route at a date, the nearest first; refuses UnknownParameter."""
    start, end = route
    for known in ([f"{name}.{start}-{end}"] if start and end else []) + ([f"{name}.{end}"] if end else []):
        try:
            return work.parameter(known, at)
        except UnknownParameter:
            continue
    return work.parameter(name, at)


def terms_of(work: Work, row: Referral) -> Terms:
    """The delays of a referral's process: the reminder of its answer, and what is left until it expires.

    Expiry counts calendar days from the day of sending; a question does not prolong it.
    """
    sent = local_day(row.sent_at)
    route = route_of(work, row.from_unit_id, row.to_unit_id)
    last = sent + timedelta(days=term(work, EXPIRY, route, sent))
    left = Length(max((last - work.today).days, 0), "d")
    reminder = Length(term(work, REMINDER, route, sent), "wd")
    return {"sent": left, "received": left, "question": left, "received.answer": reminder}
