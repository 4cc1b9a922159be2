"""What a provider's home tells, through the API: staff notices, stays at risk, volumes, attendance due."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlmodel import Session

from cii.conventions.actions import stored
from cii.conventions.parts_deal import OfferVolume, Price, Volume
from cii.conventions.tables import ConventionPart
from cii.conventions.vocabulary import Part
from cii.kernel.money import Chf

STAFF = {"change": "left", "function": "Coach en insertion", "qualification": "Bachelor", "effective_on": "2026-12-31"}  # fmt: skip


@pytest.mark.parametrize(
    ("change", "field"),
    [({"function": " "}, "function"), ({"qualification": ""}, "qualification"), ({"workload": 0}, "workload"),
     ({"change": "moved"}, "change"), ({"effective_on": "2026-02-31"}, "effective_on"), ({"ref": "x"}, "ref")],
)  # fmt: skip
def test_what_is_no_change_of_staff_names_its_field(november, change, field):
    no = november.as_("provider").post("/provider/staff-notices", {**STAFF, **change}, 422)

    assert [one["field"] for one in no["reasons"]] == [field]


def test_what_was_told_of_staff_is_read_by_who_told_it(november):
    provider = november.as_("provider")

    told = provider.post("/provider/staff-notices", STAFF, 201)

    assert provider.get("/provider/staff-notices")["items"] == [told]
    assert told["workload"] == 100


def test_a_stay_at_risk_says_why_and_whether_an_interruption_was_told(november):
    provider, stay = november.as_("provider"), next(iter(november.placements.values()))
    assert provider.get("/provider/risks")["items"] == []
    marks = {"marks": [{"day": "2026-11-02", "presence": "unexcused_absence"}]}
    provider.post(f"/placements/{stay}/attendance", marks, 200)

    (risk,) = provider.get("/provider/risks")["items"]
    provider.post(
        f"/placements/{stay}/interruption-notices",
        {"reason": "absences", "expected_on": "2026-11-20", "wording": "Absences."},
        201,
    )
    (after,) = provider.get("/provider/risks")["items"]

    assert (risk["placement_ref"], risk["kind"], risk["since"]) == (stay, "unexcused_unpaid", "2026-11-01")
    assert (risk["days"], risk["unpaid"], risk["told_for"]) == (1, 1, None)
    assert after == {**risk, "told_for": "2026-11-20"}


def test_a_volume_is_told_with_what_it_will_come_to(november):
    """Three stays of November bind far more than a total of a hundred francs."""
    provider, ref = november.as_("provider"), november.stage.agreements["LACI"]
    assert provider.get("/provider/volumes")["items"] == []
    with Session(november.engine) as session:
        own = session.execute(text("SELECT id FROM agreement WHERE ref = :ref"), {"ref": ref}).scalar_one()
        for part, said in (
            (Part.VOLUME, Volume(offers=(OfferVolume(),))),
            (Part.PRICE, Price(total=Chf(10000))),
        ):
            body = stored(part, said)
            session.add(
                ConventionPart(agreement_id=own, part=part, body=body, recorded_at=november.clock.now())
            )
        session.commit()

    (total,) = provider.get("/provider/volumes")["items"]

    assert november.as_("contracts").get(f"/agreements/{ref}/volumes")["items"] == [total]
    assert provider.get(f"/agreements/{ref}/volumes")["items"] == [total]
    assert november.as_("group").get(f"/agreements/{ref}/volumes")["items"] == []
    assert (total["agreement_ref"], total["volume"], total["measure"]) == (ref, "money", None)
    assert (total["agreed"], total["first"], total["last"]) == (10000, "2026-01-01", "2026-12-31")
    assert total["prospect"] in {"over", "likely_over"}
    assert total["over_on"].startswith("2026-11-")
    assert total["projected"] >= total["bound"] > 10000


def test_ones_own_indicators_are_told_against_their_targets(november):
    found = november.as_("provider").get("/provider/indicators")["items"]

    rate = next(one for one in found if one["title"]["fr"] == "Taux de réinsertion")
    assert rate["unit"] == "percent"
    assert 0 < rate["target"] <= 1000
    assert rate["light"] in {"green", "amber", "red", "none"}


def test_attendance_that_is_missing_is_told_by_stay_with_its_term(november):
    """Nothing of November is attested, of the two whom the AC pays; the third working day of December is Thursday the 3rd."""
    november.clock.moves(datetime(2026, 12, 3, 9, tzinfo=UTC) - november.clock.now())
    on_time = november.as_("provider").get("/provider/attestations")["items"]
    november.clock.moves(timedelta(days=1))
    late = november.as_("provider").get("/provider/attestations")["items"]

    assert {one["placement_ref"] for one in on_time} < set(november.placements.values())
    assert len(on_time) == 2
    assert {(one["month"], one["due_on"], one["late"]) for one in on_time} == {
        ("2026-11-01", "2026-12-03", False)
    }
    assert all(one["days"] == 21 for one in on_time)
    assert [one["late"] for one in late] == [True] * len(on_time)


@pytest.mark.parametrize("what", ["staff-notices", "volumes", "indicators", "risks", "attestations"])
def test_nobody_but_a_provider_has_these_doors(november, what):
    for who in ("orp", "contracts", "finance", "officer"):
        november.as_(who).get(f"/provider/{what}", 403)
