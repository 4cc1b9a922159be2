"""The archive 2009–2014: youth cases, the social-enterprise pilot, the model agreement, the meetings.

Counts are the source's (CII report 2009–2013; federal guide); persons, dates within the years, the spread of
reasons and the wording are invented.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from cii.agreements.vocabulary import (
    AgreementState,
    DeliverableKind,
    Direction,
    Frequency,
    IndicatorUnit,
    Instrument,
    ObjectiveLevel,
    Profile,
)
from cii.cases.vocabulary import CasePath
from cii.coordination.vocabulary import Body
from cii.demo.dossiers import Canton, Dossier, utc
from cii.demo.measures import MARK
from cii.demo.people import invent
from cii.demo.stories import Story
from cii.figures.vocabulary import Definition
from cii.institutions.vocabulary import UnitKind
from cii.kernel.period import Quarter
from cii.meetings.vocabulary import MeetingState, MinutesState
from cii.workflow.events import TaskDone

STATED_ON = date(2013, 3, 31)
"""The day for which the report's youth figures are taken; the source gives none: invented."""
OPEN, SOLVED = 127, {"diploma": 28, "apprenticeship": 57, "job": 14, "adapted_structure": 58}
OUT = {
    "over_30": 22, "no_multiple_problem": 24, "already_followed": 20, "left_canton": 12, "pregnancy": 6,
    "grave_psychic_disorder": 6, "addiction": 5, "not_able_to_work": 4,
}  # fmt: skip
"""The 99 situations out of criteria by reason: the sum is the source's, the spread invented."""
_USUAL: Mapping[str, Any] = {
    "age": 20, "in_canton": True, "already_followed": False, "problems": 3, "able_to_work": True,
    "grave_psychic_disorder": False, "addiction": False, "pregnancy": False,
}  # fmt: skip
_OUT_FACTS: Mapping[str, Mapping[str, Any]] = {
    "over_30": {"age": 31},
    "no_multiple_problem": {"problems": 1},
    "already_followed": {"already_followed": True},
    "left_canton": {"in_canton": False},
    "pregnancy": {"pregnancy": True},
    "addiction": {"addiction": True},
    "grave_psychic_disorder": {"grave_psychic_disorder": True},
    "not_able_to_work": {"able_to_work": False},
}
THIRTY, MOST_PRODUCTIVE = 30, 90
"""Boundaries of the tables of admissibility and of the screen."""
CANDIDATES, PLACED, EXITS = 34, 6, 2
"""The pilot of 2012: « plus d'une trentaine », « une demi-douzaine », 2; the first is a number that fits."""


def build_archive(canton: Canton, number: int) -> int:
    """The whole archive; `number` is the first AVS number to use. Returns the next."""
    number = _youths(canton, number)
    number = _pilot(canton, number)
    _model_agreement(canton)
    _meetings(canton)
    return number


def _youths(canton: Canton, number: int) -> int:
    chance = canton.sheet.chance
    fates: list[tuple[str, str]] = [("solved", one) for one, count in SOLVED.items() for _ in range(count)]
    fates += [("out", one) for one, count in OUT.items() for _ in range(count)]
    fates += [("open", "") for _ in range(OPEN)]
    chance.shuffle(fates)
    for fate, word in fates:
        _youth(canton, number, fate, word)
        number += 1
    return number


def _youth(canton: Canton, number: int, fate: str, word: str) -> None:
    house, chance = canton.house, canton.sheet.chance
    first, last = (
        (date(2009, 2, 1), date(2012, 2, 1)) if fate != "open" else (date(2011, 6, 1), date(2013, 2, 20))
    )
    opened = canton.at_work(first + timedelta(days=chance.randint(0, (last - first).days)))
    facts = {**_USUAL, **_OUT_FACTS.get(word, {})}
    young = facts["age"] < THIRTY
    age = chance.randint(15, 27) if young else chance.randint(30, 33)
    facts |= {"age": age, "problems": chance.randint(2, 5) if facts["problems"] > 1 else 1}
    person = invent(chance, number, house.places, opened.date(), age, age)
    announcing = house.unit_for(chance.choice((UnitKind.GSR, UnitKind.ORP, UnitKind.OCOSP)), person.region)
    ofij = house.units["OFIJ"]
    dossier = Dossier(canton, person)
    dossier.attach(announcing, opened)
    dossier.open(CasePath.YOUTH, announcing, ofij, opened)
    story = Story(
        house.rules, CasePath.YOUTH.value,
        {"SFPO": (ofij,), "lead": (ofij,), "announcing": (announcing,), "coordination": (house.units["GC"],)},
        canton.calendar, house.by_unit,
    )  # fmt: skip
    story.begin(opened, announcing, {"systems": 1, "consent": True})
    at = canton.at_work(opened.date(), wait=chance.randint(1, 4))
    story.play(TaskDone("receive", "received"), at, ofij, facts)
    at = canton.at_work(at.date(), wait=chance.randint(2, 9))
    story.play(TaskDone("confirm", "not_admitted" if fate == "out" else "admitted"), at, ofij, facts)
    if fate != "out":
        until = STATED_ON if fate == "solved" else date(2015, 12, 1)
        closing = word or chance.choice((*SOLVED, "no_solution"))
        _reviews(canton, story, at, until, STATED_ON if fate == "open" else None, closing, ofij)
    if story.ended:
        dossier.close(story.ended, story.records[-1][0].at, ofij)
    story.put(canton.sheet, dossier.case_id, dossier.case_ref, dossier.person_id)


def _reviews(  # noqa: PLR0917 - one loop's bounds
    canton: Canton, story: Story, at: datetime, until: date, not_before: date | None, closing: str, unit: int
) -> None:
    """Reviews every three months or so, the last of which closes the case: by `until`, after `not_before`."""
    chance = canton.sheet.chance
    rounds = chance.randint(1, 4)
    while story.open:
        at = canton.at_work(at.date() + timedelta(days=chance.randint(70, 110)))
        rounds -= 1
        early = not_before is not None and at.date() <= not_before
        if (rounds <= 0 and not early) or at.date() + timedelta(days=130) >= until:
            story.play(TaskDone("review", "close", closing=closing), at, unit)
        else:
            story.play(TaskDone("review", "continue"), at, unit)


def _pilot(canton: Canton, number: int) -> int:
    """NE-ESO 2012: candidates screened by the table then in force, observed, hired."""
    house, chance = canton.house, canton.sheet.chance
    for place in range(CANDIDATES):
        opened = canton.at_work(date(2012, 1, 16) + timedelta(days=chance.randint(0, 150)))
        admitted = place < PLACED
        facts = _screen_facts(canton, admitted=admitted)
        person = invent(chance, number, house.places, opened.date(), facts["age"], facts["age"])
        number += 1
        gsr, provider = house.unit_for(UnitKind.GSR, person.region), house.provider_units["VALLON"]
        dossier = Dossier(canton, person)
        dossier.attach(gsr, opened)
        dossier.open(CasePath.SOCIAL_ENTERPRISE, gsr, gsr, opened)
        roles: dict[str, tuple[int, ...]] = dict.fromkeys(("AS", "lead", "announcing"), (gsr,))
        roles |= {"provider": (provider,), "coordination": (house.units["GC"],)}
        story = Story(house.rules, "ne-eso", roles, canton.calendar, house.by_unit)
        story.begin(opened, gsr, {})
        at = canton.at_work(opened.date(), wait=chance.randint(2, 8))
        story.play(TaskDone("complete_file", "complete"), at, gsr, facts)
        at = canton.at_work(at.date(), wait=chance.randint(2, 8))
        if not admitted:
            closing = "primary_labour_market" if facts["productivity"] > MOST_PRODUCTIVE else "other_measure"
            story.play(TaskDone("confirm", "refused", closing=closing), at, gsr)
        else:
            _observe(canton, story, at, gsr, provider, hired=place < EXITS)
        dossier.close(story.ended or "ended", story.records[-1][0].at, gsr)
        story.put(canton.sheet, dossier.case_id, dossier.case_ref, dossier.person_id)
    return number


def _screen_facts(canton: Canton, *, admitted: bool) -> dict[str, Any]:
    chance = canton.sheet.chance
    facts: dict[str, Any] = {
        "productivity": chance.randint(62, 88), "age": chance.randint(50, 61), "dependants": 0,
        "heavy_social_problem": False, "debts": chance.randint(0, 9) * 100_000,
    }  # fmt: skip
    if not admitted:
        facts |= chance.choice((
            {"productivity": chance.randint(20, 59)}, {"productivity": chance.randint(20, 59)},
            {"debts": chance.randint(12, 60) * 100_000}, {"debts": chance.randint(12, 60) * 100_000},
            {"dependants": chance.randint(1, 3)}, {"heavy_social_problem": True}, {"productivity": 95},
        ))  # fmt: skip
    return facts


def _observe(canton: Canton, story: Story, at: datetime, gsr: int, provider: int, *, hired: bool) -> None:
    """Three months unpaid, then hired (and out of social aid within the year) or not suited."""
    story.play(TaskDone("confirm", "admitted"), at, gsr)
    at = canton.at_work(at.date(), wait=3)
    story.play(TaskDone("contract", "signed"), at, gsr)
    at = canton.at_work(at.date() + timedelta(days=84))
    if hired:
        story.play(TaskDone("observe", "suited"), at, provider)
        at = canton.at_work(date(2012, 12, 3))
        story.play(TaskDone("review", "finish", closing="full_exit"), at, gsr)
    else:
        story.play(TaskDone("observe", "not_suited", closing="ended"), at, provider)


def _model_agreement(canton: Canton) -> None:
    """The guide's worked example: its indicators with targets and three years' values, and what is owed."""
    sheet, house = canton.sheet, canton.house
    signed = datetime(2011, 11, 21, 9, tzinfo=UTC)
    agreement = sheet.put(
        "agreement", number="MODELE-2012", provider_id=house.providers["VALLON"], profile=Profile.AS,
        instrument=Instrument.AGREEMENT, version=1, state=AgreementState.EXPIRED, valid_from=date(2012, 1, 1),
        valid_to=date(2015, 1, 1), notice_months=6, prepared_by=house.accounts["odas.contrats"],
        signed_by=house.accounts["odas.direction"], signed_at=signed,
        document={"Objet et bases": f"Exemple du guide fédéral, indications 11 et 32. {MARK}"},
    )  # fmt: skip
    with sheet.apart("model agreement"):
        goal = sheet.put(
            "objective", agreement_id=agreement, level=ObjectiveLevel.OUTCOME, owner="Prestataire",
            wording="Les participant·e·s retrouvent un emploi ou une formation.",
        )  # fmt: skip
    ids: dict[str, int] = {}
    for code, title, unit, direction, target, minimum in _INDICATORS:
        ids[code] = sheet.put(
            "indicator", agreement_id=agreement, objective_id=goal, code=code,
            title={"fr": title, "de": title, "en": title}, unit=unit, direction=direction, target=target,
            minimum=minimum, source=Definition.ENTERED.value,
        )  # fmt: skip
    for code, year, numerator, denominator in _VALUES:
        sheet.put(
            "indicator_entry", indicator_id=ids[code], effective_on=date(year, 12, 31), numerator=numerator,
            denominator=denominator, people=denominator, source="guide fédéral (000), indication 11",
            recorded_at=datetime(year + 1, 1, 20, 9, tzinfo=UTC),
        )  # fmt: skip
    for kind, frequency, due in _owed(2012):
        sheet.put(
            "deliverable", agreement_id=agreement, kind=kind, frequency=frequency, due_on=due,
            received_at=utc(due), received_by=house.accounts["odas.contrats"],
        )  # fmt: skip


_INDICATORS = (
    ("reinsertion_low", "Insertion, peu qualifié·e·s", IndicatorUnit.PERCENT, Direction.UP, 300, None),
    ("reinsertion_high", "Insertion, qualifié·e·s", IndicatorUnit.PERCENT, Direction.UP, 400, 300),
    (
        "reinsertion_completed",
        "Insertion, sans les interruptions",
        IndicatorUnit.PERCENT,
        Direction.UP,
        400,
        300,
    ),
    (
        "absence_low",
        "Jours d'absence par mois, peu qualifié·e·s",
        IndicatorUnit.DAYS,
        Direction.DOWN,
        2,
        None,
    ),
    ("absence_high", "Jours d'absence par mois, qualifié·e·s", IndicatorUnit.DAYS, Direction.DOWN, 1, None),
    ("satisfaction", "Satisfaction", IndicatorUnit.PERCENT, Direction.UP, 800, None),
)
_VALUES = (
    ("reinsertion_high", 2012, 12, 40),
    ("reinsertion_high", 2013, 16, 40),
    ("reinsertion_high", 2014, 11, 40),
    ("reinsertion_completed", 2012, 12, 35),
)


def _owed(year: int) -> Iterator[tuple[DeliverableKind, Frequency, date]]:
    """What the guide lists for a year (indication 32)."""
    for month in range(1, 13):
        yield DeliverableKind.PARTICIPANTS, Frequency.MONTHLY, date(year, month, 28)
    for month in (3, 6, 9, 12):
        yield DeliverableKind.COURSES, Frequency.QUARTERLY, date(year, month, 28)
    for kind in (DeliverableKind.INDICATORS, DeliverableKind.FINAL_ACCOUNT, DeliverableKind.AUDIT_REPORT,
                 DeliverableKind.ICS_ATTESTATION, DeliverableKind.STAFF_QUALIFICATION):  # fmt: skip
        yield kind, Frequency.YEARLY, date(year, 12, 31)


GROUP_MARK = "Groupe de travail AI – aide sociale"


def _meetings(canton: Canton) -> None:
    """GP CII: six to eight meetings a year; the working group's four of early 2012; those of today."""
    for year, count in ((2009, 6), (2010, 7), (2011, 8), (2012, 7)):
        for place in range(count):
            _meeting(
                canton, Body.STEERING, date(year, 1 + place * 12 // count, 12 + place), "Séance du GP CII"
            )
    for day in (date(2012, 2, 9), date(2012, 3, 1), date(2012, 3, 22), date(2012, 4, 19)):
        _meeting(canton, Body.COORDINATION, day, GROUP_MARK)
    for year in (2025, 2026):
        for month in (1, 3, 5, 7, 9, 11):
            _meeting(canton, Body.STEERING, date(year, month, 18), "Séance du GP CII")
    for year, month in (
        (2024, 11),
        (2025, 2),
        (2025, 5),
        (2025, 9),
        (2025, 12),
        (2026, 3),
        (2026, 6),
        (2026, 9),
        (2026, 11),
    ):
        _meeting(
            canton,
            Body.COORDINATION,
            date(year, month, 11),
            "Tableaux de bord, places, échéances des conventions",
        )
    for year, code in ((2024, "SASO"), (2025, "SEMP"), (2026, "SMIG")):
        canton.sheet.put(
            "presidency", year=year, institution_id=canton.house.institutions[code],
            recorded_at=utc(date(year, 1, 8)),
        )  # fmt: skip


def _meeting(canton: Canton, body: Body, day: date, topic: str) -> None:
    day = canton.calendar.after(day, 0)
    held = day < canton.now.date()
    canton.sheet.put(
        "meeting", body=body, quarter=str(Quarter.of(day)), planned_on=day, held_on=day if held else None,
        held_recorded_at=min(utc(day), canton.now) if held else None,
        state=MeetingState.HELD if held else MeetingState.PLANNED, topic=topic,
        summary=f"Procès-verbal. {MARK}" if held else "", changes=0, place="",
        minutes_state=MinutesState.OPEN, recorded_at=min(utc(day), canton.now),
    )  # fmt: skip
