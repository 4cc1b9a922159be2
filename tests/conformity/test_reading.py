"""What the checks take over from the room of calls."""

from datetime import date

from cii.calls.facts import CallFacts
from cii.calls.vocabulary import CallKind, SpecPart
from cii.conformity.reading import _call
from cii.conformity.vocabulary import CallItem
from cii.conventions.parts import Text


def test_what_a_call_tells_and_what_a_check_asks_of_it_are_the_same_words():
    assert {one.value for one in SpecPart} == {one.value for one in CallItem}


def test_a_direct_award_is_seen_with_its_criteria_and_whether_everybody_can_read_them():
    told = CallFacts(
        ref="cccccccccc", kind=CallKind.DIRECT, criteria={"price": 40, "results": 60}, scored=frozenset(),
        parts=frozenset({SpecPart.AIMS}), base_requirements="SCI", published_on=date(2026, 9, 1),
        direct_published=True, text=Text(),
    )  # fmt: skip

    seen = _call(told)

    assert seen is not None
    assert (seen.direct, seen.published, seen.requirements_public) == (True, True, True)
    assert (seen.criteria, seen.items) == ({"price", "results"}, {CallItem.AIMS})
    assert _call(None) is None
