"""One row of a file of statuses: its columns, how each cell is read, every fault of a row at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from cii.institutions.vocabulary import Sector
from cii.kernel.errors import Refusal
from cii.people.vocabulary import StatusKind

AVS_COLUMN = "avs"
MOST_DAYS = 2000
LONGEST_NOTE = 400
KINDS: Mapping[str, StatusKind] = {
    "suivi": StatusKind.FOLLOWED,
    "prestation": StatusKind.BENEFIT,
    "demande": StatusKind.CLAIM_OPEN,
    "detection": StatusKind.EARLY_DETECTION,
    "possible": StatusKind.MAY_BE_OWED,
    "refus": StatusKind.REFUSED,
    "fin": StatusKind.ENDED,
    **{kind.value: kind for kind in StatusKind},
}
"""A word of the file → the status; the words of the programme interface are read too."""
StatusKey = tuple[Sector, StatusKind, date, date | None, date | None, int | None, str | None]


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the file: its head, other heads that are read, whether the file must have it."""

    header: str
    titles: Sequence[str] = ()
    required: bool = True


STATUS_COLUMNS: tuple[Column, ...] = (
    Column(AVS_COLUMN, ("numero_avs", "ahv")),
    Column("systeme", ("system", "assurance")),
    Column("statut", ("status",)),
    Column("valable_des", ("effective_on", "gueltig_ab")),
    Column("depuis", ("since", "seit"), required=False),
    Column("jusqu_au", ("until", "bis"), required=False),
    Column("jours_restants", ("remaining_days", "resttage"), required=False),
    Column("remarque", ("note", "bemerkung"), required=False),
)
"""The columns of the file, in the order in which the example has them."""


class BadStatusCell(Refusal):
    """The cell of that line and column cannot be read: `found`."""

    code = "bad-status-cell"


@dataclass(frozen=True, slots=True)
class StatusRow:
    """A status as the file says it."""

    line: int
    system: Sector
    kind: StatusKind
    effective_on: date
    since: date | None = None
    until: date | None = None
    remaining_days: int | None = None
    note: str | None = None
    avs: str = ""

    @property
    def key(self) -> StatusKey:
        """What it says, to be compared with what stands there."""
        return (
            self.system, self.kind, self.effective_on, self.since, self.until, self.remaining_days, self.note,
        )  # fmt: skip

    def of(self, avs: str) -> "StatusRow":
        """The same status of the person with that number."""
        return replace(self, avs=avs)


def read_status(line: int, cells: Mapping[str, str]) -> tuple[StatusRow | None, list[Refusal]]:
    """The status of a row without its person; with each cell that cannot be read (BadStatusCell).

    `cells` maps the head of `STATUS_COLUMNS` to a trimmed text. A status ends after it began.
    """
    faults: list[Refusal] = []

    def wrong(header: str) -> None:
        faults.append(BadStatusCell(field=header, line=line, found=cells[header][:40]))

    def day(header: str) -> date | None:
        read = _day(cells[header])
        if read is None and cells[header]:
            wrong(header)
        return read

    system = next((one for one in Sector if one.value == cells["systeme"].upper()), None)
    kind = KINDS.get(cells["statut"].casefold())
    effective_on, since, until = day("valable_des"), day("depuis"), day("jusqu_au")
    days = cells["jours_restants"]
    left = int(days) if days.isascii() and days.isdigit() and len(days) <= len(str(MOST_DAYS)) else None
    for header, missing in (
        ("systeme", system is None),
        ("statut", kind is None),
        ("valable_des", not cells["valable_des"]),
        ("jours_restants", bool(days) and (left is None or left > MOST_DAYS)),
        ("jusqu_au", bool(since and until and until < since)),
        ("remarque", len(cells["remarque"]) > LONGEST_NOTE),
    ):
        if missing:
            wrong(header)
    if faults or system is None or kind is None or effective_on is None:
        return None, faults
    return StatusRow(line, system, kind, effective_on, since, until, left, cells["remarque"] or None), []


def _day(written: str) -> date | None:
    """31.12.2026 or 2026-12-31, else None."""
    for form in ("%d.%m.%Y", "%Y-%m-%d"):
        try:
            return datetime.strptime(written, form).date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
    return None
