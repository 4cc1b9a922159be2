"""Filters of the desk: what they show, under which name they are kept, with whom they are shared."""

import pytest

from cii.cases.vocabulary import CasePath
from cii.desk.filtering import DeskFilter, conditions
from cii.desk.rules import FilterEmpty, FilterNameTaken
from cii.desk.saving import SaveFilter, cleaned, filters, open_with, remove_filter, save_filter
from cii.desk.vocabulary import Due, FilterPlace
from cii.kernel.errors import UnknownThing
from cii.workflow.inbox import Tab, inbox
from tests.desk.build_desk import later
from tests.desk.test_absence import net

__all__ = ["net"]
DESK = FilterPlace.DESK


def shown(hand, **more):
    return [one.key for one in inbox(hand, Tab.UNIT, more=conditions(hand, DeskFilter(**more))).items]


def test_the_desk_is_filtered_by_path_stage_and_name(net):
    hand = net.hands["AC"]
    (task,) = inbox(hand, Tab.UNIT).items

    assert shown(hand, path=CasePath.NETWORK) == [task.key]
    assert shown(hand, path=CasePath.EVERYDAY) == []
    assert shown(hand, stage=task.stage, name="exem") == [task.key]
    assert shown(hand, stage="follow_up") == []
    assert shown(hand, name="zzz") == []


def test_the_desk_is_filtered_by_deadline(net):
    hand = net.hands["AC"]
    (task,) = inbox(hand, Tab.UNIT).items
    late = later(hand, days=200)

    found = {due: shown(hand, due=due) for due in Due}

    assert shown(late, due=Due.LATE) == ([task.key] if task.due_at else [])
    assert [due for due, keys in found.items() if keys] != []
    assert found[Due.LATE] == []


def test_a_filter_is_kept_under_its_name_for_me(net):
    save_filter(net.hands["AC"], SaveFilter(DESK, "En retard", "?tab=late&after=xyz&path=reseau-cii"))

    (mine,) = filters(net.hands["AC"], DESK)

    assert (mine.name, mine.query, mine.mine, mine.shared) == (
        "En retard", "tab=late&path=reseau-cii", True, None,
    )  # fmt: skip
    assert filters(net.hands["colleague"], DESK) == []


def test_a_shared_filter_is_seen_in_the_unit_and_taken_away_by_its_author_only(net):
    row = save_filter(net.hands["AC"], SaveFilter(DESK, "Équipe", "tab=unit", net.units["AC"].ref))

    assert [one.name for one in filters(net.hands["colleague"], DESK)] == ["Équipe"]
    assert filters(net.hands["AI"], DESK) == []
    with pytest.raises(UnknownThing):
        remove_filter(net.hands["colleague"], row.ref)
    remove_filter(net.hands["AC"], row.ref)
    assert filters(net.hands["colleague"], DESK) == []


def test_a_filter_is_shared_in_a_unit_of_mine_only(net):
    with pytest.raises(UnknownThing):
        save_filter(net.hands["AC"], SaveFilter(DESK, "x", "tab=unit", net.units["AI"].ref))


def test_a_filter_has_a_name_of_its_own_and_filters_something(net):
    save_filter(net.hands["AC"], SaveFilter(DESK, "A", "tab=late"))

    with pytest.raises(FilterNameTaken):
        save_filter(net.hands["AC"], SaveFilter(DESK, "A", "tab=unit"))
    with pytest.raises(FilterEmpty):
        save_filter(net.hands["AC"], SaveFilter(DESK, "B", "javascript=1"))


def test_an_address_is_cut_to_what_the_list_knows():
    assert cleaned(DESK, "name=Müller%20A&x=1&tab=mine&tab=late") == "tab=late&name=M%C3%BCller+A"


def test_a_list_opens_with_one_filter_for_me_of_mine_or_of_my_unit(net):
    mine, colleague = net.hands["AC"], net.hands["colleague"]
    team = save_filter(mine, SaveFilter(DESK, "Équipe", "tab=unit", net.units["AC"].ref))
    save_filter(mine, SaveFilter(DESK, "En retard", "tab=late", default=True))

    open_with(colleague, team.ref)
    assert [one.name for one in filters(mine, DESK) if one.default] == ["En retard"]
    assert [one.name for one in filters(colleague, DESK) if one.default] == ["Équipe"]

    open_with(mine, team.ref)
    assert [one.name for one in filters(mine, DESK) if one.default] == ["Équipe"]
    open_with(mine, team.ref)
    assert [one.name for one in filters(mine, DESK) if one.default] == []

    with pytest.raises(UnknownThing):
        open_with(net.hands["AI"], team.ref)
    remove_filter(mine, team.ref)
    assert filters(colleague, DESK) == []
