"""An edition keeps an agreement whole: it is read back to the same value, and nothing in it ever changes."""

from dataclasses import fields
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from cii.agreements.actions import negotiate
from cii.agreements.vocabulary import Profile
from cii.conventions.actions import stored, write_part
from cii.conventions.editions import (
    as_plain,
    digest_of,
    edition_by_ref,
    edition_whole,
    editions_of,
    keep_edition,
    read_back,
)
from cii.conventions.parts import PARTS, Aims, Bases, Insertion, Talks, Text
from cii.conventions.queries import convention, read_text
from cii.conventions.rules import PartOfOtherProfile, parts_for
from cii.conventions.vocabulary import EditionCause, Part, TalkPurpose
from cii.kernel.errors import NotAllowed, UnknownThing
from cii.kernel.money import Chf
from cii.store.work import Work
from tests.agreements.build_agreements import a_market, acting, an_actor
from tests.conventions.build_conventions import of_provider
from tests.institutions.build_institutions import a_unit


def test_an_edition_is_read_back_to_the_same_value(work: Work):
    market = a_market(work)
    draft = market.agreement(in_force=False)
    mine = acting(work, market.drafter)
    write_part(mine, draft.ref, Part.TALKS, Talks(2, (TalkPurpose.STRUCTURE, TalkPurpose.RESULT)))

    kept = keep_edition(mine, draft, EditionCause.KEPT)

    assert edition_whole(kept) == convention(mine, draft.ref)
    assert kept.digest == digest_of(edition_whole(kept))
    assert edition_whole(kept).rates[0].amount == Chf.parse("2200")
    assert edition_whole(kept).text.talks.times_a_year == 2


def test_an_edition_stays_as_it_was_while_the_draft_goes_on(work: Work):
    market = a_market(work)
    draft, mine = market.agreement(in_force=False), acting(work, market.drafter)
    first = keep_edition(mine, draft, EditionCause.ROUND)
    write_part(mine, draft.ref, Part.AIMS, Aims(purpose="Insertion durable"))

    second = keep_edition(mine, draft, EditionCause.ROUND)

    assert (first.number, second.number) == (1, 2)
    assert first.digest != second.digest
    assert edition_whole(first).text.aims.purpose == ""
    assert [one.number for one in editions_of(mine, draft.ref)] == [2, 1]
    assert edition_by_ref(mine, draft.ref, first.ref).number == 1


def test_what_has_not_changed_is_kept_once(work: Work):
    market = a_market(work)
    draft, mine = market.agreement(in_force=False), acting(work, market.drafter)

    numbers = [keep_edition(mine, draft, EditionCause.ROUND).number for _ in range(3)]

    assert numbers == [1, 1, 1]


def test_an_edition_is_neither_changed_nor_removed(work: Work):
    market = a_market(work)
    draft = market.agreement(in_force=False)
    keep_edition(acting(work, market.drafter), draft, EditionCause.KEPT)
    for said in ("UPDATE convention_edition SET note = 'x'", "DELETE FROM convention_edition"):
        with pytest.raises(DBAPIError, match="append-only"), work.session.begin_nested():
            work.session.execute(text(said))


def test_an_edition_of_another_agreement_is_unknown(work: Work):
    market = a_market(work)
    one, other = market.agreement(in_force=False), market.agreement(market.social, in_force=False)
    mine = acting(work, market.drafter)
    kept = keep_edition(mine, one, EditionCause.KEPT)

    with pytest.raises(UnknownThing):
        edition_by_ref(mine, other.ref, kept.ref)


def test_a_part_of_another_profile_is_refused_by_name(work: Work):
    market = a_market(work)
    draft = market.agreement(in_force=False)

    with pytest.raises(PartOfOtherProfile) as no:
        write_part(acting(work, market.drafter), draft.ref, Part.INSERTION, Insertion(reception="Accueil"))

    assert (no.value.field, no.value.facts["profile"]) == ("part", Profile.AC)
    assert Part.INSERTION in parts_for(Profile.FR_IAE)


def test_a_text_is_written_by_who_pays_only(work: Work):
    market = a_market(work)
    draft = market.agreement(in_force=False)
    stranger = acting(work, an_actor(work, a_unit(work, None), role="contract_manager"))
    provider = of_provider(work, market)

    with pytest.raises(UnknownThing):
        write_part(stranger, draft.ref, Part.BASES, Bases(subject="Autre"))
    with pytest.raises(UnknownThing):
        write_part(provider, draft.ref, Part.BASES, Bases(subject="Autre"))
    negotiate(acting(work, market.drafter), draft.ref)
    with pytest.raises(NotAllowed):
        write_part(provider, draft.ref, Part.BASES, Bases(subject="Autre"))


@pytest.mark.parametrize("part", list(Part))
def test_an_empty_part_is_stored_and_read_as_empty(part: Part):
    shape = PARTS[part]

    assert read_text({part: stored(part, shape())}) == Text()


def _values(shape):
    return st.from_type(shape)


st.register_type_strategy(Chf, st.integers(0, 10**9).map(Chf))
st.register_type_strategy(date, st.dates(date(2000, 1, 1), date(2100, 1, 1)))


@pytest.mark.parametrize(
    "part", [Part.BASES, Part.SERVICES, Part.VOLUME, Part.PRICE, Part.PRINCIPLES, Part.REPORTS]
)
@given(drawn=st.data())
def test_whatever_a_part_says_comes_back(part: Part, drawn):
    """Money, days, words and nested rows survive the way through JSON."""
    said = drawn.draw(_bounded(PARTS[part]))

    assert getattr(read_text({part: stored(part, said)}), part.value) == said


def _bounded(shape):
    """Values of a part within the bounds that its fields state."""
    from typing import get_type_hints

    hints = get_type_hints(shape)
    return st.builds(shape, **{one.name: _of(hints[one.name], one.metadata) for one in fields(shape)})


def _of(kind, limits):
    from dataclasses import is_dataclass
    from enum import StrEnum

    from cii.wire.schema import item_kind, without_none

    kind, optional = without_none(kind)
    inner = item_kind(kind)
    if inner is not None:
        drawn = st.lists(
            _of(inner, {}).filter(lambda one: one != ""), max_size=2, unique=not is_dataclass(inner)
        ).map(tuple)
    elif kind is str:
        drawn = st.text(
            st.characters(codec="latin-1", categories=("L", "N")), max_size=min(20, limits.get("max", 20))
        )
    elif kind is int:
        drawn = st.integers(limits.get("min", 0), limits.get("max", 1000))
    elif isinstance(kind, type) and issubclass(kind, StrEnum):
        drawn = st.sampled_from(list(kind))
    elif is_dataclass(kind) and kind is not Chf:
        drawn = _bounded(kind)
    else:
        drawn = st.from_type(kind)
    return st.none() | drawn if optional else drawn


def test_a_whole_says_the_same_in_whatever_state_it_is(work: Work):
    market = a_market(work)
    draft = market.agreement(in_force=False)
    before = digest_of(convention(acting(work, market.drafter), draft.ref))
    from cii.agreements.actions import sign

    sign(acting(work, market.signer), draft.ref)

    after = convention(acting(work, market.drafter), draft.ref)
    assert digest_of(after) == before
    assert read_back(as_plain(after)) == after
