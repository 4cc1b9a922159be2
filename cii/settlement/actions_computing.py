"""What a statement says: the lines of a month by attendance, and what differs from what was stated before."""

from collections.abc import Sequence
from datetime import date

from cii.kernel.errors import Refusal
from cii.kernel.money import Chf
from cii.kernel.period import Period
from cii.settlement.actions_attendance import accrued_by_share
from cii.settlement.queries import MonthOf, lines_of, months_of, sequence_of, stays_in
from cii.settlement.rules import ShareOf, StatementOutdated
from cii.settlement.tables import Statement, StatementLine
from cii.store.work import Work

Payer = tuple[int, int]
"""Agreement and funding line."""

_ALWAYS = Period(date(1900, 1, 1), date(9999, 12, 31))


def lines_now(work: Work, payer: Payer, month: Period, settled: list[Statement]) -> list[StatementLine]:
    """What the month costs this payer now, or, once settled, what differs from what was stated."""
    if not settled:
        return _fresh(work, payer, month)
    stated = [line for one in settled for line in lines_of(work, one.id or 0)]
    return [_difference(*one) for one in changed_lines(work, payer, month, stated)]


def changed_lines(
    work: Work, payer: Payer, month: Period, stated: Sequence[StatementLine]
) -> list[tuple[int, list[StatementLine], list[StatementLine]]]:
    """The placements whose sum is no longer what was stated, with their lines now and then; by placement."""
    fresh = _fresh(work, payer, month)
    found = []
    for placement_id in sorted({line.placement_id for line in (*fresh, *stated)}):
        now = [line for line in fresh if line.placement_id == placement_id]
        then = [line for line in stated if line.placement_id == placement_id]
        if Chf.total(line.amount for line in now) != Chf.total(line.amount for line in then):
            found.append((placement_id, now, then))
    return found


def _fresh(work: Work, payer: Payer, month: Period) -> list[StatementLine]:
    months = months_of(work, stays_in(work, month, payer=payer), month)
    return [line for one in months if one.stay.started for line in _lines_of(one, payer)]


def _lines_of(one: MonthOf, payer: Payer) -> list[StatementLine]:
    at, share = share_for(one, payer)
    return [
        StatementLine(
            statement_id=0,
            placement_id=one.stay.placement_id,
            period_start=line.period.start,
            period_end=line.period.end,
            factor_num=line.due.numerator,
            factor_den=line.due.denominator,
            tariff_id=line.rate.id,
            gross=line.gross,
            share=share.weight,
            shares=sum(one.stay.weights),
            amount=line.parts[at],
            explanation={
                **line.explained(),
                "payer": at,
                "absences": {
                    day.isoformat(): mark.value
                    for day, mark in sorted(one.marks.items())
                    if day in line.period and mark.value != "present"
                },
            },
        )
        for line in one.due.lines
    ]


def _difference(
    placement_id: int, now: Sequence[StatementLine], then: Sequence[StatementLine]
) -> StatementLine:
    """One line that holds what a placement costs more or less than what was stated."""
    like = (now or then)[0]
    return StatementLine(
        statement_id=0,
        placement_id=placement_id,
        period_start=like.period_start,
        period_end=(now or then)[-1].period_end,
        factor_num=like.factor_num,
        factor_den=like.factor_den,
        tariff_id=like.tariff_id,
        gross=Chf.total(line.gross for line in now),
        share=like.share,
        shares=like.shares,
        amount=Chf.total(line.amount for line in now) - Chf.total(line.amount for line in then),
        explanation={
            "now": [line.explanation for line in now],
            "stated": [line.amount.centimes for line in then],
        },
    )


def share_for(one: MonthOf, payer: Payer) -> tuple[int, ShareOf]:
    """The payer's share of a stay, with its place in the key."""
    return next(
        (at, share)
        for at, share in enumerate(one.stay.shares)
        if (share.agreement_id, share.line_id) == payer
    )


def outdated(work: Work, statement: Statement) -> list[Refusal]:
    """Whether attendance or tariffs say something else by now than when the statement was computed."""
    payer, month = (statement.agreement_id, statement.line_id), month_of_statement(statement)
    settled = [one for one in sequence_of(work, payer, month) if one.sequence < statement.sequence]
    fresh = [(line.placement_id, line.amount) for line in lines_now(work, payer, month, settled)]
    kept = [(line.placement_id, line.amount) for line in lines_of(work, statement.id or 0)]
    if sorted(fresh) == sorted(kept):
        return []
    return [StatementOutdated(stated=statement.total, now=Chf.total(amount for _, amount in fresh))]


def not_accrued(work: Work, statement: Statement, months: list[MonthOf]) -> dict[int, int]:
    """Per share, what the month earns beyond what the commitment could bear, in centimes."""
    payer = (statement.agreement_id, statement.line_id)
    shares = {share_for(one, payer)[1].share_id: one for one in months}
    held = accrued_by_share(work, month_of_statement(statement), list(shares))
    gaps = {id_: one.part(id_) - held.get(id_, 0) for id_, one in shares.items()}
    return {id_: gap for id_, gap in gaps.items() if gap > 0}


def started_months(work: Work, statement: Statement) -> list[MonthOf]:
    """The months of the started stays that this statement's payer bears."""
    payer, month = (statement.agreement_id, statement.line_id), month_of_statement(statement)
    stays = [stay for stay in stays_in(work, month, payer=payer, lock=True) if stay.started]
    return months_of(work, stays, month)


def month_of_statement(statement: Statement) -> Period:
    """The month of a statement."""
    return Period(statement.period_start, statement.period_end)


def share_of_placement(work: Work, placement_id: int, payer: Payer) -> ShareOf:
    """The payer's share of a placement, whenever it lies."""
    (stay,) = stays_in(work, _ALWAYS, placement_ids=[placement_id])
    return next(share for share in stay.shares if (share.agreement_id, share.line_id) == payer)
