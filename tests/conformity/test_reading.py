"""What the checks take over from the room of calls."""

from dataclasses import replace
from datetime import date

import pytest

from cii.calls.actions import ProposeAward, confirm_award, propose_award, set_call
from cii.calls.facts import CallFacts
from cii.calls.vocabulary import CallKind, SpecPart
from cii.conformity.queries import call_findings, checked
from cii.conformity.reading import _call
from cii.conformity.vocabulary import CallItem, Severity
from cii.conventions.actions import write_part
from cii.conventions.parts import Text
from cii.conventions.parts_conduct import Criterion
from cii.conventions.queries import text_of
from cii.conventions.vocabulary import Part
from cii.institutions.queries import unit_by_code
from cii.kernel.errors import UnknownThing
from cii.store.parameters import publish_parameters
from cii.store.settings import HOUSE
from cii.store.work import Work
from tests.agreements.build_agreements import a_market, acting, an_actor
from tests.calls.build_calls import a_published, an_offer, an_office, wish
from tests.calls.test_calls import drafted


def test_what_a_call_tells_and_what_a_check_asks_of_it_are_the_same_words():
    assert {one.value for one in SpecPart} == {one.value for one in CallItem}


def test_a_direct_award_is_seen_with_its_criteria_and_whether_everybody_can_read_them():
    told = CallFacts(
        ref="cccccccccc", kind=CallKind.DIRECT, criteria={"price": 40, "results": 60}, scored=frozenset(),
        parts=frozenset({SpecPart.AIMS}), base_requirements="SCI", published_on=date(2026, 9, 1),
        direct_published=True, text=Text(),
    )  # fmt: skip

    seen = _call(told)

    assert seen is not None
    assert (seen.direct, seen.published, seen.requirements_public) == (True, True, True)
    assert (seen.criteria, seen.items) == ({"price", "results"}, {CallItem.AIMS})
    assert _call(None) is None


def test_an_agreement_from_a_direct_award_is_held_to_what_was_published(work: Work):
    publish_parameters(work.session, HOUSE / "workflows" / "parameters", work.now)
    office = an_office(work, a_market(work))
    call = a_published(office, kind=CallKind.DIRECT)
    offer = an_offer(office, call, provider_ref=office.market.provider.ref)
    propose_award(
        office.first, ProposeAward(call.ref, offer.ref, "Seul prestataire du canton pour ce métier")
    )
    confirm_award(office.second, call.ref)
    made = drafted(office, call)

    def found() -> set[str]:
        return {one.finding.code for one in checked(office.first, made.ref).findings}

    before = found()
    evaluation = text_of(office.first, made.id).evaluation
    other = (*evaluation.criteria, Criterion("sympathy", "Bonne impression"))
    write_part(office.first, made.ref, Part.EVALUATION, replace(evaluation, criteria=other))

    assert not {"award-unsaid", "call-missing", "criterion-not-in-call", "document-differs"} & before
    assert "criterion-not-in-call" in found()


def test_a_call_is_checked_before_any_agreement(work: Work):
    publish_parameters(work.session, HOUSE / "workflows" / "parameters", work.now)
    office = an_office(work, a_market(work))
    call = set_call(office.first, wish(office, base_requirements="", criteria=()))
    direct = set_call(office.first, wish(office, kind=CallKind.DIRECT))
    open_ = a_published(office, kind=CallKind.DIRECT)

    lacking = call_findings(office.first, call.ref)

    assert [(one.indication, one.facts["item"]) for one in lacking] == [
        ("42", "base_requirements"), ("42", "award_criteria"),
    ]  # fmt: skip
    assert {one.severity for one in lacking} == {Severity.WARNING}
    assert [one.code for one in call_findings(office.first, direct.ref)] == []
    assert call_findings(office.first, open_.ref) == ()
    outsider = acting(work, an_actor(work, unit_by_code(work, "OFIJ")))
    with pytest.raises(UnknownThing):
        call_findings(outsider, call.ref)
