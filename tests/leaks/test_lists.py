"""A list asks the database as often for many rows as for few, and seldom: every list of the pages and of the API, found by the url map.

Counted twice with the same reader: in the town as it is, and with twelve times its rows and six times what hangs on each.
"""

import re

import pytest
from sqlalchemy import event

from cii.access.vocabulary import Role
from tests.leaks.asking import routes
from tests.leaks.multiplied import multiply

READERS = (
    ("supervisor", "own"), ("case_manager", "own"), ("finance", "own"), ("provider", "provider"), ("data_protection_officer", "body"),
    ("coordination_member", "group"), ("administrator", "body"),
)  # fmt: skip
"""Who is asked first: of those who may, the one with the longest lists."""
FINDS = ("case_manager", "party")
"""Whose unit detects: it reads the detections."""
NOT_BY_ROWS = {
    "GET /api/v1/statements/corrections": "each month with news is priced by itself, fifty at most",
    "GET /api/v1/cases/<ref:ref>/places": "days that are not opened yet are planned, in three statements for all measures",
}  # fmt: skip
"""What asks more for more, and why that is no row of a list."""
MOST = 4
"""Statements of a list: who asks, then at most three of the room; what it has shown is written, not asked."""
OF_SEVERAL = {
    "GET /agreement-dates": (9, "two lists in one: agreements with their options, and deliverables, by five dated limits"),
    "GET /api/v1/agreements/dates": (9, "the same two lists"),
    "GET /budgets/forecast": (6, "two tables: lines and measures, from stays, books and the rates they have shown"),
    "GET /coordination": (24, "the group's whole table: alerts, members, meetings, correctives, monthly data"),
    "GET /coordination/mandate": (7, "tasks with what waits of each, rules, mandates of analysis"),
    "GET /coordination/members": (6, "two bodies with their seats, and who presides"),
    "GET /definitions/open": (126, "where every published file stands: not a list of rows, but a check of each"),
    "GET /desk": (28, "a desk: tasks, tabs, news, substitutions, notices and the indicators of the unit"),
    "GET /jobs": (6, "several lists: jobs with their last runs, what failed, what is ordered, who rings"),
    "GET /load": (10, "the load of a unit: its members, their cases, tasks, shares and absences"),
    "GET /needs": (12, "the forecast of needs: requests, stays, plans, places and the numbers it is made by"),
    "GET /outcomes/categories": (5, "three lists: categories, placements with theirs, shares of two quarters"),
    "GET /programmes": (9, "the figures of four programmes side by side"),
    "GET /api/v1/provider/attestations": (11, "the sheet of attendance of two months: stays, prices, closures, days, payers"),
    "GET /api/v1/provider/risks": (11, "the same sheet, with the notices that wait"),
    "GET /api/v1/provider/indicators": (16, "indicators from eight facts"),
    "GET /provider": (39, "the provider's desk: placements, statements, attendance, what is due, told and bound, and indicators from eight facts"),
    "GET /requests": (7, "two lists: what I have asked, and what is asked of my units"),
    "GET /unit-prices": (6, "the prices of a day: tariffs, measures, payers, names of providers, declared extras"),
    "GET /rights": (7, "two lists: what is open, and what was answered"),
}  # fmt: skip
"""Pages of several lists at once, how often they may ask at most, and why: constant in rows like any other."""
ROWS = re.compile(r"<tr\b|<li\b|\"(?:ref|id)\":")
OF_ONE = re.compile(r"<")
"""The address of one thing: a case with its parts is no list."""
ASKS = re.compile(r"\s*(?:SELECT|WITH)\b")


def is_list(route, answer):
    return route.method == "GET" and ('"items":' if route.api else "data-rows") in answer.said


def walked(canton, readers, wanted):
    """What each address asked of the database, and how many rows it showed: by the first reader who may."""
    asked, found = [], {}

    def hear(*told):
        asked.append(told[2])

    event.listen(canton.engine, "before_cursor_execute", hear)
    for route in routes(canton.app):
        known = (FINDS,) if "/detections" in route.rule else READERS
        who = next((one for one in known if route.opens_for(Role(one[0]))), None)
        if route.method != "GET" or route.public or who is None or not wanted(route):
            continue
        asked.clear()
        answer = readers[who].ask(route)
        assert answer.status < 500, (str(route), answer.said[:300])
        if answer.status == 200 and is_list(route, answer):
            found[str(route)] = (sum(map(bool, map(ASKS.match, asked))), len(ROWS.findall(answer.said)))
    event.remove(canton.engine, "before_cursor_execute", hear)
    return found


@pytest.mark.parametrize("api", [False, True], ids=["pages", "operations"])
def test_a_list_asks_seldom_and_as_often_for_many_rows_as_for_few(canton, api):
    readers = {who: canton.someone(*who)[0] for who in (*READERS, FINDS)}
    walked(
        canton, readers, lambda route: route.api == api
    )  # a process reads its files once, whoever asks first
    few = walked(canton, readers, lambda route: route.api == api)

    multiply(canton.engine, 11)

    many = walked(canton, readers, lambda route: str(route) in few)
    often = {one: told for one, (told, _) in few.items() if told > MOST and not OF_ONE.search(one)}
    known = {one: most for one, (most, _) in OF_SEVERAL.items() if one in few}
    assert {one: told for one, told in often.items() if told > known.get(one, MOST)} == {}
    assert {*known} == {*often}
    more = {one: (few[one][0], told) for one, (told, _) in many.items() if told > few[one][0]}
    longer = {one for one, (_, rows) in many.items() if rows > few[one][1] + 4}
    assert {one: told for one, told in more.items() if one not in NOT_BY_ROWS} == {}
    assert len(longer) > 20, sorted(longer)
