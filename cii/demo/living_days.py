"""Places per day while history is written."""

from collections.abc import Mapping
from datetime import date, timedelta

from cii.demo.dossiers import Canton
from cii.demo.measures import LIVING, LIVING_FROM, MARGINS, STAGE
from cii.kernel.period import Period

OPEN_UNTIL = date(2027, 3, 31)
STAGE_SHARE = 0.25
"""How much of the stage's places history may take."""


class Days:
    """Places per day while history is written: what is free, and in the end the rows.

    What the agreements allow beyond the quotas lies in the rows, and history does not use it.
    """

    def __init__(self, canton: Canton, measures: Mapping[str, int], times: int) -> None:
        self.first, self.count = LIVING_FROM, (OPEN_UNTIL - LIVING_FROM).days + 1
        self.canton, self.measures = canton, measures
        self.places = {spec.code: spec.places * times for spec in LIVING}
        self.quotas = {(spec.code, line): n * times for spec in LIVING for line, n in spec.quotas.items()}
        self.taken = {code: [0] * self.count for code in self.places}
        self.used = {key: [0] * self.count for key in self.quotas}

    def free(self, code: str, line: str, span: Period) -> bool:
        """Whether measure and quota have a place on every day."""
        one, other = self._slice(span)
        limit = self.places[code] * STAGE_SHARE if code == STAGE else self.places[code]
        return (
            max(self.taken[code][one:other]) < limit
            and max(self.used[code, line][one:other]) < self.quotas[code, line]
        )

    def load(self, code: str, day: date) -> float:
        """How full the measure is on a day, 0 to 1."""
        return self.taken[code][(day - self.first).days] / self.places[code]

    def take(self, code: str, line: str, span: Period, change: int = 1) -> None:
        """Take a place on every day, or give it back."""
        one, other = self._slice(span)
        for row in (self.taken[code], self.used[code, line]):
            for at in range(one, other):
                row[at] += change

    def _slice(self, span: Period) -> tuple[int, int]:
        return (span.start - self.first).days, (span.end - self.first).days

    def put(self) -> None:
        """Write the rows of every day."""
        days = [self.first + timedelta(days=at) for at in range(self.count)]
        lines = self.canton.house.lines
        beyond: dict[str, int] = {}
        for (code, _), more in MARGINS.items():
            beyond[code] = beyond.get(code, 0) + more
        for code, row in self.taken.items():
            for day, taken in zip(days, row, strict=True):
                self.canton.sheet.put(
                    "measure_day",
                    measure_id=self.measures[code],
                    day=day,
                    places=self.places[code] + beyond.get(code, 0),
                    taken=taken,
                )
        for (code, line), row in self.used.items():
            for day, taken in zip(days, row, strict=True):
                self.canton.sheet.put(
                    "quota_day", measure_id=self.measures[code], line_id=lines[line], day=day,
                    places=self.quotas[code, line] + MARGINS.get((code, line), 0), taken=taken,
                )  # fmt: skip
