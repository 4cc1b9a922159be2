"""Terms that decide what a stay costs, through the API: a tariff of an agreement, a break of a stay."""

from tests.journeys.caller import codes


def test_a_signed_agreement_tells_its_tariffs_and_takes_no_other(november):
    contracts = november.as_("contracts")
    path = f"/agreements/{november.stage.agreements['LACI']}"
    bought = contracts.get(path)["bought"][0]
    wish = {
        "measure_ref": bought["measure"]["ref"], "line_ref": bought["line"]["ref"], "valid_from": "2026-12-01",
        "basis": "hour", "amount": "32.50", "day_minutes": 480,
    }  # fmt: skip

    refused = contracts.post(f"{path}/tariffs", wish, 409, seen=path)

    assert codes(refused) == ["agreement-signed-already"]
    told = contracts.get(path)["tariffs"][0]
    assert (told["basis"], told["full_from"], told["guarantee"]) == ("weekdays", None, None)


def test_a_stay_is_interrupted_and_tells_its_break(november):
    provider, name = november.as_("provider"), next(iter(november.placements))
    path = f"/placements/{november.placements[name]}"
    days = {"starts_on": "2026-11-09", "ends_on": "2026-11-13"}

    done = provider.post(f"{path}/breaks", days, seen=path)
    twice = provider.post(f"{path}/breaks", days, 409, seen=path)

    assert done["breaks"] == [{"first": "2026-11-09", "last": "2026-11-13"}]
    assert codes(twice) == ["break-overlaps"]
