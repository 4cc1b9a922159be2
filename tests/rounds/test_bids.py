"""Every night says what a place is worth to those who wait, and the place finder sets it against the rank."""

from datetime import date, timedelta

from sqlmodel import select

from cii.measures.actions import SetPlaces, SetQuota
from cii.measures.vocabulary import MeasureKind
from cii.placements.actions import change_places, change_quota
from cii.placements.bids import bid_book
from cii.placements.finder import Sought, find_places
from cii.placements.tables_bids import BidNight, BidPrice
from cii.rounds.bids import keep_prices, price_waiting_list
from tests.placements.build_placements import NOVEMBER
from tests.rounds.build_waiting import a_waiting_room

NIGHT = date(2026, 10, 14)


def priced(room, night=NIGHT):
    return keep_prices(room.work, price_waiting_list(room.work, night))


def one_place(room, measure):
    kind, day = MeasureKind.PROFESSIONAL, room.work.today
    change_places(room.work, SetPlaces(measure.ref, kind, 1, day))
    change_quota(room.work, SetQuota(measure.ref, room.market.ac.ref, kind, 1, day))


def points(room, measure):
    book = bid_book(room.work, NOVEMBER[0])
    return book.points(measure.id, room.market.ac.id, [])


def a_queue(work, persons=3):
    """One place in the usual measure, which several wait for, and plenty in another one."""
    room = a_waiting_room(work)
    plenty = room.other("VASTE", {"LACI": 5})
    one_place(room, room.measure)
    for _ in range(persons):
        room.waits()
    return room, plenty


def test_a_place_that_several_wait_for_is_worth_something_and_one_that_is_left_over_nothing(work):
    room, plenty = a_queue(work)

    told = priced(room)

    worth = {(one.measure_id, one.place > 0) for one in work.session.exec(select(BidPrice))}
    assert told["cases"] == 3
    assert worth == {(room.measure.id, True)}
    assert points(room, room.measure) > points(room, plenty) == 0


def test_the_finder_takes_the_price_off_the_rank_and_says_from_which_night_it_comes(work):
    room, plenty = a_queue(work)
    case, sought = room.case(), Sought(*NOVEMBER, ((room.market.ac.ref, 1),))
    before = find_places(work, case.ref, sought, {})

    priced(room)
    after = find_places(work, case.ref, sought, {})

    scarce = next(one for one in after.proposals if one.measure.code == room.measure.code)
    assert before.bids is None
    assert {one.bid for one in before.proposals} == {0}
    assert scarce.bid == points(room, room.measure)
    assert scarce.score == scarce.suitability - scarce.bid
    assert (after.bids.night, after.bids.cases, after.bids.round_title) == (NIGHT, 3, None)
    assert after.proposals[0].measure.code == plenty.code


def test_money_that_others_need_has_a_price_for_each_thousand_francs(work):
    room = a_waiting_room(work, ac="5000.00")
    for _ in range(4):
        room.waits()

    priced(room)

    found = work.session.exec(select(BidPrice)).one()
    assert found.place == 0
    assert found.money > 0


def test_each_night_is_kept_beside_the_former_ones_and_the_last_one_counts(work):
    room, _ = a_queue(work)
    priced(room)
    first = points(room, room.measure)
    for entry in range(2):
        room.other(f"AUTRE-{entry}", {"LACI": 5})
    one_place(room, room.measure)

    priced(room, NIGHT + timedelta(days=1))

    nights = work.session.exec(select(BidNight).order_by(BidNight.id)).all()
    assert [one.night for one in nights] == [NIGHT, NIGHT + timedelta(days=1)]
    assert bid_book(work, NOVEMBER[0]).source.night == NIGHT + timedelta(days=1)
    assert first > 0


def test_when_nobody_waits_nothing_is_worth_more_than_it_suits(work):
    room = a_waiting_room(work)

    told = priced(room)

    assert told == {"cases": 0, "options": 0, "priced": 0}
    assert bid_book(work, NOVEMBER[0]).prices == {}


def test_prices_of_days_that_are_over_are_not_read(work):
    room, _ = a_queue(work)

    priced(room)

    assert bid_book(work, date(2027, 6, 1)).source is None
