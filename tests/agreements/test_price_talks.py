"""Since when a price stands: agreed, carried on by an amendment, talked over and kept."""

from datetime import date

import pytest

from cii.agreements.actions import put_in_force, sign
from cii.agreements.actions_terms import add_tariff
from cii.agreements.price_talks import KeepPrices, keep_prices, priced_from, prices_kept
from cii.agreements.rules import AgreementNotInForce
from cii.agreements.rules_dates import PriceTalkAhead, PriceTalkTooEarly
from cii.agreements.tables import Agreement
from cii.agreements.vocabulary import Basis, Profile
from cii.conventions.following import Amend, amend
from cii.kernel.errors import NotAllowed, Refusal
from cii.store.work import Work
from tests.agreements.build_agreements import Market, a_market, acting
from tests.conventions.build_conventions import of_provider

AGREED, CHANGED, TALKED = date(2024, 1, 1), date(2026, 12, 1), date(2026, 10, 1)
WHY = "Les coûts des deux dernières années sont stables."


def insured(work: Work) -> tuple[Market, Agreement]:
    market = a_market(work)
    return market, market.agreement(profile=Profile.AI, last_day=None, valid_from=AGREED, amount="2200")


def amended(work: Work, market: Market, former: Agreement, amount: str | None) -> Agreement:
    mine = acting(work, market.drafter)
    made = amend(mine, Amend(former.ref, CHANGED))
    if amount is not None:
        add_tariff(mine, market.tariff(made, market.ac, amount, Basis.WEEKDAYS, CHANGED))
    sign(acting(work, market.signer), made.ref)
    put_in_force(mine, made.ref)
    return made


def stands(work: Work, agreement: Agreement, day: date) -> date | None:
    return priced_from(work, agreement.id or 0, day)


@pytest.mark.parametrize(
    ("amount", "since"), [(None, AGREED), ("2200", AGREED), ("2310", CHANGED)], ids=["copied", "same", "new"]
)
def test_only_a_new_price_begins_the_three_years_anew(work: Work, amount: str | None, since: date):
    market, former = insured(work)

    made = amended(work, market, former, amount)

    assert stands(work, made, date(2027, 1, 15)) == since
    assert stands(work, former, date(2026, 11, 30)) == AGREED


def test_the_oldest_price_in_use_counts(work: Work):
    market = a_market(work)
    draft = market.agreement(valid_from=AGREED, last_day=None, in_force=False, amount="2200")
    mine = acting(work, market.drafter)
    add_tariff(mine, market.tariff(draft, market.ac, "2310", Basis.WEEKDAYS, date(2025, 1, 1)))

    assert [stands(work, draft, day) for day in (date(2024, 12, 31), date(2025, 1, 1))] == [
        AGREED, date(2025, 1, 1),
    ]  # fmt: skip


def test_a_talk_that_keeps_the_prices_begins_the_three_years_anew(work: Work):
    market, former = insured(work)

    keep_prices(acting(work, market.drafter), KeepPrices(former.ref, TALKED, WHY))

    assert [one.reason for one in prices_kept(work, former.id or 0)] == [WHY]
    assert [stands(work, former, day) for day in (date(2026, 9, 30), TALKED)] == [AGREED, TALKED]
    assert stands(work, amended(work, market, former, None), CHANGED) == TALKED


def test_a_talk_ahead_of_today_or_before_the_price_is_refused(work: Work):
    market, former = insured(work)
    mine = acting(work, market.drafter)

    for day, no in ((date(2026, 10, 16), PriceTalkAhead), (AGREED, PriceTalkTooEarly)):
        with pytest.raises(no) as told:
            keep_prices(mine, KeepPrices(former.ref, day, WHY))
        assert told.value.field == "talked_on"
    assert prices_kept(work, former.id or 0) == []


def test_a_draft_keeps_no_price_and_says_everything_at_once(work: Work):
    market = a_market(work)
    draft = market.agreement(profile=Profile.AI, last_day=None, valid_from=AGREED, in_force=False)

    with pytest.raises(Refusal) as no:
        keep_prices(acting(work, market.drafter), KeepPrices(draft.ref, date(2026, 10, 16), WHY))

    assert {type(one) for one in no.value.reasons} == {AgreementNotInForce, PriceTalkAhead}


def test_only_who_pays_keeps_a_price(work: Work):
    market, former = insured(work)

    with pytest.raises(NotAllowed):
        keep_prices(of_provider(work, market), KeepPrices(former.ref, TALKED, WHY))
    assert prices_kept(work, former.id or 0) == []
