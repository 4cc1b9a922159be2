"""Nothing of a closed section, a foreign case or a telling name leaves the house: every address × every role × every relation.

Generated from the url map: an address that is new is walked as soon as its parts are declared in tests/leaks/asking.py,
and fails until then.
"""

import re

import pytest

from cii.access.sections import TABLE
from cii.access.vocabulary import Relation, Role
from tests.leaks.asking import NOBODY, routes, undeclared
from tests.leaks.planted import NAMING, RESTRICTED, USUAL, WORD

OUTWARD = re.compile(r"\b(?:[0-9a-z]{10}|CII-[0-9A-Z]{4}-[0-9A-Z]{4})\b")
ENDING = {"login.log_out", "session.log_out"}
"""Addresses that end the session of whoever walks."""
TELLING = re.compile(r"/accounts|.*/(?:person-requests|rights/requests)/<ref:ref>/file")
"""Where protected names stand on purpose: whoever opens accounts gives seats in every unit, and sees no case; the file of
a person says to the person themselves who holds what of them."""
KNOWN_BESIDES = "/persons"
"""A person whom the unit has entered itself stays known to it; that they have a restricted case does not."""
ROLES = [role.value for role in Role]


def relations_of(role):
    """Two ends for every role, and whom it stands between: what every run of the suite walks."""
    usual = [relation for name, relation in USUAL if name == role]
    return ["own", "foreign", *(["party", "former"] if role == "case_manager" else usual[:1])]


def further_relations_of(role):
    """Every other relation that the table of sections tells apart for the role; walked by the long run."""
    usual = [relation for name, relation in USUAL if name == role]
    told = {"agenda": Relation.AGENDA, "glass": Relation.BREAK_GLASS}
    tied = [name for name, relation in told.items() if relation in TABLE[Role(role)]]
    known = ["party", "former"] if TABLE[Role(role)] else []
    every = [*known, *tied, *usual, "past", "sensitive"]
    return [one for one in dict.fromkeys(every) if one not in relations_of(role)]


def beyond(canton, route, answer, known):
    """Words and outward names of an answer that the account may not meet."""
    words = {word.lower() for word in WORD.findall(answer.said)}
    names = {name for name in OUTWARD.findall(answer.said) if name in canton.names} - known.mandated
    if answer.status >= 400:
        names -= answer.asked
    if "/statements" in route.rule or "/outcomes" in route.rule or "/wage" in route.rule:
        names -= canton.placements
    if "/journal" in route.rule or "/letterbox" in route.rule:
        names.clear()
    if TELLING.match(route.rule):
        words = {word for word in words if not NAMING.fullmatch(word) and not known.hands_out(word)}
        names = {name for name in names if not known.handed & set(canton.names[name])}
    return sorted(
        {word for word in words if not known.may(word)}
        | {name for name in names if not any(map(known.knows, canton.names[name]))}
    )


def walked(canton, role, relation, chosen):
    """What each address tells the account that it may not know, and where a foreign thing differs from nothing."""
    asker, known = canton.someone(role, relation)
    wrong = {}
    for route in routes(canton.app):
        if not chosen(route) or not route.opens_for(Role(role)) or route.endpoint in ENDING:
            continue
        if route.same_for_all and relation not in {"own", "foreign"}:
            continue
        there = asker.ask(route)
        if there.status >= 500:
            wrong[str(route)] = there.said[:300]
        found = [one for one in beyond(canton, route, there, known) if not canton.made_by(known, one)]
        if found:
            wrong[str(route)] = found
        foreign = (
            not any(known.knows(owner) for ref in there.asked for owner in canton.owners(ref))
            and not there.asked & known.mandated
        )
        if there.asked - {NOBODY} and foreign:
            nowhere = asker.ask(route, nothing=True) if relation == "foreign" else None
            if there.status < 400 or (nowhere is not None and there.plain != nowhere.plain):
                wrong[f"{route} (foreign)"] = (there.status, nowhere and nowhere.status)
    return wrong


def test_every_part_of_an_address_says_what_it_names(canton):
    assert undeclared(canton.app) == set()


def reads(route):
    return route.method == "GET"


def acts(route):
    return route.method != "GET"


def acts_by_the_api(route):
    return acts(route) and route.api


def told_beyond(canton, role, relations, chosen):
    wrong = {relation: walked(canton, role, relation, chosen) for relation in relations}
    return {relation: found for relation, found in wrong.items() if found}


@pytest.mark.parametrize("role", ROLES)
def test_no_reading_tells_what_is_closed(canton, role):
    wrong = told_beyond(canton, role, relations_of(role), reads)

    assert wrong == {}, wrong


@pytest.mark.parametrize("role", ROLES)
def test_no_act_by_the_api_tells_what_is_closed(canton, role):
    wrong = told_beyond(canton, role, ["foreign"], acts_by_the_api)

    assert wrong == {}, wrong


@pytest.mark.slow
@pytest.mark.parametrize("role", ROLES)
def test_no_reading_in_another_relation_tells_what_is_closed(canton, role):
    wrong = told_beyond(canton, role, further_relations_of(role), reads)

    assert wrong == {}, wrong


@pytest.mark.slow
@pytest.mark.parametrize("role", ROLES)
def test_no_act_of_a_page_or_of_its_own_unit_tells_what_is_closed(canton, role):
    wrong = told_beyond(canton, role, ["foreign"], acts) | told_beyond(canton, role, ["own"], acts_by_the_api)

    assert wrong == {}, wrong


def test_a_restricted_case_is_nothing_to_its_own_unit_but_for_the_named(canton):
    wrong = {}
    for role, relation in (("supervisor", "party"), ("supervisor", "own"), ("case_manager", "ai")):
        asker, known = canton.someone(role, relation)
        asker.observed = RESTRICTED
        for route in routes(canton.app):
            if (
                not (route.personal and reads(route) and route.opens_for(Role(role)))
                or "/persons" in route.rule
            ):
                continue
            there, nowhere = asker.ask(route), asker.ask(route, nothing=True)
            if there.asked & known.mandated:
                continue
            if there.plain != nowhere.plain or beyond(canton, route, there, known):
                wrong[f"{route} as {role}.{relation}"] = there.status
    reader, _ = canton.someone("case_manager", "party")
    reader.observed = RESTRICTED

    opened = [
        str(one)
        for one in routes(canton.app)
        if one.endpoint == "cases.one" and reader.ask(one).status == 200
    ]
    assert wrong == {}
    assert opened == ["GET /cases/<ref:ref>"]


def test_without_a_session_only_the_public_list_answers(canton):
    asker = canton.nobody()

    opened = {
        str(route): answer.status
        for route in routes(canton.app)
        if not route.public and ((answer := asker.ask(route)).status != 401 or WORD.search(answer.said))
    }

    assert opened == {}


@pytest.mark.parametrize("role", ROLES)
def test_who_has_no_permit_is_refused_alike_for_every_thing(canton, role):
    """Even in the unit that leads the case: 403, and not a word of it."""
    asker, known = canton.someone(role, "own")

    wrong = {
        str(route): answer.status
        for route in routes(canton.app)
        if not route.opens_for(Role(role))
        and ((answer := asker.ask(route)).status != 403 or beyond(canton, route, answer, known))
    }

    assert wrong == {}
