import json
from datetime import UTC, date, datetime
from enum import Enum, StrEnum
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cii.kernel.digest import canonical, digest, plain
from cii.kernel.money import Chf

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"]), max_size=5), inner, max_size=4)
    ),
    max_leaves=12,
)


def as_the_standard_library_writes(value: object) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


class Sector(StrEnum):
    AC = "AC"


class Step(Enum):
    FIRST = 1


def test_what_is_hashed_today_hashes_the_same_for_ever():
    fact = {
        "sector": Sector.AC,
        "step": Step.FIRST,
        "sum": Chf(123450),
        "share": Fraction(3, 5),
        "day": date(2026, 10, 15),
        "at": datetime(2026, 10, 15, 6, tzinfo=UTC),
        "name": "Zoé",
        "tags": {"b", "a"},
        "none": None,
    }

    assert canonical(fact) == (
        b'{"at":"2026-10-15T06:00:00+00:00","day":"2026-10-15","name":"Zo\xc3\xa9","none":null,'
        b'"sector":"AC","share":"3/5","step":1,"sum":123450,"tags":["a","b"]}'
    )
    assert digest({"a": [1, "x"]}) == "5e49f471d8b615a8ae0ecf0a53dbe2f5f617abb2dfe6246974aa6e4bdeb89725"


@given(VALUES)
def test_the_canonical_form_is_json_of_the_value_and_stays_itself(value):
    assert json.loads(canonical(value)) == value
    assert canonical(json.loads(canonical(value))) == canonical(value)
    assert canonical(value) == as_the_standard_library_writes(value)


@given(st.dictionaries(st.text(max_size=3), st.integers(), min_size=2))
def test_the_order_of_writing_does_not_matter(value):
    assert digest(value) == digest(dict(reversed(value.items())))


def test_one_moment_has_one_form_in_every_time_zone():
    noon = datetime(2026, 10, 15, 12, tzinfo=UTC)

    assert digest(noon) == digest(noon.astimezone(ZoneInfo("Europe/Zurich")))


@pytest.mark.parametrize("value", [1.5, b"x", object(), datetime(2026, 10, 15)])
def test_what_has_no_exact_form_is_a_fault(value):
    with pytest.raises(TypeError):
        canonical({"value": value})


def test_two_keys_of_one_text_are_a_fault():
    with pytest.raises(ValueError, match="twice"):
        plain({1: "a", "1": "b"})
