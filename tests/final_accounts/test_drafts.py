"""A year of a draft is the payer's own business: its provider meets it only once the draft was laid before it."""

from datetime import date

import pytest

from cii.agreements.actions import negotiate
from cii.final_accounts.actions import EnterBudget, enter_budget
from cii.final_accounts.queries import account_by_ref, accounts_list, events_of_role
from cii.kernel.errors import UnknownThing
from cii.store.work import Work
from tests.agreements.build_agreements import acting
from tests.final_accounts.build_final_accounts import LITERAL, a_year, items


def test_a_provider_meets_the_year_of_a_draft_once_it_was_laid_before_it(work: Work):
    year = a_year(work)
    market, line = year.stage.market, year.line
    draft = market.agreement(line, in_force=False, valid_from=date(2027, 1, 1), last_day=date(2027, 12, 31))
    account = enter_budget(year.contracts, EnterBudget(draft.ref, line.ref, 2027, items(LITERAL)))
    assert account_by_ref(year.contracts, account.ref).id == account.id

    with pytest.raises(UnknownThing):
        account_by_ref(year.provider, account.ref)
    assert accounts_list(year.provider) == []
    assert events_of_role(year.provider, draft.id or 0, line.id or 0) == set()

    negotiate(acting(work, market.drafter), draft.ref)

    assert account_by_ref(year.provider, account.ref).id == account.id
    assert events_of_role(year.provider, draft.id or 0, line.id or 0)
