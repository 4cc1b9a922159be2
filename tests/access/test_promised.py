"""The table of who sees what, written down once more as the design promises it, and compared role by role."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import col, select

from cii.access.actions import add_membership, close_account, end_membership
from cii.access.passwords import new_token, token_hash
from cii.access.queries import resolve_actor, sections_on_case
from cii.access.sections import mask_for
from cii.access.tables import LoginSession, Membership
from cii.access.vocabulary import NOTHING, Relation, Role, Section
from cii.cases.actions import move_lead
from tests.access.build_access import an_account, as_
from tests.requests.build_requests import a_town

S, R = Section, Relation
ID, M, F, SO, P, PL, N, SF = (
    S.IDENTITY, S.MEDICAL, S.FUNCTIONAL, S.SOCIAL, S.PLAN, S.PLACEMENT, S.NOTES, S.SOCIAL_FACTS,
)  # fmt: skip
MANAGER = ID | F | SF | P | PL | N
"""What a manager reads of a case: identity, functional limits, yes/no facts, grid and plan, placement, own notes."""

PROMISED: dict[tuple[Role, Relation, str | None], tuple[Section, Section]] = {}
"""Role, relation, sector → what it reads, what it writes; a combination that is not here opens nothing."""

for _role in (Role.CASE_MANAGER, Role.SUPERVISOR):
    for _sector, _reads, _writes in (
        (None, NOTHING, NOTHING), ("AC", NOTHING, NOTHING), ("SFPO", NOTHING, NOTHING),
        ("AS", SO | SF, SO | SF), ("AI", M, NOTHING),
    ):  # fmt: skip
        PROMISED[_role, R.OWN, _sector] = MANAGER | _reads, ID | SF | P | PL | N | _writes
        PROMISED[_role, R.PARTY, _sector] = MANAGER | _reads, P | PL | N | _writes
        PROMISED[_role, R.FORMER, _sector] = MANAGER | (SO if _sector == "AS" else NOTHING), NOTHING
        PROMISED[_role, R.AGENDA, _sector] = ID | P | PL, NOTHING
        PROMISED[_role, R.BREAK_GLASS, _sector] = ID | F | P | PL, NOTHING
for _sector in (None, "AC", "AI", "AS", "SFPO"):
    for _tie in (R.OWN, R.PARTY):
        PROMISED[Role.PHYSICIAN, _tie, _sector] = ID | M | F | P | PL, M | F
        PROMISED[Role.FINANCE, _tie, _sector] = ID | PL, NOTHING
    PROMISED[Role.COORDINATION_MEMBER, R.AGENDA, _sector] = ID | P | PL, NOTHING
    PROMISED[Role.COORDINATION_GUEST, R.AGENDA, _sector] = ID | P | PL, NOTHING
    PROMISED[Role.REFERRAL_SERVICE, R.OWN, _sector] = ID | P | PL, ID | P
    PROMISED[Role.REFERRAL_SERVICE, R.PARTY, _sector] = ID | P | PL, NOTHING
    PROMISED[Role.PROVIDER, R.PROVIDER, _sector] = ID | F | PL, PL
    PROMISED[Role.AUDITOR, R.BREAK_GLASS, _sector] = ID | P | PL, NOTHING


@pytest.mark.parametrize("sector", [None, "AC", "AI", "AS", "SFPO"])
@pytest.mark.parametrize("role", Role)
def test_each_role_sees_in_each_relation_what_the_design_promises(role, sector):
    for relation in Relation:
        mask = mask_for(role, relation, sector)
        assert (mask.reads, mask.writes) == PROMISED.get((role, relation, sector), (NOTHING, NOTHING)), (
            relation
        )


def test_internal_notes_and_social_content_stay_with_their_own_side():
    notes = {role for (role, _, _), (reads, _) in PROMISED.items() if reads & N}
    social = {sector for (_, _, sector), (reads, _) in PROMISED.items() if reads & SO}

    assert notes == {Role.CASE_MANAGER, Role.SUPERVISOR}
    assert social == {"AS"}


def test_nobody_writes_what_they_do_not_read():
    assert all(not writes & ~reads for reads, writes in PROMISED.values())


def test_a_former_lead_reads_until_a_swiss_midnight_whatever_the_season(work):
    """Moved on 15 October, in summer time: thirty whole days, until the night to 15 November, in winter time."""
    town = a_town(work)
    manager = town.hands["manager"]
    move_lead(work, town.case, town.units["social"].id, stays=False)

    for moment, reads in (
        (datetime(2026, 11, 14, 22, 59, 59, tzinfo=UTC), True),
        (datetime(2026, 11, 14, 23, 0, tzinfo=UTC), False),
    ):
        assert bool(sections_on_case(replace(manager, now=moment), town.case.id)[0]) is reads


def test_a_seat_that_ends_and_a_role_that_changes_act_in_the_next_request(work):
    town = a_town(work)
    unit = town.units["lead"]
    account = an_account(work, (unit, Role.CASE_MANAGER))
    _, token = log_in_without_password(work, account)
    assert sections_on_case(as_(work, resolve_actor(work.session, token, work.now)), town.case.id)[0] & S.PLAN

    seat = work.session.exec(select(Membership).where(col(Membership.account_id) == account.id)).one()
    end_membership(work, seat)
    gone = resolve_actor(work.session, token, work.now)
    assert sections_on_case(as_(work, gone), town.case.id) == (NOTHING, NOTHING)

    add_membership(work, account, unit.id, Role.FINANCE)
    other = resolve_actor(work.session, token, work.now)
    assert sections_on_case(as_(work, other), town.case.id)[0] == ID | PL
    close_account(work, account)
    assert resolve_actor(work.session, token, work.now) is None


def log_in_without_password(work, account):
    """An open session of that account."""
    token = new_token()
    work.session.add(
        LoginSession(
            token_hash=token_hash(token), account_id=account.id, csrf="c", created_at=work.now,
            expires_at=work.now + timedelta(hours=1),
        )
    )  # fmt: skip
    work.session.flush()
    return account, token
