"""Each sees the findings about what is theirs; who reads every line sees all."""

from dataclasses import replace
from datetime import date

from sqlmodel import select

from cii.access.vocabulary import Role
from cii.institutions.queries import unit_by_code
from cii.placements.tables import PlacementShare
from cii.reconciliation.actions import reconcile
from cii.reconciliation.queries import findings_list
from cii.reconciliation.tables import Finding
from cii.reconciliation.vocabulary import FindingKind, FindingUnit, Severity
from cii.store.work import Work
from tests.agreements.build_agreements import acting, an_actor
from tests.reconciliation.tampering import tamper
from tests.settlement.build_settlement import a_desk

ROLES = {"AC": ("LMMT", Role.FINANCE), "AS": ("ODAS", Role.FINANCE), "AI": ("OAI-REA", Role.FINANCE)}


def seen(work: Work, unit: str, role: str) -> list[tuple[str, str]]:
    rows = findings_list(acting(work, an_actor(work, unit_by_code(work, unit), role=role)))
    return [(row.kind.value, row.object_ref) for row in rows]


def test_a_sector_sees_the_findings_of_its_own_lines_statements_and_placements(work: Work):
    desk = a_desk(work)
    desk.attest(desk.stage.started())
    statement = desk.approved()
    for sql in (
        "UPDATE statement SET total = total + 1",
        "UPDATE placement_share SET committed = committed + 1",
    ):
        tamper(work, sql)
    house = replace(desk.stage.work, now=desk.checker.now)

    reconcile(house, date(2026, 12, 2))
    everything = [(row.kind.value, row.object_ref) for row in findings_list(house)]

    assert statement.ref in {ref for _, ref in everything}
    assert len({kind for kind, _ in everything}) > 1
    assert seen(house, *ROLES["AC"]) == everything
    assert seen(house, "GC", Role.COORDINATION_MEMBER) == [
        (kind, None if kind == "placement" else ref) for kind, ref in everything
    ], "the group knows that a place differs, not whose"
    assert seen(house, *ROLES["AS"]) == []


def test_a_finding_about_another_line_of_a_shared_thing_stays_with_that_line(work: Work):
    desk = a_desk(work)
    market, key = desk.stage.market, ((desk.stage.market.ac, 60), (desk.stage.market.social, 40))
    stay = desk.stage.started(None, *key)
    shares = {one.line_id: one.id for one in work.session.exec(select(PlacementShare))}
    ac, social = market.ac, market.social
    agreement = desk.stage.ac
    about = {
        "account": ("account:1", f"{ac.code} 2026 paid"),
        "budget_year": ("budget:1:2026", f"{ac.code} 2026"),
        "budget_ceiling": ("ceiling:1", f"{ac.code} 2026"),
        "agreement": (f"agreement:{agreement.id}:line:{ac.id}", agreement.number),
        "volume": (f"volume:{agreement.id}:{ac.id}:2026", agreement.number),
        "release": (f"release:{stay.id}:{ac.id}", stay.ref),
        "share": (f"share:{shares[ac.id]}:2026-11-01", stay.ref),
    }
    kinds = {"volume": "agreement", "release": "placement", "share": "placement"}
    for name, (object_key, ref) in about.items():
        a_finding(work, kinds.get(name, name), object_key, ref)
    a_finding(work, "placement", f"share:{shares[social.id]}:2026-11-01", stay.ref)
    a_finding(work, "placement", f"placement:{stay.id}", stay.ref)
    a_finding(work, "measure", "measure:1", "AT-01")

    own, theirs = seen(work, *ROLES["AC"]), seen(work, *ROLES["AS"])

    assert len(own) == len(about) + 2
    assert theirs == [("balance", stay.ref), ("balance", stay.ref), ("balance", "AT-01")]
    assert seen(work, *ROLES["AI"]) == [("balance", "AT-01")]


def a_finding(work: Work, kind: str, key: str, ref: str) -> None:
    work.session.add(
        Finding(
            kind=FindingKind.BALANCE, severity=Severity.ERROR, object_kind=kind, object_key=key,
            object_ref=ref, unit=FindingUnit.CENTIMES, expected=0, found=1, difference=1, facts={},
            since=date(2026, 12, 2),
        )
    )  # fmt: skip
    work.session.flush()
