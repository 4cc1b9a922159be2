"""Builders for settlement: a month attested by the provider, and the persons who check, approve and pay."""

from dataclasses import dataclass, replace
from datetime import date

from cii.access.vocabulary import Role
from cii.budgets.queries import position_of
from cii.institutions.queries import unit_by_code
from cii.placements.tables import Placement
from cii.settlement.actions import (
    Mark,
    PrefillStatement,
    RecordAttendance,
    approve,
    check_statement,
    pay,
    prefill_statement,
    record_attendance,
    submit,
)
from cii.settlement.tables import Statement
from cii.settlement.vocabulary import Presence
from cii.store.work import Work
from tests.placements.build_placements import Stage, a_stage

NOVEMBER = date(2026, 11, 1)
LATER = date(2026, 12, 3)


@dataclass
class Desk:
    """A stage with its provider and three persons of the unemployment insurance's finance, in December."""

    stage: Stage
    provider: Work
    checker: Work
    approver: Work
    payer: Work

    @property
    def work(self) -> Work:
        return self.stage.work

    def on(self, day: date) -> "Desk":
        """The same persons on another day."""
        now = self.stage.on(day).now
        hands = (self.provider, self.checker, self.approver, self.payer)
        return Desk(self.stage, *(replace(one, now=now) for one in hands))

    def attest(self, placement: Placement, month: date = NOVEMBER, **absences: Presence):
        """The whole month up to today: present but for the days named d03=Presence.SICK."""
        marks = tuple(Mark(month.replace(day=int(day[1:])), presence) for day, presence in absences.items())
        return record_attendance(self.provider, RecordAttendance(placement.ref, marks, others_present=month))

    def prefill(self, line=None, agreement=None, by: Work | None = None, month: date = NOVEMBER) -> Statement:
        asked = PrefillStatement((agreement or self.stage.ac).ref, (line or self.stage.market.ac).ref, month)
        return prefill_statement(by or self.provider, asked)

    def approved(self, month: date = NOVEMBER) -> Statement:
        statement = self.prefill(month=month)
        submit(self.provider, statement.ref)
        check_statement(self.checker, statement.ref)
        return approve(self.approver, statement.ref)

    def paid(self, month: date = NOVEMBER) -> Statement:
        statement = self.approved(month)
        pay(self.payer, statement.ref)
        return statement

    def sums(self, line=None) -> dict[str, str]:
        found = position_of(self.work, (line or self.stage.market.ac).id, 2026)
        names = ("committed", "accrued", "invoiced", "paid")
        return {name: str(getattr(found, name)) for name in names if getattr(found, name)}


def a_desk(work: Work, **terms) -> Desk:
    """The desk; `terms` are budgets (`ac`, `social`) and terms of the AC's tariff."""
    stage = a_stage(work, **terms)
    lmmt = unit_by_code(work, "LMMT")
    later = stage.on(LATER)

    def somebody(unit, role: Role) -> Work:
        return replace(later, actor=stage.actor(unit, role).actor, seen=[])

    return Desk(
        stage,
        somebody(stage.provider_unit, Role.PROVIDER),
        somebody(lmmt, Role.CONTRACT_MANAGER),
        somebody(lmmt, Role.FINANCE),
        somebody(lmmt, Role.FINANCE),
    )
