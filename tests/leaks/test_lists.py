"""A list asks the database as often for many rows as for few: every list of the pages and of the API, found by the url map.

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
    "GET /cases/<ref:ref>/places": "a measure whose days are not opened yet is planned by itself",
    "GET /api/v1/cases/<ref:ref>/places": "a measure whose days are not opened yet is planned by itself",
}  # fmt: skip
"""What asks more for more, and why that is no row of a list."""
ROWS = re.compile(r"<tr\b|<li\b|\"(?:ref|id)\":")
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
def test_a_list_asks_as_often_for_many_rows_as_for_few(canton, api):
    readers = {who: canton.someone(*who)[0] for who in (*READERS, FINDS)}
    few = walked(canton, readers, lambda route: route.api == api)

    multiply(canton.engine, 11)

    many = walked(canton, readers, lambda route: str(route) in few)
    more = {one: (few[one][0], told) for one, (told, _) in many.items() if told > few[one][0]}
    longer = {one for one, (_, rows) in many.items() if rows > few[one][1] + 4}
    assert {one: told for one, told in more.items() if one not in NOT_BY_ROWS} == {}
    assert len(longer) > 20, sorted(longer)
