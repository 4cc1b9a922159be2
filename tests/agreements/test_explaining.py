"""A computation told in words, in three languages: whoever reads it can compute it again."""

from datetime import date

import pytest

from cii.agreements.explaining import explained_in_words
from cii.agreements.rules_proration import Attended, Rate, price
from cii.agreements.vocabulary import Basis
from cii.kernel.money import Chf
from cii.kernel.period import Period
from cii.texts.languages import LANGUAGES

MARCH = Period.through(date(2026, 3, 3), date(2026, 3, 20))
BREAK = Period.through(date(2026, 3, 9), date(2026, 3, 13))


def rate(amount: str, basis: Basis, **more) -> Rate:
    return Rate(7, date(2000, 1, 1), None, basis, Chf.parse(amount), **more)


def told(basis: Basis, lang: str = "fr", stay: Period = MARCH, amount: str = "2200", **more) -> list[str]:
    asked = {
        name: more.pop(name)
        for name in ("weights", "breaks", "closures", "workload", "attended")
        if name in more
    }
    line = price(stay, [rate(amount, basis, **more)], **asked).lines[0]
    return [
        one.replace("\u00a0", " ").replace("\u202f", " ")
        for one in explained_in_words({**line.explained(), "payer": 0}, lang)
    ]


def test_each_step_from_the_days_to_the_payers_part_is_told():
    expected = frozenset(day for day in MARCH.days() if day.weekday() < 5 and day not in BREAK)
    seen = Attended(expected, expected - {date(2026, 3, 4)})

    assert told(Basis.WEEKDAYS, breaks=[BREAK], weights=(60, 40), attended=seen) == [
        "Jours : 03.03.2026–20.03.2026.",
        "Tarif : CHF 2'200.00, par mois, au prorata des jours ouvrables.",
        "Séjour interrompu : 09.03.2026–13.03.2026.",
        "Part du mois : 9/22 (0.4091).",
        "Jours payés : 8 sur 9 attendus.",
        "Non payés : 04.03.2026.",
        "Arrondi une fois au centime : CHF 800.00.",
        "Réparti entre les payeurs (60 / 40) : part de celui-ci CHF 480.00.",
        "Règle de calcul : proration/2.",
    ]


@pytest.mark.parametrize(
    ("basis", "more", "sentence"),
    [
        (Basis.CALENDAR_DAYS, {"closures": [BREAK]}, "Fermeture convenue : 09.03.2026–13.03.2026."),
        (Basis.WEEK, {}, "Semaines de cinq jours ouvrables : 2.8."),
        (Basis.STARTED_WEEK, {}, "3 unités entamées, dues en entier."),
        (Basis.AGREED_PLACES, {"places": 6}, "6 places convenues ; part du mois : 18/31 (0.5806)."),
        (Basis.HOUR, {"day_minutes": 450}, "Heures prévues : 105, à 7.50 heures par jour ouvrable."),
        (Basis.WEEKDAYS, {"full_from": 80, "half_from": 40, "workload": 50},
         "Taux d'occupation de 50 % : compte pour 50 %."),
        (Basis.PERIOD, {"spread": Period(date(2026, 1, 1), date(2026, 4, 1))},
         "Somme convenue pour la période 01.01.2026–31.03.2026, en mensualités égales ; part de ces jours : 1/3."),
    ],
)  # fmt: skip
def test_each_basis_says_what_it_counts(basis, more, sentence):
    assert sentence in told(basis, **more)


def test_hours_paid_are_told_beside_hours_planned():
    expected = frozenset(day for day in MARCH.days() if day.weekday() < 5)
    seen = Attended(expected, expected, {date(2026, 3, 4): 240})

    assert "Heures payées : 108 sur 112 prévues." in told(Basis.HOUR, day_minutes=480, attended=seen)


def test_a_correction_tells_what_is_due_what_was_stated_and_the_difference():
    line = price(MARCH, [rate("2200", Basis.WEEKDAYS)]).lines[0].explained()

    said = explained_in_words({"now": [line], "stated": [150_000]}, "en")

    assert said[-1].replace("\u00a0", " ") == (
        "Due today: CHF 1'400.00; stated before: CHF 1'500.00; difference: CHF −100.00."
    )


def test_every_language_tells_every_step():
    expected = frozenset(day for day in MARCH.days() if day.weekday() < 5)
    seen = Attended(expected, expected - {date(2026, 3, 4)})
    asked = {"breaks": [BREAK], "closures": [BREAK], "weights": (1, 1), "attended": seen, "workload": 50}

    said = [
        told(basis, lang, full_from=80, half_from=40, day_minutes=480, **asked)
        for basis in Basis
        for lang in LANGUAGES
    ]

    assert {len(one) for one in said} == {11}
