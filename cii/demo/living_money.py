"""Attendance day by day, what it earns, and the statements: paid to August 2026, September under way."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from cii.agreements.queries import PriceBook
from cii.agreements.rules_proration import RULE_VERSION, Priced
from cii.budgets.vocabulary import YearState
from cii.demo.agreements import PAYERS, Payer
from cii.demo.books import Books
from cii.demo.dossiers import Canton, utc
from cii.demo.living_places import Held
from cii.kernel.clock import local_midnight
from cii.kernel.money import Chf, round5
from cii.kernel.period import Period, month_of
from cii.settlement.rules import ShareOf, Stay, attended, expected_days
from cii.settlement.vocabulary import Presence, StatementState

_MARGIN = timedelta(days=7)
_WEIGHTS = (
    (920, Presence.PRESENT),
    (32, Presence.SICK),
    (28, Presence.EXCUSED_ABSENCE),
    (20, Presence.UNEXCUSED_ABSENCE),
)
UNDERWAY = (
    StatementState.CHECKED, StatementState.CHECKED, StatementState.APPROVED, StatementState.SUBMITTED,
    StatementState.SUBMITTED, StatementState.PREFILLED, StatementState.RETURNED,
)  # fmt: skip
"""The states in which September's statements stand, in turn."""
APPROVED = 3
_REACHED = {
    StatementState.PREFILLED: 0,
    StatementState.SUBMITTED: 1,
    StatementState.RETURNED: 1,
    StatementState.CHECKED: 2,
    StatementState.APPROVED: 3,
    StatementState.PAID: 4,
}


@dataclass(frozen=True, slots=True)
class Month:
    """A stay's month: in full and by attendance."""

    held: Held
    full: Priced
    due: Priced
    marks: dict[date, Presence]

    def part(self, at: int, *, full: bool = False) -> int:
        """What the payer at that place of the key owes, in centimes."""
        return sum(line.parts[at].centimes for line in (self.full if full else self.due).lines)


class MoneyMaker:
    """Writes attendance, accruals, statements and payments of every started stay."""

    def __init__(self, canton: Canton, prices: PriceBook, books: Books) -> None:
        self.canton, self.sheet, self.chance = canton, canton.sheet, canton.sheet.chance
        self.prices, self.books = prices, books
        self.yesterday = canton.now.date() - timedelta(days=1)
        self.months: dict[tuple[int, int, date], list[tuple[Month, int]]] = {}
        """By agreement, line and month: the months of stays, with the payer's place in the key."""
        self._payer = {canton.house.lines[line]: one for one in PAYERS for line in one.lines}

    def attend(self, held: Held) -> None:
        """Attest every expected day up to yesterday, and book what each month earns."""
        stay = self._stay(held)
        closures = self.prices.closures.get(held.key[:2], ())
        expected = expected_days(held.span, closures, self.canton.calendar)
        provider = self.canton.house.by_unit[stay.provider_unit_id or 0]
        weights, words = [one for one, _ in _WEIGHTS], [one for _, one in _WEIGHTS]
        days = sorted(day for day in expected if day <= self.yesterday)
        marks = dict(zip(days, self.chance.choices(words, weights, k=len(days)), strict=True))
        for day, presence in marks.items():
            self.sheet.put(
                "attendance", placement_id=held.id, day=day, presence=presence,
                recorded_at=local_midnight(day) + timedelta(hours=17), account_id=provider,
            )  # fmt: skip
        for piece in held.span.months():
            month = month_of(piece.start)
            if month.start <= self.yesterday:
                self._month(held, stay, marks, month)

    def _stay(self, held: Held) -> Stay:
        return Stay(
            held.id,
            held.ref,
            held.wish.case.dossier.case_id,
            held.wish.case.dossier.person_id,
            held.measure_id,
            self.canton.house.provider_units[held.spec.provider],
            started=True,
            span=held.span,
            planned=held.planned,
            key=held.key,
            shares=tuple(
                ShareOf(row["id"], row["line_id"], row["agreement_id"], row["weight"]) for row in held.shares
            ),
        )

    def _month(self, held: Held, stay: Stay, marks: dict[date, Presence], month: Period) -> None:
        window = Period(month.start - _MARGIN, month.end + _MARGIN)
        closures = self.prices.closures.get(stay.key[:2], ())
        seen = attended(
            stay, marks, self.prices.rates.get(stay.key, ()), closures, self.canton.calendar, window
        )
        options: dict[str, Any] = {"weights": stay.weights, "planned": stay.planned, "within": month}
        one = Month(
            held, self.prices.price(stay.key, stay.span, **options),
            self.prices.price(stay.key, stay.span, attended=seen, **options), marks,
        )  # fmt: skip
        over = month.end <= self.canton.now.date()
        booked = (
            self.canton.now - timedelta(hours=12)
            if not over
            else local_midnight(month.end) + timedelta(hours=1)
        )
        for at, share in enumerate(stay.shares):
            key = f"attendance:{share.share_id}:{self.sheet.ref()}"
            self.books.book(
                booked, "accrual", ("attendance", share.share_id, key),
                [(share.line_id, share.agreement_id, one.part(at), month.start)],
            )  # fmt: skip
            if over:
                self.months.setdefault((share.agreement_id, share.line_id, month.start), []).append((one, at))

    def state_all(self) -> None:
        """A statement per agreement, line and month that is over."""
        last = month_of(self.canton.now.date().replace(day=1) - timedelta(days=1)).start
        turn = 0
        for (agreement, line, start), found in sorted(
            self.months.items(), key=lambda one: (one[0][2], one[0])
        ):
            state = StatementState.PAID
            if start == last:
                state = UNDERWAY[turn % len(UNDERWAY)]
                turn += 1
            self._statement(agreement, line, month_of(start), found, state)

    def _statement(
        self, agreement: int, line: int, month: Period, found: list[tuple[Month, int]], state: StatementState
    ) -> None:
        lines = [(one, at, piece) for one, at in found for piece in one.due.lines]
        if not lines:
            return
        reached, payer = _REACHED[state], self._payer[line]
        moments = self._moments(month)
        total = sum(piece.parts[at].centimes for _, at, piece in lines)
        ref, who = self.sheet.ref(), self._who(payer, found)
        made = self.sheet.put(
            "statement",
            ref=ref,
            agreement_id=agreement,
            line_id=line,
            period_start=month.start,
            period_end=month.end,
            sequence=1,
            state=state,
            total=Chf(total),
            rule_version=RULE_VERSION,
            prefilled_at=moments[0],
            prepared_by=who[0] if reached > 0 else None,
            submitted_at=moments[1] if reached > 0 else None,
            checked_by=who[1] if reached > 1 else None,
            checked_at=moments[2] if reached > 1 else None,
            approved_by=who[2] if reached >= APPROVED else None,
            approved_at=moments[3] if reached >= APPROVED else None,
            returned_reason="Les absences du 14 ne concordent pas avec l'attestation."
            if state is StatementState.RETURNED
            else None,
            version=reached + 1,
        )
        for one, at, piece in lines:
            self.sheet.put("statement_line", statement_id=made, **_line(one, at, piece))
        if reached >= APPROVED:
            self._settle(
                made, ref, agreement, line, month, found, total, moments, who, paid=reached > APPROVED
            )

    def _moments(self, month: Period) -> list[datetime]:
        """Drafted on the first, then by working days: submitted, checked, approved, paid."""
        found = [local_midnight(month.end) + timedelta(hours=6)]
        day = month.end
        for low, high in ((2, 3), (1, 2), (1, 2), (2, 5)):
            found.append(self.canton.at_work(day, wait=self.chance.randint(low, high)))
            day = found[-1].date()
        return found

    def _who(self, payer: Payer, found: list[tuple[Month, int]]) -> tuple[int, int, int, int]:
        """Who prepares, checks, approves and releases: four persons."""
        accounts, house = self.canton.house.accounts, self.canton.house
        provider = house.by_unit[house.provider_units[found[0][0].held.spec.provider]]
        pays = "caisse.finances" if payer.staff == "lmmt" else f"{payer.staff}.comptabilite"
        return (
            provider,
            accounts[f"{payer.staff}.contrats"],
            accounts[f"{payer.staff}.finances"],
            accounts[pays],
        )

    def _settle(  # noqa: PLR0917 - a statement's head and its people
        self,
        statement: int,
        ref: str,
        agreement: int,
        line: int,
        month: Period,
        found: list[tuple[Month, int]],
        total: int,
        moments: list[datetime],
        who: tuple[int, int, int, int],
        *,
        paid: bool,
    ) -> None:
        """Invoice, release of what the month did not need, payment."""
        leg = [(line, agreement, total, month.start)]
        self.books.book(moments[3], "invoice", ("statement", statement, f"statement:{ref}:invoice"), leg)
        for one, at in found:
            share = one.held.shares[at]
            held = one.held.legs.get((share["id"], month.start.year))
            unused = one.part(at, full=True) - one.part(at)
            rest = min(unused, held["engaged"] - held["released"]) if held is not None else 0
            if held is not None and rest > 0:
                held["released"] += rest
                share["committed"] -= rest
                key = f"statement:{ref}:release:{share['id']}"
                self.books.book(moments[3], "release", ("placement_share", share["id"], key),
                                [(line, agreement, rest, month.start)])  # fmt: skip
        transferred = round5(Chf(total))
        self.sheet.put(
            "payment", statement_id=statement, amount=Chf(total), transferred=transferred,
            rounding=transferred - Chf(total), prepared_by=who[2], prepared_at=moments[3],
            released_by=who[3] if paid else None, released_at=moments[4] if paid else None,
        )  # fmt: skip
        if paid:
            self.books.book(moments[4], "payment", ("statement", statement, f"statement:{ref}:pay"), leg)

    def close_years(self) -> None:
        """Close the books of the years that are over; everything in them is paid or given back."""
        table = self.sheet.table("budget_year")
        for year in (2024, 2025):
            self.sheet.session.execute(
                table.update()
                .where(table.c.year == year)
                .values(
                    state=YearState.CLOSED, closed_at=utc(date(year + 1, 3, 2), 9),
                    closed_by=self.canton.house.accounts["lmmt.finances"],
                )
            )  # fmt: skip


def _line(one: Month, at: int, piece: Any) -> dict[str, Any]:  # noqa: ANN401 - a line of the proration
    factor = piece.due
    return {
        "placement_id": one.held.id, "period_start": piece.period.start, "period_end": piece.period.end,
        "factor_num": factor.numerator, "factor_den": factor.denominator, "tariff_id": piece.rate.id,
        "gross": piece.gross, "share": one.held.weights[at], "shares": sum(one.held.weights),
        "amount": piece.parts[at],
        "explanation": {
            **piece.explained(),
            "payer": at,
            "absences": {
                day.isoformat(): mark.value
                for day, mark in sorted(one.marks.items())
                if day in piece.period and mark is not Presence.PRESENT
            },
        },
    }  # fmt: skip
