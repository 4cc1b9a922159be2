"""The federal ceiling of a year: the counts entered, the bands, and how the lines stand under it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import aliased
from sqlmodel import col

from cii.access.queries import account_names
from cii.budgets.queries import positions
from cii.figures.rules_ceiling import (
    Band,
    BandShare,
    Inputs,
    Standing,
    Use,
    band_shares,
    federal_ceiling,
    input_faults,
    national_limit,
    standing,
)
from cii.figures.tables import CeilingFact
from cii.figures.vocabulary import CeilingInput
from cii.institutions.queries import lines_by_id
from cii.institutions.vocabulary import Sector
from cii.kernel.errors import Refusal, refuse
from cii.kernel.money import Chf
from cii.store.work import Work

_BANDS = (1, 2, 3)


@dataclass(frozen=True, slots=True)
class LineUse:
    """A line of unemployment insurance in the year; `used` is delivered, invoiced or paid."""

    line: str
    granted: Chf
    committed: Chf
    used: Chf


@dataclass(frozen=True, slots=True)
class CeilingStatement:
    """The statement of a year; `lines` is None for whoever may not read the lines of unemployment insurance.

    `provisional`: a mean is still missing, the ceiling is at least this.
    """

    year: int
    active: int
    seekers: int | None
    seekers_year_before: int | None
    counted: int
    provisional: bool
    shares: tuple[BandShare, ...]
    ceiling: Chf
    national: Chf
    national_permille: int
    lines: tuple[LineUse, ...] | None
    use: Use | None
    standing: Standing | None


def ceiling_inputs(work: Work, year: int) -> Inputs:
    """The counts known for a year."""
    held = {key: row.value for key, row in newest_facts(work, (year, year - 1)).items()}
    seekers = CeilingInput.JOB_SEEKERS
    return Inputs(
        held.get((year, CeilingInput.ACTIVE_POPULATION)),
        held.get((year, seekers)),
        held.get((year - 1, seekers)),
    )


def ceiling_faults(work: Work, year: int) -> list[Refusal]:
    """What is missing before the ceiling of a year can be said."""
    return input_faults(ceiling_inputs(work, year), year)


def ceiling_statement(work: Work, year: int) -> CeilingStatement:
    """The federal ceiling of a year and what stands against it. Refuses: CeilingInputMissing, for each."""
    inputs = ceiling_inputs(work, year)
    refuse(input_faults(inputs, year))
    active, counted = inputs.active or 0, inputs.counted or 0
    bands = bands_of(work, year)
    ceiling = federal_ceiling(active, inputs.seekers or 0, inputs.seekers_year_before or 0, bands)
    permille = work.parameter("federal_ceiling_national_permille", date(year, 12, 31))
    lines = _lines(work, year)
    use = _sum(lines) if lines is not None else None
    return CeilingStatement(
        year,
        active,
        inputs.seekers,
        inputs.seekers_year_before,
        counted,
        inputs.provisional,
        band_shares(active, counted, bands),
        ceiling,
        national_limit(ceiling, permille),
        permille,
        lines,
        use,
        standing(ceiling, use) if use is not None else None,
    )


def bands_of(work: Work, year: int) -> tuple[Band, ...]:
    """The bands in force in a year."""
    last = date(year, 12, 31)
    return tuple(
        Band(
            work.parameter(f"federal_ceiling_band_{n}_permille", last),
            Chf(100 * work.parameter(f"federal_ceiling_band_{n}_francs", last)),
        )
        for n in _BANDS
    )


def newest_facts(
    work: Work, years: Collection[int], known_at: datetime | None = None
) -> dict[tuple[int, CeilingInput], CeilingFact]:
    """The counts that stand, by year and kind; as known now or at an earlier moment."""
    newer, known_at = aliased(CeilingFact), known_at or work.now
    replaced = select(col(newer.id)).where(
        col(newer.replaces) == col(CeilingFact.id), col(newer.recorded_at) <= known_at
    )
    rows = work.session.scalars(
        select(CeilingFact).where(
            col(CeilingFact.year).in_(list(years)),
            col(CeilingFact.recorded_at) <= known_at,
            ~replaced.exists(),
        )
    )
    return {(row.year, row.kind): row for row in rows}


@dataclass(frozen=True, slots=True)
class EnteredFact:
    """A count as it was entered, by whom, from which source; `stands` until another replaces it."""

    ref: str
    year: int
    kind: CeilingInput
    value: int
    source: str
    entered_by: str
    recorded_at: datetime
    stands: bool


def entered_facts(work: Work, year: int) -> list[EnteredFact]:
    """All counts entered for a year and the one before it, the newest first."""
    rows = list(
        work.session.scalars(
            select(CeilingFact)
            .where(col(CeilingFact.year).in_((year, year - 1)))
            .order_by(col(CeilingFact.id).desc())
        )
    )
    names = account_names(work, {row.account_id for row in rows if row.account_id is not None})
    replaced = {row.replaces for row in rows}
    return [
        EnteredFact(
            row.ref,
            row.year,
            row.kind,
            row.value,
            row.source,
            names.get(row.account_id or 0, ""),
            row.recorded_at,
            row.id not in replaced,
        )
        for row in rows
    ]


def _lines(work: Work, year: int) -> tuple[LineUse, ...] | None:
    """The lines of unemployment insurance with federal money that the actor may read; None without one."""
    held = [one for one in positions(work, year) if one.sector == Sector.AC]
    named = lines_by_id(work, [one.line_id for one in held])
    found = [one for one in held if named[one.line_id].federal_permille]
    if not found:
        return None
    return tuple(
        LineUse(one.line, one.granted, one.committed, one.accrued + one.invoiced + one.paid) for one in found
    )


def _sum(lines: Sequence[LineUse]) -> Use:
    return Use(
        Chf.total(one.granted for one in lines),
        Chf.total(one.used for one in lines),
        Chf.total(one.committed for one in lines),
    )
