"""A difference between two versions is told in the reader's words: names, labels, days; never a code or a bare list."""

from dataclasses import replace
from datetime import date

from flask import g

from cii.agreements.vocabulary import Basis, Direction, IndicatorUnit
from cii.conventions.comparing import GAUGES, RATES, Difference, Kind
from cii.conventions.whole import Gauge, Rate
from cii.kernel.money import Chf
from cii.texts.formats import DASH
from cii.web.version_words import difference_said

NAMES = {"MIP-1": "Atelier bois"}
RATE = Rate(
    "mmmmmmmmmm", "llllllllll", date(2026, 1, 1), None, Basis.STARTED_MONTH, Chf.parse("2200"), 1, True, None,
    excused_days=5,
)  # fmt: skip

GAUGE = Gauge(
    "gggggggggg", "oooooooooo", "absence", {"fr": "Jours d'absence par mois"}, IndicatorUnit.PERCENT,
    Direction.UP, 800, 600, "occupancy", None,
)  # fmt: skip


def plain(said):
    return said.replace("\u00a0", " ").replace("\u202f", " ")


def test_an_added_tariff_names_measure_day_and_each_field(site):
    with site.app.test_request_context("/?lang=fr"):
        told = difference_said(
            Difference(RATES, ("MIP-1 · LACI · 2026-10-01",), Kind.ADDED, None, RATE), NAMES
        )

    assert plain(told["where"]) == "Atelier bois · LACI · dès le 01.10.2026"
    assert "Montant : CHF 2'200.00" in plain(told["after"])
    assert "Mois entamé dû" in told["after"]
    assert "Absences excusées payées (jours par mois) : 5" in plain(told["after"])
    assert "Garantie" not in told["after"]
    assert "Non" not in told["after"]
    assert told["before"] == DASH


def test_a_changed_amount_stands_under_its_label(site):
    path = ("MIP-1 · LACI", "amount")
    with site.app.test_request_context("/?lang=fr"):
        told = difference_said(Difference(RATES, path, Kind.CHANGED, RATE.amount, Chf.parse("2400")), NAMES)
        same = difference_said(
            Difference(RATES, path[:1], Kind.REMOVED, replace(RATE, guarantee=80), None), NAMES
        )

    assert plain(told["where"]) == "Atelier bois · LACI › Montant"
    assert plain(told["after"]).endswith("2'400.00")
    assert "Garantie (%) : 80" in plain(same["before"])


def test_an_end_is_told_by_the_last_day(site):
    with site.app.test_request_context("/?lang=fr"):
        told = difference_said(
            Difference(RATES, ("MIP-1", "valid_to"), Kind.CHANGED, date(2027, 1, 1), None), NAMES
        )

    assert plain(told["where"]) == "Atelier bois › Dernier jour"
    assert (told["before"], told["after"]) == ("31.12.2026", DASH)


def test_values_of_an_indicator_stand_with_their_unit_under_its_title(site):
    path, gauges = ("absence", "target"), ({"absence": GAUGE}, {"absence": replace(GAUGE, unit="francs")})
    with site.app.test_request_context("/?lang=fr"), site.work() as g.work:
        changed = difference_said(Difference(GAUGES, path, Kind.CHANGED, 800, 12000), NAMES, gauges)
        gone = difference_said(Difference(GAUGES, path[:1], Kind.REMOVED, GAUGE, None), NAMES, gauges)

    assert plain(changed["where"]) == "Jours d'absence par mois › Cible"
    assert (plain(changed["before"]), plain(changed["after"])) == ("80 %", "CHF 120.00")
    assert "Cible : 80 %" in plain(gone["before"])
    assert "Minimum : 60 %" in plain(gone["before"])
    assert "occupancy" not in gone["before"]
    assert gone["after"] == DASH
