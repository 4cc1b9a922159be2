"""Acts on schemes by their sector: made, drafted, published by a second person, given money; subcontractors.

Acts on outcomes and on categories stand in their modules.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta

from sqlalchemy import func, select
from sqlmodel import col

from cii.agreements.queries import agreement_by_ref, agreement_view
from cii.budgets.actions import LARGEST_CHANGE, Leg, Source, engage, release
from cii.institutions.queries import line_by_ref
from cii.journal.actions import wrote
from cii.kernel.errors import NotAllowed, UnknownThing, refuse
from cii.kernel.money import Chf
from cii.outcomes.queries import category_rows, may_write, scheme_by_ref, years_of
from cii.outcomes.rules import (
    MOST_LINES,
    OVER,
    RULE_VERSION,
    Line,
    LineNotOfAgreement,
    NothingToPublish,
    OutcomeFourEyes,
    SchemeBudgetExceeded,
    SchemeNotForProfile,
    SchemeRetroactive,
    SchemeThere,
    SubcontractedBeyondWhole,
    formula_faults,
)
from cii.outcomes.tables import Outcome, OutcomeScheme, SchemeBudget, SchemeVersion, Subcontractor
from cii.outcomes.vocabulary import PROFILES, Measured
from cii.store.work import Work

_WHOLE = 1000


@dataclass(frozen=True)
class MakeScheme:
    """Wish to pay an agreement by outcome for one of its funding lines."""

    agreement_ref: str
    line_ref: str
    title: str = field(metadata={"max": 200})


def make_scheme(work: Work, ask: MakeScheme) -> OutcomeScheme:
    """A scheme without a formula yet.

    Refuses: UnknownThing, NotAllowed, SchemeNotForProfile, LineNotOfAgreement, SchemeThere.
    """
    agreement, line = agreement_by_ref(work, ask.agreement_ref), line_by_ref(work, ask.line_ref)
    made = OutcomeScheme(
        agreement_id=agreement.id or 0,
        line_id=line.id or 0,
        title=ask.title,
        made_at=work.now,
        account_id=work.actor.account_id,
    )
    faults: list[SchemeNotForProfile | LineNotOfAgreement | SchemeThere] = []
    if agreement.profile not in PROFILES:
        faults.append(SchemeNotForProfile(field="agreement_ref", profile=agreement.profile))
    if line.id not in {one.line_id for one in agreement_view(work, agreement.ref).measures}:
        faults.append(LineNotOfAgreement(field="line_ref", line=line.code))
    there = select(OutcomeScheme.id).where(  # type: ignore[call-overload]
        col(OutcomeScheme.agreement_id) == agreement.id, col(OutcomeScheme.line_id) == line.id
    )
    if work.session.execute(there).first() is not None:
        faults.append(SchemeThere(field="agreement_ref", line=line.code))
    refuse(faults)
    work.session.add(made)
    work.session.flush()
    _own(work, made)
    wrote(work, "scheme_made", "outcome_scheme", made.id, ref=made.ref, payload={"title": made.title})
    return made


@dataclass(frozen=True)
class FormulaLine:
    """One line of a formula as it is wished; `threshold` from 1 on, in what `measured` counts."""

    category: str = field(metadata={"max": 20})
    kpi: str = field(metadata={"max": 120})
    measured: Measured
    hold_months: int
    threshold: int
    amount: Chf


@dataclass(frozen=True)
class DraftFormula:
    """Wish that a formula count from a day on, once somebody else has published it."""

    scheme_ref: str
    valid_from: date
    lines: tuple[FormulaLine, ...] = field(metadata={"min": 1, "max": MOST_LINES})


def draft_formula(work: Work, ask: DraftFormula) -> SchemeVersion:
    """Write the formula down as a draft beside those before it, which stay.

    Refuses, by row: FormulaEmpty, FormulaLineWrong, FormulaCategoryUnknown, FormulaLineTwice,
    FormulaKpiMixed, FormulaTierPaysLess; NotAllowed, UnknownThing.
    """
    scheme = _locked(work, ask.scheme_ref)
    lines = [
        Line(one.category, one.kpi.strip(), one.measured, one.hold_months, one.threshold, one.amount)
        for one in ask.lines
    ]
    refuse(formula_faults(lines, {one.code for one in category_rows(work, ask.valid_from)}))
    number = work.session.execute(
        select(func.coalesce(func.max(col(SchemeVersion.number)), 0)).where(
            col(SchemeVersion.scheme_id) == scheme.id
        )
    ).scalar_one()
    made = SchemeVersion(
        scheme_id=scheme.id or 0,
        number=number + 1,
        valid_from=ask.valid_from,
        lines=[
            {
                "category": one.category,
                "kpi": one.kpi,
                "measured": one.measured.value,
                "hold_months": one.hold_months,
                "threshold": one.threshold,
                "amount": one.amount.centimes,
            }
            for one in lines
        ],
        rule_version=RULE_VERSION,
        prepared_by=_account(work),
        prepared_at=work.now,
    )
    work.session.add(made)
    _changed(work, scheme, "scheme_drafted", {"version": made.number, "valid_from": made.valid_from})
    return made


def publish_formula(work: Work, scheme_ref: str) -> SchemeVersion:
    """Put the draft that somebody else prepared in force from its day on.

    Outcomes that were computed keep their version: the day lies after all of them, and after every version
    before. Refuses: NothingToPublish, OutcomeFourEyes, SchemeRetroactive, NotAllowed, UnknownThing.
    """
    scheme = _locked(work, scheme_ref)
    draft = work.session.scalars(
        select(SchemeVersion)
        .where(col(SchemeVersion.scheme_id) == scheme.id)
        .order_by(col(SchemeVersion.number).desc())
        .limit(1)
    ).first()
    if draft is None or draft.published_at is not None:
        raise NothingToPublish
    if draft.prepared_by == _account(work):
        raise OutcomeFourEyes
    if (first := _first_day(work, scheme.id or 0)) is not None and draft.valid_from < first:
        raise SchemeRetroactive(field="valid_from", first=first)
    draft.published_by, draft.published_at = work.actor.account_id, work.now
    _changed(work, scheme, "scheme_published", {"version": draft.number, "valid_from": draft.valid_from})
    return draft


def _first_day(work: Work, scheme_id: int) -> date | None:
    """The first day on which a further version may begin; None where nothing stands before."""
    versions = select(func.max(col(SchemeVersion.valid_from))).where(
        col(SchemeVersion.scheme_id) == scheme_id, col(SchemeVersion.published_at).is_not(None)
    )
    computed = select(func.max(col(Outcome.held_since))).where(
        col(Outcome.scheme_id) == scheme_id, col(Outcome.state).not_in(OVER)
    )
    days = [day for day in (work.session.scalar(versions), work.session.scalar(computed)) if day is not None]
    return max(days) + timedelta(days=1) if days else None


@dataclass(frozen=True)
class DecideSchemeBudget:
    """Wish to bind money of a year for a scheme; a negative amount gives back what it does not need."""

    scheme_ref: str
    year: int = field(metadata={"min": 1990, "max": 2200})
    amount: Chf = field(metadata={"min": -LARGEST_CHANGE})
    reason: str = field(metadata={"max": 500})


def decide_scheme_budget(work: Work, ask: DecideSchemeBudget) -> SchemeBudget:
    """Engage a year's money of the scheme's line, or release what is left of it.

    Refuses: SchemeBudgetExceeded (more is given back than is left), BudgetExceeded, BudgetYearMissing,
    BudgetYearClosed, NotAllowed, UnknownThing.
    """
    scheme = _locked(work, ask.scheme_ref)
    left = {one.year: one.left for one in years_of(work, scheme.id or 0)}.get(ask.year, Chf(0))
    if not ask.amount or left + ask.amount < Chf(0):
        raise SchemeBudgetExceeded(field="amount", year=ask.year, asked=-ask.amount, available=left)
    made = SchemeBudget(
        scheme_id=scheme.id or 0,
        year=ask.year,
        amount=ask.amount,
        reason=ask.reason,
        decided_at=work.now,
        account_id=work.actor.account_id,
    )
    work.session.add(made)
    work.session.flush()
    book, amount = (engage, ask.amount) if ask.amount > Chf(0) else (release, -ask.amount)
    source = Source("outcome_budget", made.id or 0, f"outcome-budget:{scheme.ref}:{made.id}")
    book(work, [Leg(scheme.line_id, scheme.agreement_id, amount, date(ask.year, 1, 1))], source)
    _changed(work, scheme, "scheme_budget_decided", {"year": ask.year, "amount": ask.amount})
    return made


@dataclass(frozen=True)
class AddSubcontractor:
    """Wish to record whom the provider lets do a part of its mandate, in whole percent."""

    scheme_ref: str
    name: str = field(metadata={"max": 200})
    percent: int = field(metadata={"min": 1, "max": 100})
    since: date


def add_subcontractor(work: Work, ask: AddSubcontractor) -> Subcontractor:
    """Record a subcontractor; by the paying sector.

    Refuses: SubcontractedBeyondWhole, NotAllowed, UnknownThing.
    """
    scheme = _locked(work, ask.scheme_ref)
    held = work.session.execute(
        select(func.coalesce(func.sum(col(Subcontractor.share_permille)), 0)).where(
            col(Subcontractor.agreement_id) == scheme.agreement_id,
            (col(Subcontractor.valid_to).is_(None)) | (col(Subcontractor.valid_to) > ask.since),
        )
    ).scalar_one()
    if held + ask.percent * 10 > _WHOLE:
        raise SubcontractedBeyondWhole(field="percent", held=held // 10)
    made = Subcontractor(
        agreement_id=scheme.agreement_id,
        name=ask.name,
        share_permille=ask.percent * 10,
        valid_from=ask.since,
        recorded_at=work.now,
        account_id=work.actor.account_id,
    )
    work.session.add(made)
    _changed(work, scheme, "subcontractor_added", {"name": ask.name, "percent": ask.percent})
    return made


@dataclass(frozen=True)
class EndSubcontractor:
    """Wish to end a subcontractor's part on a day, the first that no longer counts."""

    scheme_ref: str
    subcontractor_ref: str
    valid_to: date


def end_subcontractor(work: Work, ask: EndSubcontractor) -> Subcontractor:
    """End a subcontractor's part. Refuses: UnknownThing, NotAllowed."""
    scheme = _locked(work, ask.scheme_ref)
    found = work.session.scalars(
        select(Subcontractor).where(
            col(Subcontractor.ref) == ask.subcontractor_ref,
            col(Subcontractor.agreement_id) == scheme.agreement_id,
            col(Subcontractor.valid_to).is_(None),
            col(Subcontractor.valid_from) <= ask.valid_to,
        )
    ).first()
    if found is None:
        raise UnknownThing(field="subcontractor_ref")
    found.valid_to = ask.valid_to
    _changed(work, scheme, "subcontractor_ended", {"name": found.name, "until": ask.valid_to})
    return found


def _locked(work: Work, ref: str) -> OutcomeScheme:
    scheme = scheme_by_ref(work, ref)
    _own(work, scheme)
    work.session.refresh(scheme, with_for_update=True)
    return scheme


def _own(work: Work, scheme: OutcomeScheme) -> None:
    if not may_write(work, scheme):
        raise NotAllowed


def _account(work: Work) -> int:
    if work.actor.account_id is None:
        raise NotAllowed
    return work.actor.account_id


def _changed(work: Work, scheme: OutcomeScheme, act: str, told: dict[str, object]) -> None:
    scheme.version += 1
    work.session.flush()
    wrote(work, act, "outcome_scheme", scheme.id, ref=scheme.ref, payload=told)
