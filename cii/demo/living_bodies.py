"""The coordination group of today: monthly data, corrective measures; and recent notices of places."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime, timedelta
from typing import Any

from cii.coordination.monthly import monthly_data, sheet_of
from cii.coordination.rules_members import seat_of
from cii.coordination.vocabulary import (
    Body,
    CorrectiveEvent,
    CorrectiveState,
    FigureOrigin,
    Standing,
)
from cii.demo.agreements import Deals
from cii.demo.directory import IN_THE_GROUP
from cii.demo.dossiers import Canton, utc
from cii.demo.living_places import Held
from cii.demo.measures import LIVING_FROM, MARK
from cii.kernel.digest import plain
from cii.kernel.period import ONE_DAY, Period, month_of, next_month
from cii.store.work import Work

DELIVERING: Mapping[str, tuple[str, ...]] = {
    "SEMP": ("LACI", "PACTE"), "SASO": ("SAS",), "SMIG": ("SMIG",),
}  # fmt: skip
"""Who delivers monthly data, and for which funding lines (mandate, task 8)."""
LATE = ("SMIG", date(2026, 9, 1))
"""The one delivery that is missing on the demo's first morning."""
RECENT = timedelta(days=14)


def deliver_months(canton: Canton, held: Sequence[Held], waiting: Sequence[Mapping[str, Any]]) -> None:
    """Each sector's data of each month that is over, but for the one that is late."""
    sheet, house = canton.sheet, canton.house
    month = month_of(LIVING_FROM)
    while month.end <= canton.now.date():
        for institution, codes in DELIVERING.items():
            if (institution, month.start) == LATE:
                continue
            lines = {house.lines[code] for code in codes}
            staff = {"SEMP": "lmmt.contrats", "SASO": "odas.contrats", "SMIG": "osas.contrats"}[institution]
            sheet.put(
                "monthly_data",
                institution_id=house.institutions[institution],
                month=month.start,
                **_counts([one for one in held if one.started and one.key[2] in lines], month),
                waiting=sum(_waits(row, month) for row in waiting if row["line_id"] in lines),
                recorded_at=canton.at_work(month.end, wait=canton.sheet.chance.randint(3, 8)),
                account_id=house.accounts[staff],
            )
        month = month_of(next_month(month.start))


def confirm_month(work: Work, canton: Canton) -> None:
    """The newest deliveries by measure and line, confirmed as counted; their sums are what was delivered."""
    month = month_of(canton.now.date().replace(day=1) - ONE_DAY)
    for institution, delivery in monthly_data(work, month.start).items():
        for row in sheet_of(work, institution, month).rows:
            canton.sheet.put(
                "monthly_figure", monthly_data_id=delivery.id, measure_id=row.pair[0], line_id=row.pair[1],
                origin=FigureOrigin.COUNTED, counted=asdict(row.counted), **asdict(row.counted),
            )  # fmt: skip
    canton.sheet.write()


def _counts(stays: Sequence[Held], month: Period) -> dict[str, int]:
    return {
        "participants": sum(one.span.overlap(month) is not None for one in stays),
        "entries": sum(one.span.start in month for one in stays),
        "exits": sum(one.ended and one.span.last in month for one in stays),
    }


def _waits(row: Mapping[str, Any], month: Period) -> bool:
    closed: datetime | None = row["closed_at"]
    return row["waiting_since"] < month.end and (closed is None or closed.date() >= month.end)


FUNCTIONS = {
    "SASO": "responsable de l'insertion", "SEMP": "cheffe de l'office",
    "SMIG": "responsable des programmes", "SFPO": "chef de l'office", "OAI": "responsable des contrats",
}  # fmt: skip
SEATED: tuple[tuple[Body, str | None, str | None, str], ...] = (
    *((Body.COORDINATION, code, login, FUNCTIONS[code]) for code, login in IN_THE_GROUP.items()),
    (Body.COORDINATION, None, "gc.invite", "conseillère, partenaire externe"),
    *((Body.STEERING, code, None, "") for code in ("SASO", "SEMP", "SMIG", "CCNAC", "OAI", "SFPO")),
    (Body.STEERING, "CII", "gpcii", "président du GP CII"),
)
"""Body, institution (a guest sits for none), who takes the seat, function. Persons invented."""


def seat(canton: Canton) -> None:
    """Who sits in both bodies: since the mandate of 2013, with the persons of today since 2024."""
    with canton.sheet.apart("body members"):
        for body, institution, login, function in SEATED:
            guest = institution is None
            standing = Standing.GUEST if guest else Standing.PERMANENT
            if body is Body.COORDINATION and institution in {"SFPO", "OAI"}:
                standing = Standing.INVITED
            whose = canton.house.institutions[institution] if institution else None
            times: list[tuple[date, date | None, str | None]] = [(date(2024, 1, 1), None, login)]
            if not guest:
                first = date(2013, 1, 1)
                times = [(first, times[0][0], None), *times] if login else [(first, None, None)]
            for first, end, who in times:
                account = canton.house.accounts[who] if who else None
                canton.sheet.put(
                    "body_member", body=body, standing=standing, institution_id=whose, account_id=account,
                    function=function if who else "", seat=seat_of(body, standing, whose, account),
                    valid_from=first, valid_to=end, recorded_at=utc(first),
                )  # fmt: skip


def charge(canton: Canton) -> None:
    """One analysis that the GP CII asks of the group, one that was handed over. Invented."""
    with canton.sheet.apart("mandates"):
        for number, title, wording, issued, until, ended in (
            (
                "GP-2025-1",
                "Parcours après un apprentissage interrompu",
                "Décrire les parcours après un apprentissage interrompu et proposer des mesures.",
                date(2025, 3, 20),
                date(2025, 10, 31),
                date(2025, 10, 9),
            ),
            (
                "GP-2026-1",
                "Durée du soutien par public cible",
                "Comparer la durée du soutien par public cible et par mesure mixte depuis 2024.",
                date(2026, 5, 20),
                date(2027, 1, 29),
                None,
            ),
        ):
            canton.sheet.put(
                "group_mandate", number=number, title=title, wording=f"{wording} {MARK}", issued_on=issued,
                until=until, ended_on=ended, recorded_at=utc(issued),
                account_id=canton.house.accounts["gpcii"],
            )  # fmt: skip


_E, _S = CorrectiveEvent, CorrectiveState
_Step = tuple[CorrectiveEvent | None, CorrectiveState, date]
_CORRECTIVES: tuple[tuple[str, str, str, date | None, tuple[_Step, ...]], ...] = (
    (
        "BUREAU",
        "LACI",
        "L'occupation reste sous le minimum : proposer un plan de recrutement.",
        date(2026, 11, 30),
        (
            (None, _S.OBSERVED, date(2026, 7, 9)),
            (_E.KEEP_WITHIN_CONTRACT, _S.WITHIN_CONTRACT, date(2026, 7, 9)),
            (_E.ASK, _S.ASKED_VIA_RESPONDENT, date(2026, 9, 11)),
        ),
    ),
    (
        "RECYCLAGE",
        "SAS",
        "Les absences sont annoncées trop tard.",
        date(2025, 9, 30),
        (
            (None, _S.OBSERVED, date(2025, 5, 12)),
            (_E.KEEP_WITHIN_CONTRACT, _S.WITHIN_CONTRACT, date(2025, 5, 12)),
            (_E.ASK, _S.ASKED_VIA_RESPONDENT, date(2025, 5, 20)),
            (_E.DO, _S.DONE, date(2025, 9, 22)),
            (_E.VERIFY, _S.VERIFIED, date(2025, 9, 29)),
        ),
    ),
    (
        "VENTE",
        "SAS",
        "Les sorties durables sont rares : revoir le contenu de la mesure.",
        None,
        ((None, _S.OBSERVED, date(2026, 9, 11)),),
    ),
)
"""Measure and line, wording, due on, steps: one asked for, one verified, one just observed. Invented."""


def correct(canton: Canton, deals: Deals) -> None:
    """The corrective measures of the group, each in another state."""
    sheet, house = canton.sheet, canton.house
    for code, line, wording, due, steps in _CORRECTIVES:
        deal = deals[code, line]
        made = sheet.put(
            "corrective_measure", agreement_id=deal.id, respondent_unit_id=house.units["LMMT"],
            wording=f"{wording} {MARK}", observed_on=steps[0][2], due_on=due, state=steps[-1][1],
            version=len(steps), recorded_at=utc(steps[0][2], 14),
        )  # fmt: skip
        for event, state, day in steps:
            sheet.put(
                "corrective_step", corrective_id=made, event=event, state=state, due_on=due, effective_on=day,
                recorded_at=utc(day, 14), account_id=house.accounts["gc"], unit_id=house.units["GC"],
            )  # fmt: skip


def notify(canton: Canton, held: Sequence[Held]) -> None:
    """Recent wishes stand among the provider's notices, recent answers among those of the asking unit."""
    for one in held:
        told: list[tuple[datetime, str, int, dict[str, Any]]] = []
        facts = {"measure": one.spec.name, "first": one.planned.start}
        until = canton.calendar.after(one.reserved.date(), 10)
        provider = canton.house.provider_units[one.spec.provider]
        told.append((one.reserved, "placement-reserved", provider, {**facts, "until": until}))
        if one.answer is not None:
            told.append((one.answered, f"placement-{one.answer}", one.wish.unit, facts))
        for at, kind, unit, said in told:
            if canton.now - RECENT < at < canton.now:
                canton.sheet.put(
                    "notice", unit_id=unit, kind=kind, subject="placement", subject_ref=one.ref,
                    person_id=one.wish.case.dossier.person_id, created_at=at,
                    facts={name: plain(value) for name, value in said.items()},
                )  # fmt: skip
