"""Participants' pay by the scale and a wage subsidy: August paid, September under way.

Placements and attendance are those of the canton; the scale, the normal pay and the employer are invented.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Row, select

from cii.access.queries import account_actor
from cii.demo.dossiers import Canton, utc
from cii.demo.measures import MARK
from cii.kernel.money import Chf
from cii.store.work import Work
from cii.wages.actions import AskGrant, DecideGrant, ask_grant, decide_grant
from cii.wages.actions_parts import (
    MonthOfLine,
    approve_month,
    check_month,
    check_part,
    compute_month,
    pay_month,
)
from cii.wages.actions_subsidies import ClaimSubsidy, TellPaidWage, claim_subsidy, tell_paid_wage
from cii.wages.queries import live_sums, results_of
from cii.wages.tables import WageGrant
from cii.wages.vocabulary import GrantKind, PayCategory

PROVIDER, LINE = "TREMPLIN", "SAS"
AUGUST, SEPTEMBER, LAST = date(2026, 8, 1), date(2026, 9, 1), date(2026, 9, 30)
PAID = 4
"""Participants paid by the scale; one more placement is subsidised."""
_CATEGORIES = (PayCategory.ADULT, PayCategory.FAMILY, PayCategory.YOUNG, PayCategory.ADULT)


def pay_wages(work: Work, canton: Canton) -> None:
    """By the acts of their people: decisions in July, August paid, September computed and checked."""
    line = canton.house.lines[LINE]
    tables = canton.sheet.table("funding_line")
    ref = work.session.execute(select(tables.c.ref).where(tables.c.id == line)).scalar_one()
    placed = _placed(work, canton, line)
    granted = []
    if not any(row.starts_on <= AUGUST for row in placed[:PAID]):  # a small canton has nobody there
        return
    for row, category in zip(placed[:PAID], _CATEGORIES, strict=False):
        wish = AskGrant(row.ref, GrantKind.PAY, *_days(row), f"Rétribution selon le barème. {MARK}", category)
        granted.append(_granted(work, wish, row.starts_on))
    for month, steps in ((AUGUST, 3), (SEPTEMBER, 1)):
        _settled(work, MonthOfLine(ref, month), steps)
    for row, grant in zip(placed[:2], granted, strict=False):
        sums = live_sums(work, grant.id or 0, SEPTEMBER)
        told = TellPaidWage(row.ref, SEPTEMBER, Chf.total(sums.values()))
        tell_paid_wage(_hand(work, "tremplin", date(2026, 10, 5)), told)
    for row in placed[PAID : PAID + 1]:
        _subsidised(work, row)


def _placed(work: Work, canton: Canton, line: int) -> Sequence[Row[Any]]:
    """Stays of the provider that this line alone pays, through August and September."""
    place, share = canton.sheet.table("placement"), canton.sheet.table("placement_share")
    alone = select(share.c.placement_id).where(share.c.line_id != line)
    return work.session.execute(
        select(place.c.ref, place.c.starts_on, place.c.ends_on)
        .join(share, share.c.placement_id == place.c.id)
        .where(
            share.c.line_id == line,
            place.c.id.not_in(alone),
            place.c.provider_unit_id == canton.house.provider_units[PROVIDER],
            place.c.state.in_(("started", "ended")),
            place.c.starts_on <= SEPTEMBER,
            place.c.ends_on >= LAST,
        )
        .order_by(place.c.id)
        .limit(PAID + 1)
    ).all()


def _days(row: Row[Any]) -> tuple[date, date]:
    return max(row.starts_on, AUGUST), LAST


def _granted(work: Work, wish: AskGrant, begins: date) -> WageGrant:
    day = max(begins, AUGUST) - timedelta(days=10)
    made = ask_grant(_hand(work, "odas.comptabilite", day), wish)
    return decide_grant(
        _hand(work, "odas.finances", day + timedelta(days=2)), DecideGrant(made.ref, grant=True, reason=MARK)
    )


def _settled(work: Work, month: MonthOfLine, steps: int) -> None:
    day = month.month.replace(month=month.month.month + 1, day=6)
    compute_month(_hand(work, "odas.contrats", day), month)
    acts = (
        (check_month, "odas.contrats"), (approve_month, "odas.finances"), (pay_month, "odas.comptabilite")
    )  # fmt: skip
    for act, who in acts[:steps]:
        act(_hand(work, who, day), month)


def _subsidised(work: Work, row: Row[Any]) -> None:
    wish = AskGrant(
        row.ref, GrantKind.SOCIAL, *_days(row), f"Engagement après observation. {MARK}",
        normal_pay=Chf.parse("3900"), percent=40, employer="Atelier du Seyon Sàrl (inventé)",
    )  # fmt: skip
    grant = _granted(work, wish, row.starts_on)
    claim = ClaimSubsidy(grant.ref, SEPTEMBER, Chf.parse("3900"), Chf.parse("780"))
    claim_subsidy(_hand(work, "tremplin", date(2026, 10, 6)), claim)
    ((_, (part, *_)), *_) = results_of(work, grant.id or 0)
    check_part(_hand(work, "odas.contrats", date(2026, 10, 8)), part.ref)


def _hand(work: Work, who: str, day: date) -> Work:
    return replace(work, actor=account_actor(work, f"{who}@cii.example"), now=utc(day, 9), seen=[])
