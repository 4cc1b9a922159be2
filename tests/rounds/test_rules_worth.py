import pytest

from cii.rounds.rules_worth import DEFAULT, Fit, Weights, fit_of, marks, speaks


def test_the_best_place_is_worth_a_hundred_points_and_the_worst_none():
    person = Fit("Littoral", frozenset({"fr"}), frozenset({"skilled"}))
    other = Fit("Montagnes", frozenset({"de"}), frozenset({"migration"}))

    assert marks(person, person, asked=True) == {
        "asked": 30,
        "target_group": 30,
        "region": 25,
        "language": 15,
    }
    assert set(marks(person, other, asked=False).values()) == {0}


def test_what_is_unknown_of_the_person_brings_half_and_what_is_open_to_all_brings_everything():
    measure = Fit("Montagnes", frozenset({"fr"}), frozenset({"migration"}))

    assert marks(Fit(), measure, asked=False) == {"asked": 0, "target_group": 15, "region": 12, "language": 7}
    assert marks(Fit(), Fit(), asked=False) == {"asked": 0, "target_group": 30, "region": 25, "language": 15}


def test_who_speaks_french_well_enough_follows_a_measure_in_french():
    german = Fit(languages=frozenset({"de"}))
    french = Fit(languages=frozenset({"fr"}))

    assert fit_of({"language": "de", "language_level": 2}).languages == {"de", "fr"}
    assert fit_of({"language": "de", "language_level": 1}) == german
    assert not speaks(german, french)
    assert speaks(fit_of({"language_level": 2}), french)
    assert speaks(Fit(), french)
    assert speaks(fit_of({"language": "en"}), french)
    assert not speaks(fit_of({"language": "en"}), german)
    assert marks(fit_of({"language": "en"}), french, asked=False)["language"] == 7
    assert marks(fit_of({"language": "fr"}), french, asked=False)["language"] == 15
    assert speaks(german, Fit())


def test_the_facts_of_a_place_tell_region_and_groups():
    assert fit_of({"region": "Littoral", "target_groups": ("skilled",)}) == Fit(
        "Littoral", frozenset(), frozenset({"skilled"}), frozenset({"fr"})
    )
    assert fit_of({}) == Fit(perhaps=frozenset({"fr"}))


def test_the_weights_of_a_mark_sum_to_a_hundred():
    assert DEFAULT.version == "round-1"
    with pytest.raises(ValueError, match="sum to 100"):
        Weights(asked=31)
