"""Pure reading of opening balances: one row is a line, a year, a stage, an agreement, a sum, a day."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from cii.budgets.vocabulary import Stage
from cii.kernel.errors import Refusal
from cii.kernel.money import Chf, NotMoney


class BadOpeningCell(Refusal):
    """The cell is no year, stage or day that can be read; `found` is what it holds."""

    code, kind = "opening-bad-cell", "unfit"


class OpeningNotPositive(Refusal):
    """An opening balance is above zero: what stands nowhere is left out."""

    code, kind = "opening-not-positive", "unfit"


class OpeningDayOutside(Refusal):
    """The day lies outside the year."""

    code, kind = "opening-day-outside", "unfit"


class OpeningAgreementNeeded(Refusal):
    """From the commitment on a balance belongs to an agreement; what is available belongs to none."""

    code, kind = "opening-agreement-needed", "unfit"


class OpeningUnknown(Refusal):
    """No line of one's own sector has that code, or no agreement of that number is paid by the line."""

    code, kind = "opening-unknown", "unfit"


class OpeningTwice(Refusal):
    """The file has that balance in line `first` already."""

    code, kind = "opening-twice", "unfit"


class OpeningDiffers(Refusal):
    """That balance was brought in before, with another sum or day."""

    code, kind = "opening-differs", "conflict"


@dataclass(frozen=True, slots=True)
class OpeningColumn:
    """A column of the file: its name here, and the titles that it may bear."""

    name: str
    titles: Sequence[str]
    required: bool = True


OPENING_COLUMNS = (
    OpeningColumn("line", ("Ligne", "Linie", "Funding line")),
    OpeningColumn("year", ("Année", "Jahr")),
    OpeningColumn("agreement", ("Convention", "Vereinbarung", "Agreement number"), required=False),
    OpeningColumn("stage", ("Stade", "Stufe")),
    OpeningColumn("amount", ("Montant", "Betrag")),
    OpeningColumn("date", ("Date", "Datum", "Jour")),
)
_YEARS = range(1990, 2201)


@dataclass(frozen=True, slots=True)
class OpeningRow:
    """One balance as the file says it; `agreement` is the number, empty for what is available."""

    number: int
    line: str
    year: int
    agreement: str
    stage: Stage
    amount: Chf
    day: date

    @property
    def key(self) -> tuple[str, int, str, Stage]:
        """What may stand in the books once."""
        return self.line, self.year, self.agreement, self.stage


def read_opening(
    number: int, cells: Mapping[str, str], stages: Mapping[str, Stage]
) -> tuple[OpeningRow | None, list[Refusal]]:
    """The row, or every fault of it with its column; `stages` are the words by which a stage may be named.

    Sums as `1234.50`, `1'234.50` or `1 234,50`, days as `2026-01-01` or `01.01.2026`.
    """
    faults: list[Refusal] = []

    def wrong(column: str) -> None:
        faults.append(BadOpeningCell(field=column, line=number, found=cells[column][:40]))

    year = int(cells["year"][:5]) if cells["year"].isascii() and cells["year"].isdigit() else 0
    if year not in _YEARS:
        wrong("year")
    stage = stages.get(cells["stage"].casefold())
    if stage is None:
        wrong("stage")
    amount = _amount(cells["amount"])
    if amount is None:
        wrong("amount")
    elif amount <= Chf(0):
        faults.append(OpeningNotPositive(field="amount", line=number, found=cells["amount"][:40]))
    day = _day(cells["date"])
    if day is None:
        wrong("date")
    elif year in _YEARS and day.year != year:
        faults.append(OpeningDayOutside(field="date", line=number, found=cells["date"][:40], year=year))
    if stage is not None and (stage is Stage.AVAILABLE) == bool(cells["agreement"]):
        faults.append(OpeningAgreementNeeded(field="agreement", line=number, found=cells["agreement"][:40]))
    if faults or stage is None or amount is None or day is None:
        return None, faults
    return OpeningRow(number, cells["line"], year, cells["agreement"], stage, amount, day), []


def said_twice(rows: Sequence[OpeningRow]) -> list[Refusal]:
    """A fault for each balance that the file has a second time."""
    first: dict[tuple[str, int, str, Stage], int] = {}
    found: list[Refusal] = []
    for row in rows:
        if row.key in first:
            found.append(OpeningTwice(field="line", line=row.number, found=row.line, first=first[row.key]))
        first.setdefault(row.key, row.number)
    return found


def _amount(text: str) -> Chf | None:
    try:
        return Chf.parse(text, decimal_comma=True)
    except NotMoney:
        return None


def _day(text: str) -> date | None:
    parts = text.split(".")
    try:
        if len(parts) == 3 and all(one.isascii() and one.isdigit() for one in parts):  # noqa: PLR2004
            return date(int(parts[2]), int(parts[1]), int(parts[0]))
        return date.fromisoformat(text) if len(text) == len("2026-01-01") else None
    except ValueError:
        return None
