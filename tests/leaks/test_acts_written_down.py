"""Who sends a form stands in the journal, done or refused; what only some roles open is read in the journal's sight too."""

from sqlalchemy import text

from cii.access.vocabulary import Role
from tests.leaks.asking import routes
from tests.leaks.planted import NAMING, WORD
from tests.leaks.test_leaks import ENDING
from tests.leaks.test_written_down import MEETS, READERS, last_entry, named_since

ROLES = [role.value for role in Role]
UNWRITTEN = {
    "drafts.let_go": "a draft is its writer's own",
    "referrals.let_go": "a draft is its writer's own",
    "notices.read_all": "what I have read of what I was told is mine",
    "provider.record": "an empty sheet holds no day",
    "reports.freeze_period": "the same facts are the issue that stands already",
}
"""Forms that leave no entry when they come empty, each with its reason."""


def asked_by(canton, wanted, roles):
    """Each such address, asked by the first of these roles that may come in; with the last entry before.

    One whose parts say not yet what they name is a fault of tests/leaks/test_leaks.py.
    """
    askers = {}
    for route in routes(canton.app):
        who = next((one for one in roles if route.opens_for(Role(one))), None)
        declared = len(route.parts) == route.rule.count("<")
        if who is None or route.public or route.endpoint in ENDING or not declared or not wanted(route):
            continue
        if who not in askers:
            askers[who] = canton.someone(who, "own")[0]
        before = last_entry(canton)
        yield route, askers[who].ask(route), before


def entered_since(canton, entry):
    with canton.engine.connect() as connection:
        acts = text("SELECT count(*) FROM journal_entry WHERE id > :id AND account_id IS NOT NULL")
        return connection.execute(acts, {"id": entry}).scalar_one()


def test_every_form_of_a_page_leaves_an_entry_under_who_sent_it(canton):
    usual = [role for role, _ in READERS]
    asked, silent = 0, set()

    for route, _, before in asked_by(
        canton, lambda one: one.method != "GET" and not one.api, [*usual, *ROLES]
    ):
        asked += 1
        if not entered_since(canton, before):
            silent.add(route.endpoint)

    assert asked > 100
    assert silent - set(UNWRITTEN) == set()
    assert set(UNWRITTEN) <= set(canton.app.view_functions)


def test_what_only_other_roles_open_is_written_down_where_it_shows_somebody(canton):
    usual = {role for role, _ in READERS}
    rest = [role for role in ROLES if role not in usual]
    asked, silent = 0, []

    for route, answer, before in asked_by(
        canton, lambda one: one.method == "GET" and not any(one.opens_for(Role(role)) for role in usual), rest
    ):
        asked += 1
        met = [one for one in WORD.findall(answer.said) if not NAMING.fullmatch(one)] or route.personal
        if answer.status < 300 and met and not named_since(canton, before) & MEETS:
            silent.append((str(route), sorted(set(met))[:3] if isinstance(met, list) else met))

    assert asked > 20
    assert silent == []
