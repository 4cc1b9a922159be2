"""A pilot of pay by outcome: one agreement after the model of Bern, categories, some outcomes at every step.

Every figure is invented: the source's tables of KPIs and parameters are lost images.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Row, Table, select

from cii.access.actions import grant
from cii.access.queries import account_actor
from cii.access.vocabulary import Section
from cii.agreements.vocabulary import Profile
from cii.demo.dossiers import Canton, utc
from cii.demo.measures import MARK
from cii.kernel.money import Chf
from cii.outcomes.actions import (
    AddSubcontractor,
    DecideSchemeBudget,
    DraftFormula,
    FormulaLine,
    MakeScheme,
    add_subcontractor,
    decide_scheme_budget,
    draft_formula,
    make_scheme,
    publish_formula,
)
from cii.outcomes.actions_categories import TellCategory, tell_category
from cii.outcomes.actions_outcomes import (
    AskOutcomeReversal,
    ClaimOutcome,
    DeclineOutcome,
    VerifyOutcome,
    accept_outcome,
    ask_outcome_reversal,
    claim_outcome,
    decline_outcome,
    pay_outcome,
    reverse_outcome,
    verify_outcome,
)
from cii.outcomes.vocabulary import Measured, OutcomeState
from cii.store.work import Work

PROVIDER, LINE = "TREMPLIN", "SAS"
SINCE = date(2026, 1, 1)
BASE = "Forfait de base"
_M = Measured
FORMULA = (
    ("A", BASE, _M.START, 0, 1, "800"),
    ("A", "Emploi durable", _M.CONTRACT_MONTHS, 3, 6, "3000"),
    ("A", "Emploi durable", _M.CONTRACT_MONTHS, 3, 12, "4500"),
    ("A", "Formation", _M.TRAINING, 0, 1, "2500"),
    ("B", BASE, _M.START, 0, 1, "1200"),
    ("B", "Emploi durable", _M.CONTRACT_MONTHS, 3, 6, "4500"),
    ("B", "Emploi durable", _M.CONTRACT_MONTHS, 3, 12, "6500"),
    ("B", "Détachement partiel", _M.ATTESTED, 3, 30, "1500"),
    ("B", "Détachement partiel", _M.ATTESTED, 3, 50, "2500"),
    ("B", "Formation", _M.TRAINING, 0, 1, "3500"),
)
"""Category, KPI, what is measured, months it must hold, threshold, francs."""
CATEGORIES = (
    ("A", "Proche de l'emploi", "Autonomie, langue et disponibilité suffisantes à l'entretien."),
    ("B", "Insertion à construire", "Plusieurs obstacles à lever avant une recherche d'emploi."),
)
STEPS = (
    OutcomeState.PAID, OutcomeState.PAID, OutcomeState.PAYABLE, OutcomeState.VERIFIED, OutcomeState.REVERSED,
    OutcomeState.DECLINED, OutcomeState.CLAIMED, OutcomeState.CLAIMED,
)  # fmt: skip
"""How far each outcome has come, in turn."""


def reward(work: Work, canton: Canton) -> None:
    """Make the pilot by the acts of its people; categories of the line's placements as rows."""
    tables = canton.sheet.table
    line = canton.house.lines[LINE]
    agreement = tables("agreement")
    chosen = work.session.execute(select(agreement).where(agreement.c.number == f"AS-2024-{PROVIDER}")).one()
    work.session.execute(
        agreement.update().where(agreement.c.id == chosen.id).values(profile=Profile.BE_POIAS)
    )
    scheme = _scheme(work, chosen.ref, work.session.execute(
        select(tables("funding_line").c.ref).where(tables("funding_line").c.id == line)
    ).scalar_one())  # fmt: skip
    placed = _placed(work, tables("placement"), tables("placement_share"), line)
    _categorise(work, canton, placed)
    own = [row for row in placed if row.agreement_id == chosen.id and row.starts_on >= SINCE]
    _follow(work, canton, own)
    _claims(work, canton, scheme, own)


def _hand(work: Work, who: str, day: date | None = None) -> Work:
    now = utc(day, 9) if day is not None else work.now
    return replace(work, actor=account_actor(work, f"{who}@cii.example"), now=now, seen=[])


def _scheme(work: Work, agreement: str, line: str) -> str:
    day = date(2025, 12, 10)
    contracts, second = _hand(work, "odas.contrats", day), _hand(work, "odas.direction", day)
    for code, title, criteria in CATEGORIES:
        content = f"Atelier, suivi individuel et place en entreprise. {MARK}"
        tell_category(contracts, TellCategory(code, title, f"{criteria} {MARK}", content, date(2024, 1, 1)))
    made = make_scheme(contracts, MakeScheme(agreement, line, "Pilote POIAS (chiffres inventés)"))
    lines = tuple(FormulaLine(*one[:5], Chf.parse(one[5])) for one in FORMULA)
    draft_formula(contracts, DraftFormula(made.ref, SINCE, lines))
    publish_formula(second, made.ref)
    add_subcontractor(contracts, AddSubcontractor(made.ref, "Atelier du Seyon Sàrl (inventé)", 20, SINCE))
    money = DecideSchemeBudget(made.ref, 2026, Chf.parse("40000"), f"Pilote 2026. {MARK}")
    decide_scheme_budget(_hand(work, "odas.finances", day), money)
    dearer = tuple(replace(one, amount=one.amount + Chf.parse("500")) for one in lines)
    draft_formula(
        _hand(work, "odas.contrats", date(2026, 10, 12)), DraftFormula(made.ref, date(2027, 1, 1), dearer)
    )
    return made.ref


def _placed(work: Work, place: Table, share: Table, line: int) -> Sequence[Row[Any]]:
    """The begun placements that the line pays, by id."""
    shown = (place.c.id, place.c.ref, place.c.case_id, place.c.person_id, place.c.provider_unit_id,
             place.c.starts_on, place.c.ends_on, place.c.exit_type, place.c.contract_type,
             place.c.contract_months, share.c.agreement_id)  # fmt: skip
    return work.session.execute(
        select(*shown)
        .join(share, share.c.placement_id == place.c.id)
        .where(share.c.line_id == line, place.c.state.in_(("started", "ended")))
        .order_by(place.c.id)
    ).all()


def _categorise(work: Work, canton: Canton, placed: Sequence[Row[Any]]) -> None:
    """A category for nearly every placement; one provider takes more of those who are close to a job."""
    sheet, chance = canton.sheet, random.Random(len(placed))  # noqa: S311 - invented data
    told = canton.sheet.table("client_category")
    rows = {row.code: row.id for row in work.session.execute(select(told.c.code, told.c.id))}
    account, unit = canton.house.accounts["ocosp.orientation"], canton.house.units["OCOSP"]
    favoured = canton.house.provider_units[PROVIDER]
    for row in placed:
        if chance.random() < 0.05:  # noqa: PLR2004 - some wait for their category
            continue
        easy = 0.75 if row.provider_unit_id == favoured else 0.4
        code = "A" if chance.random() < easy else "B"
        sheet.put(
            "placement_category", placement_id=row.id, category_id=rows[code], code=code,
            effective_on=row.starts_on, reason=f"Critères retenus à l'entretien d'aiguillage. {MARK}",
            recorded_at=utc(row.starts_on, 10), account_id=account, unit_id=unit,
        )  # fmt: skip
    sheet.write()


def _follow(work: Work, canton: Canton, own: Sequence[Row[Any]]) -> None:
    """The referral service reads identity and placement of those in the pilot."""
    for row in own:
        grant(
            work, unit_id=canton.house.units["OCOSP"], case_id=row.case_id, person_id=row.person_id,
            reads=Section.IDENTITY | Section.PLACEMENT, basis="consent", cause=f"outcomes:{row.id}",
            since=utc(row.starts_on, 8),
        )  # fmt: skip


def _claims(work: Work, canton: Canton, scheme: str, own: Sequence[Row[Any]]) -> None:
    """One outcome per placement, as far as there are any, each at another step."""
    for (row, kpi, value, since), state in zip(_earned(work, canton, own), STEPS, strict=False):
        day = work.today - timedelta(days=6)
        provider = _hand(work, "tremplin", day)
        made = claim_outcome(provider, ClaimOutcome(scheme, row.ref, kpi, value, since, MARK))
        referral, finance, cashier = (
            _hand(work, who, day + timedelta(days=n))
            for n, who in enumerate(("ocosp.orientation", "odas.finances", "odas.comptabilite"), 1)
        )
        if state is OutcomeState.DECLINED:
            decline_outcome(referral, DeclineOutcome(made.ref, f"La pièce manque. {MARK}"))
        elif state is not OutcomeState.CLAIMED:
            verify_outcome(referral, VerifyOutcome(made.ref, f"Pièce vue à l'entretien. {MARK}"))
        if state in {OutcomeState.PAYABLE, OutcomeState.PAID, OutcomeState.REVERSED}:
            accept_outcome(finance, made.ref)
        if state in {OutcomeState.PAID, OutcomeState.REVERSED}:
            pay_outcome(cashier, made.ref)
        if state is OutcomeState.REVERSED:
            ask_outcome_reversal(
                cashier, AskOutcomeReversal(made.ref, f"Pièce retirée par l'employeur. {MARK}")
            )
            reverse_outcome(finance, made.ref)


def _earned(work: Work, canton: Canton, own: Sequence[Row[Any]]) -> Iterator[tuple[Row[Any], str, int, date]]:
    """Placements with a category and what they may claim: a job or a training first, then the base amount."""
    held = canton.sheet.table("placement_category")
    known = set(work.session.scalars(select(held.c.placement_id)))
    mine = [row for row in own if row.id in known]
    latest = work.today - timedelta(days=110)
    for row in mine:
        if row.exit_type == "employment" and (row.contract_months or 0) >= 6 and row.ends_on <= latest:  # noqa: PLR2004
            yield row, "Emploi durable", row.contract_months, row.ends_on
    for row in mine:
        if row.exit_type in {"training", "apprenticeship"} and row.ends_on < work.today - timedelta(days=7):
            yield row, "Formation", 1, row.ends_on
    for row in mine:
        yield row, BASE, 1, row.starts_on
