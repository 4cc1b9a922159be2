"""The night that tells of dates, over months of nights: missed, killed and run again, each warning comes once."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any

import pytest
from sqlmodel import Session, select

from cii.agreements.actions import put_in_force, sign
from cii.agreements.actions_terms import add_tariff
from cii.agreements.ending import TerminateAgreement, terminate
from cii.agreements.living import agreement_in_force
from cii.agreements.tables import Agreement
from cii.agreements.vocabulary import Basis, EndGrounds, Profile
from cii.conventions.actions import stored
from cii.conventions.dates import coming, watch_dates
from cii.conventions.following import Amend, TakeOption, amend, take_option
from cii.conventions.parts_conduct import Term
from cii.conventions.tables import ConventionPart
from cii.conventions.vocabulary import Part
from cii.jobs.registry import JOBS
from cii.jobs.runs import Bell, catch_up, run_once
from cii.kernel.clock import ZURICH, FixedClock
from cii.notices.tables import Notice
from cii.store.parameters import publish_parameters
from cii.store.settings import HOUSE, Settings
from cii.store.work import Work
from tests.agreements.build_agreements import Market, a_market, acting

FIRST, LAST = date(2026, 8, 15), date(2027, 1, 5)
CHANGED = date(2026, 10, 16)
NIGHT = [job for job in JOBS if job.name in {"agreements", "agreement-dates"}]
TELLING = NIGHT[1]


def killed(work: Work, day: date) -> None:
    """A night that has written its notices when the machine goes down."""
    watch_dates(work, day)
    raise SystemExit


def at(work: Work, day: date) -> Work:
    """The same transaction on that morning."""
    return replace(work, now=datetime.combine(day, time(9), ZURICH))


def into_force(work: Work, market: Market, draft: Agreement) -> None:
    sign(acting(work, market.signer), draft.ref)
    put_in_force(acting(work, market.drafter), draft.ref)


def option_of(work: Work, agreement: Agreement, months: int) -> None:
    body = stored(Part.TERM, Term(option_months=months))
    work.session.add(
        ConventionPart(agreement_id=agreement.id or 0, part=Part.TERM, body=body, recorded_at=work.now)
    )
    work.session.flush()


def canton(work: Work) -> tuple[dict[str, str], Callable[[Work], None]]:
    """Four agreements by their number; then what happens to three of them in October."""
    publish_parameters(work.session, HOUSE / "workflows" / "parameters", work.now)
    one, two = a_market(work), a_market(work)
    amended, extended, ended = one.agreement(), two.agreement(), two.agreement(two.social)
    insured = one.agreement(one.social, profile=Profile.AI, valid_from=date(2024, 3, 1), last_day=None)
    option_of(work, extended, 6)
    gone = TerminateAgreement(ended.ref, date(2026, 12, 31), "Fin du besoin", EndGrounds.MUTUAL)
    terminate(acting(work, two.drafter), gone)

    def october(later: Work) -> None:
        follower = amend(acting(later, one.drafter), Amend(amended.ref, date(2026, 12, 1)))
        into_force(later, one, follower)
        into_force(later, two, take_option(acting(later, two.drafter), TakeOption(extended.ref)))

    names = {
        amended.number: "amended", f"{amended.number}/A1": "amendment", extended.number: "extended",
        f"{extended.number}/O1": "option", ended.number: "ended", insured.number: "insured",
    }  # fmt: skip
    return names, october


def told(bell: Bell, names: dict[str, str]) -> Counter[tuple[str, str, str]]:
    """How often each was told: which agreement, what, to whom."""
    with Session(bell.engine) as session:
        rows: list[Any] = list(session.exec(select(Notice)))
    return Counter(
        (names[row.facts["number"]], row.kind, "provider" if row.unit_id else "preparer")
        for row in rows
        if row.kind.removeprefix("agreement-") in {"end", "option", "notice", "renegotiation"}
    )


@pytest.mark.parametrize("seed", range(4))
def test_each_warning_comes_once_over_months_of_broken_nights(fresh_engine, settings: Settings, seed: int):
    """Workers are away for up to twelve nights, killed at the end of a run, started twice, run again by hand."""
    chance = Random(seed)
    ring = lambda day: Bell(fresh_engine, FixedClock(datetime.combine(day, time(3, 30), ZURICH)), settings)  # noqa: E731
    with ring(FIRST).working() as work:
        names, october = canton(work)
    catch_up(ring(FIRST), NIGHT)
    day = FIRST
    while day < LAST:
        if chance.random() < 0.2:
            day += timedelta(days=chance.randint(1, 12))
        day = min(day + timedelta(days=1), LAST)
        if day >= CHANGED and october is not None:
            catch_up(ring(CHANGED), NIGHT)
            with ring(CHANGED).working() as work:
                october(work)
            october = None
        if chance.random() < 0.3 and day != CHANGED:
            with pytest.raises(SystemExit):
                catch_up(ring(day), [replace(TELLING, place="tests.conventions.test_nights:killed")])
        catch_up(ring(day), NIGHT)
        assert catch_up(ring(day), NIGHT) == []
        if chance.random() < 0.2:
            run_once(ring(day), TELLING, day - timedelta(days=1), again=True)

    expected = {
        ("ended", "agreement-end"): 2, ("amended", "agreement-end"): 1, ("amendment", "agreement-end"): 1,
        ("extended", "agreement-end"): 2, ("extended", "agreement-option"): 1,
        ("insured", "agreement-renegotiation"): 1, ("insured", "agreement-notice"): 1,
    }  # fmt: skip
    assert told(ring(LAST), names) == {
        (*what, to): times for what, times in expected.items() for to in ("provider", "preparer")
    }


def test_a_price_of_the_ai_is_done_when_an_amendment_carries_the_new_one(work: Work):
    publish_parameters(work.session, HOUSE / "workflows" / "parameters", work.now)
    market = a_market(work)
    former = market.agreement(profile=Profile.AI, last_day=None, valid_from=date(2024, 1, 1))
    due = lambda: [(one.number, one.kind, one.warned) for one in coming(at(work, date(2027, 2, 1)))]  # noqa: E731
    assert (former.number, "renegotiation", True) in due()

    made = amend(acting(work, market.drafter), Amend(former.ref, date(2027, 1, 1)))
    dearer = market.tariff(made, market.ac, "2310", Basis.WEEKDAYS, date(2027, 1, 1))
    add_tariff(acting(work, market.drafter), dearer)
    assert (former.number, "renegotiation", True) in due(), "a draft changes no price"
    into_force(work, market, made)

    assert due() == [
        (made.number, "notice", False),
        (made.number, "renegotiation", False),
    ]


def test_an_option_is_told_of_until_it_is_taken_and_signed(work: Work):
    publish_parameters(work.session, HOUSE / "workflows" / "parameters", work.now)
    market = a_market(work)
    former = market.agreement()
    option_of(work, former, 12)
    kinds = lambda: [one.kind for one in coming(work) if one.number == former.number]  # noqa: E731

    made = take_option(acting(work, market.drafter), TakeOption(former.ref))
    assert kinds() == ["end", "option"]
    sign(acting(work, market.signer), made.ref)

    assert kinds() == ["end"]


@pytest.mark.parametrize(("day", "takes"), [(date(2026, 12, 31), True), (date(2027, 1, 1), False)])
def test_an_agreement_takes_placements_to_its_last_day_and_none_after(work: Work, day: date, takes: bool):
    market = a_market(work)
    market.agreement()

    held = agreement_in_force(work, market.measure.id or 0, market.ac.id or 0, day)

    assert (held is not None) is takes
