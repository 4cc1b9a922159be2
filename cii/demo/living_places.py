"""Places of today: wishes granted in the order of asking while places last, else the waiting list."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from cii.access.sections import Mask
from cii.access.vocabulary import Relation, Section
from cii.agreements.queries import PriceBook
from cii.agreements.rules_proration import Priced
from cii.demo.agreements import Deals
from cii.demo.books import Books
from cii.demo.dossiers import Canton
from cii.demo.living_days import Days
from cii.demo.living_shapes import Wish
from cii.demo.measures import LIVING, STAGE, MeasureSpec, rule_digest
from cii.kernel.clock import local_midnight
from cii.kernel.period import ONE_DAY, Period, next_month
from cii.measures.vocabulary import TargetGroup
from cii.people.vocabulary import Basis
from cii.placements.rules import lot
from cii.placements.vocabulary import ContractType, ExitType, PlacementEventKind, PlacementState, WaitingState

HOLD_DAYS = 10
CLOSING_MONTHS = 2
ADMITTED_FROM = 40
"""Work capacity from which the eligibility table admits."""
_EXITS = {
    "job": ExitType.EMPLOYMENT,
    "training": ExitType.TRAINING,
    "pension": ExitType.PENSION,
    "apprenticeship": ExitType.APPRENTICESHIP,
    "diploma": ExitType.TRAINING,
    "ai_measures": ExitType.OTHER_MEASURE,
    "moved_away": ExitType.DEPARTURE,
    "abandoned": ExitType.NO_SOLUTION,
    "no_solution": ExitType.NO_SOLUTION,
}
_USUAL_EXITS = (
    (30, ExitType.EMPLOYMENT),
    (12, ExitType.TRAINING),
    (8, ExitType.OTHER_MEASURE),
    (26, ExitType.NO_SOLUTION),
    (5, ExitType.OTHER_POSITIVE),
    (7, ExitType.ABORTED),
    (4, ExitType.HEALTH),
    (2, ExitType.EXCLUDED),
)
INTERRUPTED = frozenset({ExitType.ABORTED, ExitType.EXCLUDED, ExitType.HEALTH, ExitType.EMPLOYMENT})
"""Exits that often come before the planned end."""


@dataclass
class Held:
    """A placement with its payers and what each has bound, ready for attendance and statements."""

    id: int
    ref: str
    wish: Wish
    spec: MeasureSpec
    measure_id: int
    key: tuple[int, int, int]
    span: Period
    planned: Period
    started: bool
    weights: tuple[int, ...]
    shares: list[dict[str, Any]]
    reserved: datetime
    answered: datetime
    answer: str | None
    ended: bool
    legs: dict[tuple[int, int], dict[str, Any]] = field(default_factory=dict)
    """By share and year."""


class PlaceMaker:
    """Grants wishes: place, quota and money together, as `placements.assign` does."""

    def __init__(  # noqa: PLR0917 - what a placement rests on
        self,
        canton: Canton,
        measures: Mapping[str, int],
        deals: Deals,
        prices: PriceBook,
        books: Books,
        times: int,
    ) -> None:
        self.canton, self.sheet, self.chance = canton, canton.sheet, canton.sheet.chance
        self.measures, self.deals, self.prices, self.books = measures, deals, prices, books
        self.days = Days(canton, measures, times)
        self.digest = rule_digest()
        self.waiting: list[dict[str, Any]] = []

    def grant_all(self, wishes: list[Wish]) -> Iterator[Held]:
        """Every wish in the order of asking."""
        for wish in sorted(wishes, key=lambda one: one.asked):
            made = self._grant(wish)
            if made is not None:
                yield made
            else:
                self._wait(wish)
        self.days.put()

    def _grant(self, wish: Wish) -> Held | None:
        span = Period.through(wish.starts_on, wish.ends_on)
        fitting = [spec for spec in LIVING if self._fits(spec, wish)]
        region, drawn = wish.case.dossier.person.region, {spec.code: self.chance.random() for spec in fitting}

        def rank(spec: MeasureSpec) -> tuple[bool, float]:
            """The emptiest first, far ones later, with some chance; the stage of the story last."""
            far = 0.3 if spec.region not in {"", region} else 0.0
            return spec.code == STAGE, self.days.load(spec.code, span.start) + far + drawn[spec.code] / 3

        for spec in sorted(fitting, key=rank):
            if self.days.free(spec.code, wish.line, span):
                return self._place(wish, spec, span)
        return None

    def _fits(self, spec: MeasureSpec, wish: Wish) -> bool:
        situation = wish.case.situation
        if wish.line not in spec.quotas or (spec.ruled and situation.facts["work_capacity"] < ADMITTED_FROM):
            return False
        return (TargetGroup.YOUTH in spec.groups) <= situation.young

    def _place(self, wish: Wish, spec: MeasureSpec, planned: Period) -> Held:
        now, asked = self.canton.now, wish.asked
        reserved = self.canton.at_work(asked.date(), wait=self.chance.randint(0, 2))
        reserved = min(max(reserved, asked + timedelta(minutes=10)), now - timedelta(minutes=20))
        answered = self.canton.at_work(reserved.date(), wait=self.chance.randint(1, 4))
        state, exit_type = PlacementState.RESERVED, None
        if answered < now and self.sheet.odds(3.5):
            state = PlacementState.REFUSED
        elif answered < now:
            state = PlacementState.ACCEPTED
            if planned.start < now.date():
                state = PlacementState.STARTED
        span = planned
        if state is PlacementState.STARTED:
            span, exit_type = self._ending(wish, planned)
            state = PlacementState.ENDED if exit_type is not None else state
        second = wish.second_line if wish.second_line in spec.quotas else None
        lines = [wish.line, second] if second else [wish.line]
        weights = (60, 40) if len(lines) > 1 else (1,)
        deal = self.deals[spec.code, wish.line]
        key = (deal.id, self.measures[spec.code], self.canton.house.lines[wish.line])
        ref, contract = self.sheet.ref(), self._contract(exit_type)
        made = self.sheet.put(
            "placement",
            ref=ref,
            case_id=wish.case.dossier.case_id,
            person_id=wish.case.dossier.person_id,
            measure_id=key[1],
            kind=spec.kind,
            provider_unit_id=self.canton.house.provider_units[spec.provider],
            line_id=key[2],
            requested_by_unit_id=wish.unit,
            requested_by_account_id=self.canton.house.by_unit.get(wish.unit),
            starts_on=planned.start,
            ends_on=span.last,
            planned_end=planned.last,
            state=state,
            reserved_until=local_midnight(self.canton.calendar.after(reserved.date(), HOLD_DAYS) + ONE_DAY),
            refusal_reason="not_suited" if state is PlacementState.REFUSED else None,
            exit_type=exit_type,
            contract_type=contract[0],
            contract_months=contract[1],
            exited_on=span.last if exit_type is not None else None,
            rule_digest=self.digest if spec.ruled else None,
            version=1,
            created_at=reserved,
        )
        held = Held(
            made, ref, wish, spec, key[1], key, span, planned,
            state in {PlacementState.STARTED, PlacementState.ENDED}, weights, [], reserved, answered,
            {PlacementState.RESERVED: None, PlacementState.REFUSED: "refused"}.get(state, "accepted"),
            exit_type is not None,
        )  # fmt: skip
        self._money(held, lines, reserved, answered if state is PlacementState.REFUSED else None)
        if state is not PlacementState.REFUSED:
            self.days.take(spec.code, wish.line, span)
            wish.placed = True
        self._history(held, state, reserved, answered, exit_type, contract)
        return held

    def _ending(self, wish: Wish, planned: Period) -> tuple[Period, ExitType | None]:
        """How and when the stay ended, if it has."""
        told = wish.case.story.ended
        weights, words = [one for one, _ in _USUAL_EXITS], [one for _, one in _USUAL_EXITS]
        exit_type = _EXITS.get(told or "") or self.chance.choices(words, weights)[0]
        span = planned
        if exit_type in INTERRUPTED and self.sheet.odds(60):
            days = max(len(planned) * self.chance.randint(35, 90) // 100, 8)
            last = self.canton.calendar.after(planned.start + timedelta(days=days), 0)
            span = Period.through(planned.start, min(last, planned.last))
        if span.last >= self.canton.now.date():
            return planned, None
        return span, exit_type

    def _contract(self, exit_type: ExitType | None) -> tuple[ContractType | None, int | None]:
        if exit_type is not ExitType.EMPLOYMENT:
            return None, None
        kind = self.chance.choice((ContractType.OPEN_ENDED, ContractType.OPEN_ENDED, ContractType.FIXED_TERM,
                                   ContractType.INTERIM, ContractType.AIDED))  # fmt: skip
        months = {ContractType.FIXED_TERM: (3, 12), ContractType.INTERIM: (1, 8)}.get(kind)
        return kind, self.chance.randint(*months) if months else None

    def price(self, held: Held, span: Period, planned: Period | None = None) -> Priced:
        """The price of a stay by the requesting line's tariff."""
        return self.prices.price(held.key, span, weights=held.weights, planned=planned)

    def _money(self, held: Held, lines: list[str], at: datetime, refused: datetime | None) -> None:
        """Shares, legs and the engagement; what a refusal or an early end gives back."""
        full = self.price(held, held.planned)
        cut = self.price(held, held.span, held.planned) if held.span != held.planned else full
        legs = []
        given: list[tuple[int, int | None, int, date]] = []
        for at_key, (line, weight) in enumerate(zip(lines, held.weights, strict=True)):
            line_id, agreement = self.canton.house.lines[line], self.deals[held.spec.code, line].id
            share = self.sheet.put(
                "placement_share",
                placement_id=held.id,
                line_id=line_id,
                agreement_id=agreement,
                weight=weight,
                committed=0,
            )
            row = self.sheet.rows("placement_share")[-1]
            held.shares.append(row)
            for year in full.years:
                engaged = full.parts_of_year(year)[at_key].centimes
                due = cut.parts_of_year(year)
                rest = engaged if refused else engaged - (due[at_key].centimes if due else 0)
                self.sheet.put(
                    "placement_leg", share_id=share, year=year, engaged=engaged, released=max(rest, 0)
                )
                held.legs[share, year] = self.sheet.rows("placement_leg")[-1]
                row["committed"] += engaged - max(rest, 0)
                day = max(held.planned.start, date(year, 1, 1))
                legs.append((line_id, agreement, engaged, day))
                if rest > 0:
                    given.append((line_id, agreement, rest, day))
        self.books.book(at, "engagement", ("placement", held.id, f"placement:{held.ref}:engage"), legs)
        when = refused or local_midnight(held.span.end) + timedelta(hours=9)
        self.books.book(when, "release", ("placement", held.id, f"placement:{held.ref}:release:1"), given)

    def _history(  # noqa: PLR0917 - what has happened
        self,
        held: Held,
        state: PlacementState,
        reserved: datetime,
        answered: datetime,
        exit_type: ExitType | None,
        contract: tuple[ContractType | None, int | None],
    ) -> None:
        wish, provider = held.wish, self.canton.house.provider_units[held.spec.provider]
        E = PlacementEventKind  # noqa: N806 - a short name for the words
        self._event(held, E.REQUESTED, reserved.date(), reserved, wish.unit,
                    {"total": sum(row["committed"] for row in held.shares)})  # fmt: skip
        self._event(held, E.RESERVED, reserved.date(), reserved, wish.unit, {})
        self._wrote(held, "placement.assign", wish.unit, reserved)
        until = None
        if state is PlacementState.REFUSED:
            self._event(
                held, E.REFUSED, answered.date(), answered, provider, {"reason": "not_suited", "note": ""}
            )
            self._wrote(held, "placement.refuse", provider, answered)
        elif state is not PlacementState.RESERVED:
            self._event(held, E.ACCEPTED, answered.date(), answered, provider, {"note": ""})
            self._wrote(held, "placement.accept", provider, answered)
        if held.started:
            came = local_midnight(held.planned.start) + timedelta(hours=8)
            self._event(held, E.STARTED, held.planned.start, came, provider, {})
            self._wrote(held, "placement.start", provider, came)
        if exit_type is not None:
            left = local_midnight(held.span.last) + timedelta(hours=16)
            self._event(held, E.ENDED, held.span.last, left, provider, {
                "exit_type": exit_type.value, "contract_type": contract[0].value if contract[0] else None,
                "contract_months": contract[1], "released": 0, "early": held.span != held.planned, "note": "",
            })  # fmt: skip
            self._wrote(held, "placement.end", provider, left)
            until = held.span.last
            for _ in range(CLOSING_MONTHS + 1):
                until = next_month(until)
        if state is not PlacementState.REFUSED:
            seen = Mask(Section.IDENTITY | Section.PLACEMENT, Section.PLACEMENT)
            wish.case.dossier.grant(
                provider,
                reserved,
                seen,
                Basis.OWN_CASE,
                f"placement:{held.ref}",
                Relation.PROVIDER,
                case=False,
                until=local_midnight(until) if until else None,
            )

    def _event(  # noqa: PLR0917 - the columns of the row
        self, held: Held, kind: PlacementEventKind, on: date, at: datetime, unit: int, facts: dict[str, Any]
    ) -> None:
        self.sheet.put(
            "placement_event", placement_id=held.id, kind=kind, effective_on=on, recorded_at=at,
            account_id=self.canton.house.by_unit.get(unit), unit_id=unit, facts=facts,
        )  # fmt: skip

    def _wrote(self, held: Held, act: str, unit: int, at: datetime) -> None:
        held.wish.case.dossier.wrote(act, "placement", held.id, held.ref, unit, at)

    def _wait(self, wish: Wish) -> None:
        """Nothing free: the person waits; entries older than two months were withdrawn."""
        fitting = [spec for spec in LIVING if self._fits(spec, wish) and spec.code != STAGE]
        if not fitting:
            return
        spec, since = self.chance.choice(fitting), wish.asked
        over = self.canton.now - since > timedelta(days=60) or not wish.case.story.open
        closed = min(
            since + timedelta(days=self.chance.randint(15, 60)), self.canton.now - timedelta(hours=1)
        )
        dossier = wish.case.dossier
        self.sheet.put(
            "waiting_entry", case_id=dossier.case_id, person_id=dossier.person_id,
            measure_id=self.measures[spec.code], line_id=self.canton.house.lines[wish.line],
            requested_by_unit_id=wish.unit, urgency=self.chance.choice((1, 2, 2, 2, 3)),
            waiting_since=since.date(), lot=lot(spec.code, dossier.case_ref, since.date()),
            starts_on=wish.starts_on, ends_on=wish.ends_on,
            state=WaitingState.WITHDRAWN if over else WaitingState.WAITING, created_at=since,
            closed_at=closed if over else None,
        )  # fmt: skip
        self.waiting.append(self.sheet.rows("waiting_entry")[-1])
