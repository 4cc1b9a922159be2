"""What is known of a person when a place is looked for."""

from cii.routing.actions import facts_for_place
from cii.routing.rules import PlaceFacts, place_facts
from tests.institutions.build_institutions import line_by_code
from tests.routing.build_routing import a_town, an_announced


def test_what_is_not_known_is_absent_and_not_guessed():
    assert place_facts(PlaceFacts("AC")) == {"sector": "AC"}


def test_groups_follow_from_age_training_and_capacity():
    facts = place_facts(PlaceFacts("SMIG", age=50, training="none", work_capacity=60, spoken="2"))

    assert facts["target_groups"] == ("low_skilled", "over_fifty", "health_limited", "migration")
    assert facts["language_level"] == 2


def test_the_finder_is_told_what_the_case_holds_and_the_reader_may_see(work):
    town = a_town(work)
    case = an_announced(town.hands["ORP"]).case

    facts = facts_for_place(town.hands["ORP"], case.ref, line_by_code(work, "LACI").ref)

    assert facts == {
        "sector": "AC",
        "age": 46,
        "region": "val-de-travers",
        "language": "fr",
        "work_capacity": 60,
        "framework_days_left": 80,
        "months_since_registration": 14,
        "target_groups": ("health_limited",),
    }
