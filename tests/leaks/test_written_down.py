"""Whoever meets personal data leaves a row that names the case or person: every address, read or act, generated."""

import pytest
from sqlalchemy import text

from cii.access.vocabulary import Role
from tests.leaks.asking import routes
from tests.leaks.planted import NAMING, WORD
from tests.leaks.test_leaks import ENDING

READERS = [
    ("case_manager", "own"), ("case_manager", "party"), ("physician", "team"), ("provider", "provider"),
    ("finance", "own"), ("coordination_member", "agenda"), ("referral_service", "own"),
]  # fmt: skip
MEETS = {"case", "person", "placement", "detection", "referral", "observation"}
"""Kinds of subjects that say whose data was met; each hangs on one case or person."""


def last_entry(canton):
    with canton.engine.connect() as connection:
        return connection.execute(text("SELECT coalesce(max(id), 0) FROM journal_entry")).scalar_one()


def named_since(canton, entry):
    with canton.engine.connect() as connection:
        rows = connection.execute(
            text("SELECT kind FROM journal_subject WHERE entry_id > :id"), {"id": entry}
        )
        return set(rows.scalars())


@pytest.mark.parametrize(("role", "relation"), READERS)
def test_who_meets_personal_data_is_in_the_journal(canton, role, relation):
    asker, _ = canton.someone(role, relation)

    silent = []
    for route in routes(canton.app):
        if (
            not route.opens_for(Role(role))
            or route.endpoint in ENDING
            or (route.method != "GET" and not route.api)
        ):
            continue
        before = last_entry(canton)
        answer = asker.ask(route)
        met = [one for one in WORD.findall(answer.said) if not NAMING.fullmatch(one)] or route.personal
        if answer.status < 300 and met and not named_since(canton, before) & MEETS:
            silent.append((str(route), sorted(set(WORD.findall(answer.said)))[:3]))

    assert silent == [], silent
