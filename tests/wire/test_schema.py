"""A request becomes a command, or is refused with every fault by field; JSON and forms say the same."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from enum import IntFlag, StrEnum

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import ImmutableMultiDict

from cii.kernel.errors import Refusal
from cii.kernel.money import Chf
from cii.kernel.period import Quarter
from cii.wire import json
from cii.wire.forms import load_form
from cii.wire.refusals import (
    HiddenCharacters,
    MalformedJson,
    NotAChoice,
    NotAList,
    NotAMoment,
    NotThePattern,
    TooLong,
    TooShort,
    UnknownField,
)
from cii.wire.schema import load, request_schema


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


class Part(IntFlag):
    IDENTITY = 1
    PLAN = 16


ZERO = Chf(0)


@dataclass(frozen=True)
class Goal:
    goal: str
    due_on: date
    cost: Chf = ZERO


@dataclass(frozen=True)
class Wish:
    """A command with every kind of field."""

    title: str = field(metadata={"max": 20})
    places: int = field(default=1, metadata={"min": 1, "max": 12})
    urgent: bool = False
    amount: Chf | None = None
    starts_on: date | None = None
    meets_at: datetime | None = None
    colour: Colour = Colour.RED
    sections: Part = Part.IDENTITY
    quarter: Quarter | None = None
    goals: tuple[Goal, ...] = ()
    tags: frozenset[str] = frozenset()
    entries: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Blanks:
    """What may not be left blank and is no text."""

    day: date
    hour: datetime
    colour: Colour


@dataclass(frozen=True)
class Answer:
    plan_ref: str
    yes: bool
    note: str = field(default="", metadata={"min": 3})


def faults(call) -> set[tuple[str | None, str]]:
    with pytest.raises(Refusal) as no:
        call()
    return {(one.field, one.code) for one in no.value.reasons}


def test_json_becomes_the_command():
    wish = load(
        Wish,
        {
            "title": "  Atelier\r\nbois ",
            "places": 4,
            "urgent": True,
            "amount": "1234.50",
            "starts_on": "2026-10-15",
            "meets_at": "2026-10-15T08:00:00+02:00",
            "colour": "blue",
            "sections": ["identity", "plan"],
            "quarter": "2026-Q3",
            "goals": [{"goal": "Français B1", "due_on": "2026-12-31", "cost": "0.05"}],
            "tags": ["a", "b"],
            "entries": {"mobilité": "oui"},
        },
    )

    assert wish == Wish(
        title="Atelier\nbois",
        places=4,
        urgent=True,
        amount=Chf.parse("1234.50"),
        starts_on=date(2026, 10, 15),
        meets_at=datetime(2026, 10, 15, 6, tzinfo=UTC),
        colour=Colour.BLUE,
        sections=Part.IDENTITY | Part.PLAN,
        quarter=Quarter(2026, 3),
        goals=(Goal("Français B1", date(2026, 12, 31), Chf(5)),),
        tags=frozenset({"a", "b"}),
        entries={"mobilité": "oui"},
    )


def test_a_form_becomes_the_same_command_as_json():
    form = ImmutableMultiDict(
        [
            ("csrf_token", "x"), ("idempotency_key", "y"), ("version", "z"),
            ("title", "Atelier"), ("places", "4"), ("urgent", "on"), ("amount", "1'234,50"),
            ("starts_on", "15.10.2026"), ("meets_at", "2026-10-15T08:00"), ("colour", "blue"),
            ("sections", "identity"), ("sections", "plan"), ("quarter", ""),
            ("goals-0-goal", "Français B1"), ("goals-0-due_on", "2026-12-31"), ("goals-0-cost", ""),
            ("goals-7-goal", "CV"), ("goals-7-due_on", "2026-11-30"), ("goals-7-cost", "120"),
            ("goals-9-goal", " "), ("goals-9-due_on", ""),
            ("tags", "a"), ("tags", ""), ("entries-mobilité", "oui"), ("entries-santé", ""),
        ]
    )  # fmt: skip

    wish = load_form(Wish, form)

    assert wish.amount == Chf.parse("1234.50")
    assert wish.starts_on == date(2026, 10, 15)
    assert wish.meets_at == datetime(2026, 10, 15, 6, tzinfo=UTC)
    assert wish.sections == Part.IDENTITY | Part.PLAN
    assert [one.cost for one in wish.goals] == [Chf(0), Chf(12_000)]
    assert (wish.urgent, wish.tags, wish.entries) == (True, frozenset({"a"}), {"mobilité": "oui"})


def test_an_unticked_box_is_a_no_and_an_empty_optional_input_is_nothing():
    wish = load_form(Wish, ImmutableMultiDict({"title": "x", "amount": "", "colour": ""}))

    assert (wish.urgent, wish.amount, wish.colour) == (False, None, Colour.RED)


def test_a_box_that_may_be_neither_is_nothing_when_it_is_absent():
    @dataclass(frozen=True)
    class Shown:
        mixed: bool | None = None

    said = [
        load_form(Shown, ImmutableMultiDict(typed)).mixed
        for typed in ([], [("mixed", "true")], [("mixed", "no")])
    ]

    assert said == [None, True, False]


def test_every_fault_comes_at_once_with_its_field():
    found = faults(
        lambda: load(
            Wish,
            {
                "title": "",
                "places": 13,
                "goals": [{"goal": "x", "due_on": "2026-02-30"}, {"cost": "1.234"}],
                "id": 7,
            },
        )
    )

    assert found == {
        ("title", "empty-field"),
        ("places", "too-great"),
        ("goals.0.due_on", "not-a-date"),
        ("goals.1.goal", "missing-field"),
        ("goals.1.due_on", "missing-field"),
        ("goals.1.cost", "not-money"),
        ("id", "unknown-field"),
    }


def test_a_form_names_the_input_at_fault():
    form = ImmutableMultiDict(
        {"title": "x", "goals-1-goal": "", "goals-3-goal": "CV", "goals-3-due_on": "31.02.2026"}
    )

    assert faults(lambda: load_form(Wish, form)) == {("goals-3-due_on", "not-a-date")}


def test_a_form_cannot_fill_what_is_not_asked():
    with pytest.raises(UnknownField) as no:
        load_form(Wish, ImmutableMultiDict({"title": "x", "institution_id": "3"}))

    assert no.value.field == "institution_id"


@pytest.mark.parametrize(
    "amount",
    [
        "NaN",
        "1e400",
        "-0.01",
        "0.123",
        "1'000",
        "1 000.00",
        "",
        " 1.00",
        "１.00",
        12,
        12.5,
        True,
        None,
        ["1"],
    ],
)
def test_money_in_json_is_plain_text_with_two_decimals_at_most_and_not_below_zero(amount):
    found = faults(lambda: load(Goal, {"goal": "x", "due_on": "2026-10-15", "cost": amount}))

    assert {name for name, _ in found} == {"cost"}


@pytest.mark.parametrize("literal", ["NaN", "Infinity", "1e400", "-0.01"])
def test_a_json_number_is_never_money(literal):
    body = json.read(f'{{"goal": "x", "due_on": "2026-10-15", "cost": {literal}}}')

    assert faults(lambda: load(Goal, body)) == {("cost", "not-money")}


@pytest.mark.parametrize("places", ["4", 4.0, True, None, [], 0, -1, 10**30])
def test_a_number_is_a_whole_number_of_its_range(places):
    assert {name for name, _ in faults(lambda: load(Wish, {"title": "x", "places": places}))} == {"places"}


@pytest.mark.parametrize("urgent", ["true", 1, 0, "on", None])
def test_yes_and_no_are_no_other_values(urgent):
    assert faults(lambda: load(Wish, {"title": "x", "urgent": urgent})) <= {
        ("urgent", "not-a-boolean"),
        ("urgent", "missing-field"),
    }


@pytest.mark.parametrize(
    "moment",
    [
        "2026-10-15T08:00:00",  # naive
        "2026-03-29T02:30:00+01:00",  # an hour that Swiss clocks skipped
        "2026-10-15",
        "15.10.2026 08:00",
        "9999-12-31T23:59:59+00:00",
        1_760_000_000,
    ],
)
def test_a_moment_has_its_offset_and_has_existed(moment):
    with pytest.raises(NotAMoment):
        load(Wish, {"title": "x", "meets_at": moment})


@pytest.mark.parametrize("wall", ["2026-03-29T02:30", "2026-10-25T02:30"])
def test_a_swiss_wall_time_that_was_skipped_or_shown_twice_is_refused(wall):
    with pytest.raises(NotAMoment):
        load_form(Wish, ImmutableMultiDict({"title": "x", "meets_at": wall}))


@pytest.mark.parametrize("title", ["a\x00b", "a\x1bb", "\ud800", "a\x85b"])
def test_hidden_characters_are_refused(title):
    with pytest.raises(HiddenCharacters):
        load(Wish, {"title": title})


def test_text_is_kept_within_its_length_after_normalisation():
    assert load(Wish, {"title": "é" * 20}).title == "é" * 20
    with pytest.raises(TooLong):
        load(Wish, {"title": "x" * 21})
    with pytest.raises(TooShort):
        load(Answer, {"plan_ref": "abc", "yes": True, "note": "no"})


def test_a_word_is_one_of_its_list():
    with pytest.raises(NotAChoice) as no:
        load(Wish, {"title": "x", "colour": "RED"})

    assert no.value.facts["choices"] == "red, blue"


@pytest.mark.parametrize("values", [[], "x", None, 3])
def test_a_body_that_is_no_object_is_refused(values):
    with pytest.raises(Refusal):
        load(Wish, values)


@pytest.mark.parametrize("body", ["{", '{"a": 1, "a": 2}', "[" * 100_000, b"\xff"])
def test_unreadable_json_is_refused_as_such(body):
    with pytest.raises(MalformedJson):
        json.read(body)


def test_what_the_address_gives_the_body_may_not_say():
    schema = request_schema(Answer, given=("plan_ref",))()

    ask = schema.load({"yes": True})

    assert ask(plan_ref="abc") == Answer("abc", yes=True)
    assert faults(
        lambda: load_form(Answer, ImmutableMultiDict({"plan_ref": "x", "yes": "on"}), {"plan_ref": "y"})
    ) == {("plan_ref", "unknown-field")}


def test_a_schema_is_made_once_for_each_command():
    assert request_schema(Wish) is request_schema(Wish)


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@given(st.fixed_dictionaries({}, optional=dict.fromkeys(Wish.__dataclass_fields__, anything)))
def test_whatever_is_sent_becomes_a_command_or_refusals_that_name_fields(values):
    try:
        made = load(Wish, values)
    except Refusal as no:
        made = no

    assert isinstance(made, Wish) or all(one.field for one in made.reasons)


@given(
    st.dictionaries(
        st.sampled_from([*Wish.__dataclass_fields__, "goals-0-goal", "goals-0-due_on", "x"]),
        st.text(max_size=20),
    )
)
def test_whatever_is_typed_into_a_form_becomes_a_command_or_refusals(values):
    try:
        made = load_form(Wish, ImmutableMultiDict(values))
    except Refusal as no:
        made = no

    assert isinstance(made, Wish) or all(one.field for one in made.reasons)


@dataclass(frozen=True)
class Coded:
    """A command whose text has a form, and a list."""

    code: str = field(metadata={"pattern": "[A-Z]{2}"})
    names: tuple[str, ...] = ()


def test_a_text_that_has_a_form_keeps_it_and_a_list_is_a_list():
    with pytest.raises(Refusal) as no:
        load(Coded, {"code": "a1", "names": "one"})

    assert {(type(one), one.field) for one in no.value.reasons} == {
        (NotThePattern, "code"),
        (NotAList, "names"),
    }


@pytest.mark.parametrize("field", ["day", "hour", "colour"])
def test_a_day_a_moment_or_a_word_left_blank_is_told_as_empty(field):
    sent = {"day": "2026-10-15", "hour": "2026-10-15T08:00:00+02:00", "colour": "red"} | {field: ""}

    assert faults(lambda: load(Blanks, sent)) == {(field, "empty-field")}
