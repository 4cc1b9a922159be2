"""Legal forms, labels in time and shares of subcontractors, without a database."""

from datetime import date

import pytest

from cii.agreements.rules import UidInvalid
from cii.agreements.vocabulary import LegalForm
from cii.providers.rules import FormForbidsProfit, Part, form_faults, label_standing, share_faults, uid_told
from cii.providers.vocabulary import LabelStanding
from tests.providers.build_providers import UID

TODAY = date(2026, 11, 23)


@pytest.mark.parametrize("form", [LegalForm.FOUNDATION, LegalForm.ASSOCIATION, LegalForm.PUBLIC])
def test_a_form_that_may_not_distribute_profit_is_not_entered_as_profit_making(form):
    (fault,) = form_faults(form, non_profit=False)

    assert isinstance(fault, FormForbidsProfit)
    assert fault.field == "non_profit"
    assert not form_faults(form, non_profit=True)


@pytest.mark.parametrize("form", [LegalForm.LLC, LegalForm.COMPANY, LegalForm.COOPERATIVE])
def test_a_company_may_make_profit_or_not(form):
    assert not form_faults(form, non_profit=False)
    assert not form_faults(form, non_profit=True)


@pytest.mark.parametrize(
    ("since", "until", "withdrawn", "standing"),
    [
        (date(2027, 1, 1), None, None, LabelStanding.COMING),
        (date(2026, 1, 1), None, None, LabelStanding.VALID),
        (date(2026, 1, 1), date(2027, 2, 22), None, LabelStanding.VALID),
        (date(2026, 1, 1), date(2027, 2, 21), None, LabelStanding.EXPIRING),
        (date(2026, 1, 1), date(2026, 11, 24), None, LabelStanding.EXPIRING),
        (date(2026, 1, 1), date(2026, 11, 23), None, LabelStanding.EXPIRED),
        (date(2026, 1, 1), None, date(2026, 11, 23), LabelStanding.WITHDRAWN),
    ],
)
def test_a_label_is_worth_what_its_days_say(since, until, withdrawn, standing):
    assert label_standing(since, until, withdrawn, TODAY, 90) is standing


def test_shares_are_counted_day_by_day():
    held = [Part(60, date(2026, 1, 1), date(2026, 6, 30)), Part(40, date(2026, 7, 1), None)]

    fits = share_faults(held, Part(40, date(2026, 1, 1), date(2026, 6, 30)))
    (beyond,) = share_faults(held, Part(61, date(2026, 3, 1), None))
    (too_much_first,) = share_faults(held, Part(41, date(2026, 6, 30), None))

    assert not fits
    assert (beyond.facts["total"], beyond.facts["on"]) == (121, date(2026, 3, 1))
    assert (too_much_first.facts["total"], too_much_first.facts["on"]) == (101, date(2026, 6, 30))


def test_a_wrong_enterprise_number_is_told_at_its_field():
    with pytest.raises(UidInvalid) as no:
        uid_told("CHE-123.456.789")

    assert no.value.field == "uid"
    assert uid_told(UID.replace(".", "").replace("-", "")) == UID
    assert uid_told("") is None
