"""Builders of providers, measures with two payers, and agreements in force; they name only what matters."""

from dataclasses import dataclass, replace
from datetime import date

from cii.access.tables import Account
from cii.agreements.actions import (
    AddObjective,
    AddProvider,
    AddTariff,
    Bought,
    DraftAgreement,
    IndicatorWish,
    add_objective,
    add_provider,
    add_tariff,
    draft_agreement,
    put_in_force,
    sign,
)
from cii.agreements.tables import Agreement, Provider
from cii.agreements.vocabulary import (
    Basis,
    Direction,
    IndicatorUnit,
    Instrument,
    LegalForm,
    ObjectiveLevel,
    Profile,
)
from cii.institutions.queries import institution_of, unit_by_code
from cii.institutions.tables import FundingLine, Unit
from cii.institutions.vocabulary import InstitutionKind, UnitKind
from cii.kernel.money import Chf
from cii.measures.actions import AddMeasure, KindPlaces, LinePlaces, add_measure
from cii.measures.tables import Measure
from cii.measures.vocabulary import MeasureKind
from cii.store.columns import new_ref
from cii.store.work import Actor, Seat, Work
from tests.institutions.build_institutions import a_unit, line_by_code, the_canton


def an_account(work: Work, name: str = "Anouk Favre") -> int:
    row = Account(email=f"{new_ref()}@example.org", name=name, created_at=work.now)
    work.session.add(row)
    work.session.flush()
    return row.id or 0


def an_actor(work: Work, *units: Unit, role: str | None = None, permits=frozenset()) -> Actor:
    """Somebody with an account and a seat in each unit; without a role, contract manager and finance."""
    owners = [institution_of(work, unit.id or 0) for unit in units]
    return Actor(
        "Anouk Favre",
        account_id=an_account(work),
        seats=tuple(
            Seat(unit.id or 0, owner.id or 0, one, owner.sector.value if owner.sector else None)
            for unit, owner in zip(units, owners, strict=True)
            for one in ([role] if role else ["contract_manager", "finance"])
        ),
        permits=permits,
    )


def acting(work: Work, actor: Actor) -> Work:
    """The same transaction in another person's name."""
    return replace(work, actor=actor)


def a_provider(work: Work) -> Provider:
    unit = a_unit(work, None, UnitKind.PROVIDER)
    owner = institution_of(work, unit.id or 0)
    owner.kind = InstitutionKind.PROVIDER
    return add_provider(work, AddProvider(owner.ref, unit.ref, LegalForm.FOUNDATION))


@dataclass
class Market:
    """A canton with one mixed measure, its provider, two lines and two persons who sign."""

    work: Work
    provider: Provider
    measure: Measure
    ac: FundingLine
    social: FundingLine
    drafter: Actor
    signer: Actor

    def agreement(
        self,
        line: FundingLine | None = None,
        *,
        amount: str | None = "2200",
        basis: Basis = Basis.WEEKDAYS,
        valid_from: date = date(2026, 1, 1),
        last_day: date | None = date(2026, 12, 31),
        indicators: bool = True,
        in_force: bool = True,
        profile: Profile | None = None,
        overbooking: int = 0,
        **tariff,
    ) -> Agreement:
        """An agreement of the measure for a line (AC when left out)."""
        bought = line or self.ac
        mine, theirs = acting(self.work, self.drafter), acting(self.work, self.signer)
        made = draft_agreement(
            mine,
            DraftAgreement(
                number=f"C-{new_ref()}",
                provider_ref=self.provider.ref,
                profile=profile or Profile(bought.sector.value),
                instrument=Instrument.AGREEMENT,
                valid_from=valid_from,
                last_day=last_day,
                bought=(Bought(self.measure.ref, bought.ref, overbooking),),
            ),
        )
        if amount is not None:
            add_tariff(mine, self.tariff(made, bought, amount, basis, valid_from, **tariff))
        if indicators:
            add_objective(mine, an_objective(made))
        if in_force:
            sign(theirs, made.ref)
            put_in_force(mine, made.ref)
        return made

    def tariff(self, agreement, line, amount, basis, valid_from, **more) -> AddTariff:
        return AddTariff(
            agreement.ref, self.measure.ref, line.ref, valid_from, basis, Chf.parse(amount), **more
        )


def an_objective(agreement: Agreement, *, target: int = 400, minimum: int | None = 300) -> AddObjective:
    title = {"fr": "Taux de réinsertion", "de": "Wiedereingliederungsquote", "en": "Reinsertion rate"}
    return AddObjective(
        agreement.ref,
        ObjectiveLevel.OUTCOME,
        "Réinsertion durable",
        "Fondation",
        (
            IndicatorWish(
                "reinsertion", title, IndicatorUnit.PERCENT, Direction.UP, target, minimum, "reinsertion"
            ),
        ),
    )


def a_market(work: Work) -> Market:
    the_canton(work)
    provider = a_provider(work)
    ac, social = line_by_code(work, "LACI"), line_by_code(work, "SAS")
    lmmt, odas = unit_by_code(work, "LMMT"), unit_by_code(work, "ODAS")
    measure = add_measure(
        work,
        AddMeasure(
            code=f"M-{new_ref()}",
            name="Atelier",
            kind=MeasureKind.PROFESSIONAL,
            starts_on=date(2025, 1, 1),
            respondent_ref=lmmt.ref,
            places=(KindPlaces(MeasureKind.PROFESSIONAL, 10),),
            quotas=(
                LinePlaces(ac.ref, MeasureKind.PROFESSIONAL, 6),
                LinePlaces(social.ref, MeasureKind.PROFESSIONAL, 4),
            ),
        ),
    )
    return Market(work, provider, measure, ac, social, an_actor(work, lmmt, odas), an_actor(work, lmmt, odas))
