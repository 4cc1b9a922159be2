from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from cii.allocation.rules import DEFAULT, Option, Wish, rank
from cii.allocation.vocabulary import Access, Part

WISH = Wish("Littoral", ("fr",), ("youth",))


def an_option(code="A", **more):
    usual = Option(code, Access.OPEN, "Littoral", ("fr",), ("youth",), free=2, places=4, price=220_000)
    return replace(usual, **more)


def test_a_place_that_fits_in_all_parts_stands_first_and_shows_its_parts():
    best, worse = rank([an_option("B", region="Montagnes", target_groups=("skilled",)), an_option("A")], WISH)

    assert (best.option.code, worse.option.code) == ("A", "B")
    assert best.parts == {
        Part.TARGET_GROUP: 35, Part.REGION: 20, Part.LANGUAGE: 15, Part.AVAILABILITY: 10, Part.PRICE: 10,
    }  # fmt: skip
    assert best.suitability == 90
    assert worse.parts[Part.REGION] == worse.parts[Part.TARGET_GROUP] == 0


def test_a_free_place_stands_before_a_better_one_that_is_full_or_closed():
    poor = an_option("POOR", region="Montagnes", target_groups=("skilled",))

    found = rank([an_option("FULL", access=Access.FULL), an_option("SHUT", access=Access.CLOSED), poor], WISH)

    assert [one.option.code for one in found] == ["POOR", "FULL", "SHUT"]


def test_a_bid_price_makes_room_for_those_who_need_the_place_more():
    free, scarce = an_option("FREE", target_groups=("skilled",)), an_option("SCARCE", bid=40)

    found = rank([scarce, free], WISH)

    assert [(one.option.code, one.score) for one in found] == [("FREE", 55), ("SCARCE", 50)]


def test_what_is_unknown_brings_half_the_points():
    only = rank([an_option()], Wish())[0]

    assert only.parts[Part.TARGET_GROUP] == DEFAULT.target_group // 2
    assert only.parts[Part.LANGUAGE] == DEFAULT.language // 2


def test_the_cheapest_has_all_points_of_the_price_and_no_price_none():
    cheap, dear, unknown = (
        an_option(code, price=price) for code, price in (("A", 100), ("B", 300), ("C", None))
    )

    marks = {one.option.code: one.parts[Part.PRICE] for one in rank([dear, unknown, cheap], WISH)}

    assert marks == {"A": 10, "B": 0, "C": 0}


options = st.lists(
    st.builds(
        Option,
        code=st.text("ABCDEFG", min_size=1, max_size=4),
        access=st.sampled_from(Access),
        region=st.sampled_from(["", "Littoral", "Montagnes"]),
        languages=st.just(("fr",)),
        target_groups=st.sampled_from([(), ("youth",), ("skilled",)]),
        free=st.integers(-1, 9),
        places=st.integers(0, 9),
        price=st.none() | st.integers(0, 10**7),
        bid=st.integers(0, 100),
    ),
    max_size=12,
    unique_by=lambda one: one.code,
)


@given(options, st.randoms())
def test_the_order_of_the_input_never_changes_the_order_of_the_list(found, random):
    shuffled = found.copy()
    random.shuffle(shuffled)

    assert rank(found, WISH) == rank(shuffled, WISH)


@given(options)
def test_a_mark_lies_between_0_and_100_and_is_the_sum_of_its_parts(found):
    for one in rank(found, WISH):
        assert 0 <= one.suitability <= 100
        assert one.suitability == sum(one.parts.values())
        assert one.score == one.suitability - one.option.bid
