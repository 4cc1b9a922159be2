"""The ledger of the demo: budgets of three years, accounts, entries in the order of booking."""

from collections.abc import Sequence
from datetime import UTC, date, datetime

from cii.budgets.vocabulary import CHAIN, TRANSFERS, EntryKind, Stage, YearState
from cii.demo.agreements import PAYERS, SIGNED, YEARS
from cii.demo.directory import House
from cii.demo.sheet import Sheet
from cii.kernel.money import Chf

AccountKey = tuple[int, int, Stage, int | None]


class Books:
    """The ledger in the making: entries are kept back until they are in order of booking."""

    def __init__(self, house: House, sheet: Sheet) -> None:
        self.house, self.sheet = house, sheet
        self._accounts: dict[AccountKey, int] = {}
        self._hard = {house.lines[line]: payer.hard for payer in PAYERS for line in payer.lines}
        self._events: list[tuple[datetime, int, dict[str, object], list[tuple[int, int, int, date]]]] = []

    def open_years(self, times: int) -> None:
        """The books of 2024 to 2026, each line granted; 2024 counts its last quarter only.

        A year is granted a year ahead: stays of the year before reach into it.
        """
        for payer in PAYERS:
            for code, francs in payer.lines.items():
                line = self.house.lines[code]
                for year in YEARS:
                    books = self.sheet.put(
                        "budget_year", line_id=line, year=year, state=YearState.OPEN, hard=payer.hard
                    )
                    granted = francs * 100 * times * (30 if year == YEARS[0] else 100) // 100
                    self.book(
                        max(datetime(year - 1, 1, 20, 7, tzinfo=UTC), SIGNED), "budget",
                        ("budget_year", books, f"budget:{books}"),
                        [(line, None, granted, date(year, 1, 1))], payer.staff,
                    )  # fmt: skip

    def account(self, line: int, year: int, stage: Stage, agreement: int | None) -> int:
        """The account of a stage, opened when it is new."""
        key = (line, year, stage, agreement)
        if key not in self._accounts:
            floored = stage not in {Stage.GRANT, Stage.AVAILABLE} or (
                stage is Stage.AVAILABLE and self._hard[line]
            )
            self._accounts[key] = self.sheet.put(
                "budget_account", line_id=line, year=year, stage=stage, agreement_id=agreement,
                floored=floored, total=Chf(0),
            )  # fmt: skip
        return self._accounts[key]

    def book(
        self,
        at: datetime,
        kind: str,
        source: tuple[str, int, str],
        legs: Sequence[tuple[int, int | None, int, date]],
        staff: str | None = None,
    ) -> None:
        """One event: legs are (line, agreement, centimes, effective on); nothing for sums of zero."""
        debit, credit = TRANSFERS[EntryKind(kind)]
        moves = []
        for line, agreement, centimes, day in legs:
            if not centimes:
                continue
            pair = [
                self.account(line, day.year, stage, agreement if stage in CHAIN else None)
                for stage in (debit, credit)
            ]
            moves.append((pair[0], pair[1], centimes, day))
        if not moves:
            return
        account = self.house.accounts[f"{staff}.finances"] if staff else None
        entry = {
            "key": source[2], "kind": kind, "source_kind": source[0], "source_id": source[1],
            "actor": "cii", "account_id": account, "booked_at": at,
        }  # fmt: skip
        self._events.append((at, len(self._events), entry, moves))

    def put(self) -> None:
        """Write entries and movements in the order in which they were booked."""
        for at, _, entry, moves in sorted(self._events, key=lambda one: (one[0], one[1])):
            made = self.sheet.put("ledger_entry", **entry)
            for number, (debit, credit, centimes, day) in enumerate(moves, 1):
                self.sheet.put(
                    "movement", entry_id=made, key=f"{entry['key']}/{number}", kind=entry["kind"],
                    debit_id=debit, credit_id=credit, amount=Chf(centimes), effective_on=day, booked_at=at,
                )  # fmt: skip
        self._events.clear()
