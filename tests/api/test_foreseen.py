"""Early warnings through the API: an interruption of a stay, an overrun of an agreement."""

import pytest

from tests.journeys.caller import codes

TOLD = {"reason": "absences", "expected_on": "2026-11-20", "wording": "Trois absences."}
OVER = {"kind": "volume", "days": 60, "expected_on": "2026-12-01", "wording": "Plus de places."}


@pytest.fixture
def stay(november):
    return f"/placements/{next(iter(november.placements.values()))}/interruption-notices"


@pytest.fixture
def agreement(november):
    return f"/agreements/{november.stage.agreements['LACI']}/overrun-notices"


def test_an_interruption_is_told_and_answered_once(november, stay):
    provider, orp = november.as_("provider"), november.as_("orp")

    told = provider.post(stay, TOLD, 201)
    twice = provider.post(stay, {**TOLD, "reason": "conduct"}, 409)
    assert [one["ref"] for one in orp.get(stay)["items"]] == [told["ref"]]
    done = orp.post(f"{stay}/{told['ref']}/answer", {"answer": "Entretien le 18."}, 200)
    again = orp.post(f"{stay}/{told['ref']}/answer", {"answer": "Encore."}, 409)

    assert (told["reason"], told["answer"]) == ("absences", None)
    assert codes(twice) == ["interruption-foreseen-already"]
    assert done["answer"] == "Entretien le 18."
    assert codes(again) == ["interruption-answered-already"]


@pytest.mark.parametrize(
    ("change", "field"),
    [({"wording": " "}, "wording"), ({"expected_on": "2027-12-01"}, "expected_on"), ({"reason": "whim"}, "reason"),
     ({"expected_on": "2026-02-31"}, "expected_on"), ({"account_id": 1}, "account_id")],
)  # fmt: skip
def test_what_is_no_interruption_names_its_field(november, stay, change, field):
    no = november.as_("provider").post(stay, {**TOLD, **change}, 422)

    assert [one["field"] for one in no["reasons"]] == [field]


def test_an_overrun_is_told_and_answered_once(november, agreement):
    provider, contracts = november.as_("provider"), november.as_("contracts")

    told = provider.post(agreement, OVER, 201)
    twice = provider.post(agreement, {**OVER, "days": 61}, 409)
    done = contracts.post(f"{agreement}/{told['ref']}/answer", {"answer": "Avenant."}, 200)
    again = contracts.post(f"{agreement}/{told['ref']}/answer", {"answer": "Encore."}, 409)

    assert (told["days"], told["amount"]) == (60, None)
    assert codes(twice) == ["overrun-told-already"]
    assert done["answer"] == "Avenant."
    assert codes(again) == ["overrun-answered-already"]
    assert provider.get(agreement)["items"] == [done]


@pytest.mark.parametrize(
    ("change", "field"),
    [({"days": None}, "days"), ({"amount": "10.00"}, "days"), ({"days": 0}, "days"), ({"days": 1.5}, "days"),
     ({"kind": "budget", "days": None, "amount": "NaN"}, "amount"), ({"expected_on": "2020-01-01"}, "expected_on")],
)  # fmt: skip
def test_what_is_no_overrun_names_its_field(november, agreement, change, field):
    no = november.as_("provider").post(agreement, {**OVER, **change}, 422)

    assert [one["field"] for one in no["reasons"]] == [field]


def test_a_notice_of_nobody_is_unknown(november, stay, agreement):
    november.as_("orp").post(f"{stay}/zzzzzzzzzz/answer", {"answer": "Rien."}, 404)
    november.as_("contracts").post(f"{agreement}/zzzzzzzzzz/answer", {"answer": "Rien."}, 404)
    november.as_("contracts").post(agreement, OVER, 403)
    november.as_("orp").post(stay, TOLD, 403)
