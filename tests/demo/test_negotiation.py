"""The demo's agreements of 2027 are negotiated, and its providers have well-formed enterprise numbers."""

import pytest

from cii.agreements.rules import enterprise_uid
from cii.demo.directory import PROVIDERS
from cii.demo.uids import uid_of


@pytest.mark.parametrize("code", [one.code for one in PROVIDERS])
def test_every_provider_has_a_number_with_its_check_digit(code):
    assert enterprise_uid(uid_of(code)) == uid_of(code)


def test_no_two_providers_share_a_number():
    assert len({uid_of(one.code) for one in PROVIDERS}) == len(PROVIDERS)
