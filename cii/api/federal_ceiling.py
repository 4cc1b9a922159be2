"""The federal ceiling of unemployment insurance: the statement of a year, and the counts it follows from."""

from dataclasses import dataclass, field
from datetime import datetime

from flask import g

from cii.access.permits import Permit
from cii.api.base import PREFIX, Blueprint
from cii.figures.actions_ceiling import EnterCeilingFact, enter_ceiling_fact
from cii.figures.ceiling import CeilingStatement, EnteredFact, ceiling_statement, entered_facts
from cii.figures.vocabulary import CeilingInput
from cii.kernel.money import Chf
from cii.wire.answers import only, paged
from cii.wire.doors import needs, once
from cii.wire.pages import Page

blueprint = Blueprint("api-federal-ceiling", __name__, url_prefix=f"{PREFIX}/federal-ceiling")


@dataclass(frozen=True)
class YearAsked:
    """Which year; the present one when left out."""

    year: int | None = field(default=None, metadata={"min": 1990, "max": 2200})


@dataclass(frozen=True)
class BandShown:
    """One band: from and to in permille of the active population, the job-seekers counted (a fraction)."""

    over_permille: int
    upto_permille: int
    counted: str
    per_head: Chf
    amount: Chf


@dataclass(frozen=True)
class CeilingShown:
    """The statement of a year; what stands against it is null for whoever may not read the lines."""

    year: int
    active_population: int
    job_seekers: int | None
    job_seekers_year_before: int | None
    counted: int
    provisional: bool
    bands: tuple[BandShown, ...]
    ceiling: Chf
    national_limit: Chf
    granted: Chf | None
    used: Chf | None
    committed: Chf | None
    left: Chf | None
    exceeding: Chf | None
    budget_beyond: Chf | None


@dataclass(frozen=True)
class FactShown:
    """A count as it was entered; `stands` until another replaces it."""

    ref: str
    year: int
    kind: CeilingInput
    value: int
    source: str
    entered_by: str
    recorded_at: datetime
    stands: bool


@dataclass(frozen=True)
class FactAsked:
    """A count of a year, as its source has published it."""

    year: int
    kind: CeilingInput
    value: int
    source: str = field(metadata={"max": 300})


BAND = only(
    BandShown, "over_permille", "upto_permille", "counted", "per_head", "amount", called="CeilingBandAnswer"
)
CEILING = only(
    CeilingShown, "year", "active_population", "job_seekers", "job_seekers_year_before", "counted",
    "provisional", "ceiling", "national_limit", "granted", "used", "committed", "left", "exceeding",
    "budget_beyond", bands=BAND, called="FederalCeilingAnswer",
)  # fmt: skip
FACT = only(
    FactShown, "ref", "year", "kind", "value", "source", "entered_by", "recorded_at", "stands",
    called="CeilingFactAnswer",
)  # fmt: skip


@blueprint.get("")
@needs(Permit.SEE_BUDGETS)
@blueprint.arguments(YearAsked, location="query")
@blueprint.response(200, CEILING)
def stated(asked: YearAsked) -> CeilingShown:
    """The federal ceiling of a year and what stands against it; 409 while a count is missing."""
    return _shown(ceiling_statement(g.work, asked.year or g.work.today.year))


@blueprint.get("/counts")
@needs(Permit.SEE_BUDGETS)
@blueprint.arguments(YearAsked, location="query")
@blueprint.response(200, paged(FACT))
def counts(asked: YearAsked) -> Page[FactShown]:
    """The counts entered for a year and the one before it, the newest first."""
    return Page([_fact(one) for one in entered_facts(g.work, asked.year or g.work.today.year)])


@blueprint.post("/counts")
@needs(Permit.EDIT_BUDGETS)
@once
@blueprint.arguments(FactAsked)
@blueprint.response(201, FACT)
def entered(ask: FactAsked) -> FactShown:
    """Enter a count of a year; it replaces what was entered before."""
    made = enter_ceiling_fact(g.work, EnterCeilingFact(ask.year, ask.kind, ask.value, ask.source))
    found = next(one for one in entered_facts(g.work, made.year) if one.ref == made.ref)
    return _fact(found)


def _shown(one: CeilingStatement) -> CeilingShown:
    use, under = one.use, one.standing
    return CeilingShown(
        one.year,
        one.active,
        one.seekers,
        one.seekers_year_before,
        one.counted,
        one.provisional,
        tuple(
            BandShown(
                share.over_permille,
                share.band.upto_permille,
                str(share.counted),
                share.band.per_head,
                share.amount,
            )
            for share in one.shares
        ),
        one.ceiling,
        one.national,
        use.granted if use else None,
        use.used if use else None,
        use.committed if use else None,
        under.left if under else None,
        under.exceeding if under else None,
        under.budget_beyond if under else None,
    )


def _fact(one: EnteredFact) -> FactShown:
    return FactShown(
        one.ref, one.year, one.kind, one.value, one.source, one.entered_by, one.recorded_at, one.stands
    )
