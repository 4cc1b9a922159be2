"""What stands in the way of a signature and of the entry into force, on both engines."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from cii.access.permits import Permit
from cii.agreements.actions import negotiate
from cii.agreements.queries import agreement_view
from cii.agreements.rules import NotOpenForChange
from cii.agreements.vocabulary import AgreementState, DeliverableKind, Instrument, Profile
from cii.conformity.actions import AnswerItem, JustifyFinding, answer_item, justify
from cii.conformity.queries import checked, records_of
from cii.conformity.reading import limits
from cii.conformity.rules import AnswerContradictsText, FindingGone, FindingStands, ReasonTooShort
from cii.conformity.signing import Enforce, ProviderUnsigned, SteeringNotApproved, enforce, sign_agreement
from cii.conformity.vocabulary import Answer, Severity
from cii.conventions.actions import write_part
from cii.conventions.following import Renew, renew
from cii.conventions.parts_conduct import Principles, Reports
from cii.conventions.parts_deal import Bases, Volume
from cii.conventions.queries import text_of
from cii.conventions.rules import EntryBackDated
from cii.conventions.signing import SignForSide, sign_for_side
from cii.conventions.steering import DecideChange, decide, submit
from cii.conventions.vocabulary import Part, SteeringStand
from cii.institutions.queries import unit_by_code
from cii.kernel.errors import NotAllowed, Refusals, UnknownThing
from cii.kernel.moves import IllegalMove
from cii.measures.vocabulary import TargetGroup
from cii.notices.tables import Notice
from cii.providers.actions import AddAttestation, AddLabel, add_attestation, add_label
from cii.providers.vocabulary import AttestationKind
from cii.store.parameters import publish_parameters
from cii.store.settings import HOUSE
from cii.store.tables import Parameter
from cii.store.work import Work
from tests.agreements.build_agreements import a_market, acting, an_actor
from tests.conformity.build_signing import REASON, keep_whole, made_ready, negotiated, settled, the_provider
from tests.institutions.build_institutions import line_by_code

NEXT_YEAR, END = date(2027, 1, 1), date(2028, 12, 31)


@pytest.fixture
def market(work: Work):
    publish_parameters(work.session, HOUSE / "workflows" / "parameters", work.now)
    return a_market(work)


def an_agreement(market, line=None, profile=None, **more):
    return market.agreement(
        line, in_force=False, profile=profile, valid_from=NEXT_YEAR, **{"last_day": END, **more}
    )


def for_the_ai(work: Work, market):
    """An open-ended agreement of the AI, drafted by somebody of its office."""
    market.drafter = an_actor(work, unit_by_code(work, "OAI-REA"))
    return an_agreement(market, line_by_code(work, "AI"), Profile.AI, last_day=None)


def codes(no) -> list[str]:
    return [reason.code for reason in no.value.reasons]


def findings(no) -> list[tuple[str, str]]:
    return [
        (reason.facts["indication"], reason.facts["finding"])
        for reason in no.value.reasons
        if "finding" in reason.facts
    ]


def test_a_complete_negotiated_and_settled_agreement_is_signed_with_its_record(work: Work, market):
    agreement = an_agreement(market, market.social)
    mine = acting(work, market.drafter)
    made_ready(mine, agreement)

    sign_agreement(acting(work, market.signer), agreement.ref)

    assert agreement.state is AgreementState.SIGNED
    [record] = records_of(mine, agreement.ref)
    assert {one["severity"] for one in record.findings} == {"check", "warning"}
    assert all(one["answer"] == "yes" or one["wording"] == REASON for one in record.findings)


def test_an_empty_agreement_of_the_ac_is_refused_with_each_item_of_the_law_by_name(work: Work, market):
    agreement = an_agreement(market)

    with pytest.raises(Refusals) as no:
        sign_agreement(acting(work, market.drafter), agreement.ref)

    items = [reason.facts["about"] for reason in no.value.reasons if reason.facts.get("indication") == "AC1"]
    assert codes(no)[0] == "signed-by-drafter"
    assert {"finding-stands", "warning-unjustified", "check-unanswered"} <= set(codes(no))
    assert items == [
        "item:legal_bases", "item:nature", "item:aims", "item:mandate", "item:target_groups", "item:authority",
        "item:organiser", "item:rights_and_duties", "item:termination_or_change", "item:dispute_procedure",
    ]  # fmt: skip
    assert agreement.state is AgreementState.DRAFT


def test_one_open_warning_is_enough_to_refuse(work: Work, market):
    agreement = an_agreement(market, market.social)
    mine = acting(work, market.drafter)
    made_ready(mine, agreement)
    write_part(mine, agreement.ref, Part.REPORTS, Reports())

    with pytest.raises(Refusals) as no:
        sign_agreement(acting(work, market.signer), agreement.ref)

    assert ("32", "reports-missing") in findings(no)
    assert ("35", "individual-reports") in findings(no), "the answer was given for another text"


def test_an_agreement_that_was_never_negotiated_needs_a_reason(work: Work, market):
    agreement = an_agreement(market, market.social)
    mine = acting(work, market.drafter)
    keep_whole(mine, agreement)
    negotiate(mine, agreement.ref)

    open_ = {one.finding.code for one in checked(mine, agreement.ref).open}

    assert "never-negotiated" in open_
    negotiated(mine, agreement)
    assert "never-negotiated" not in {one.finding.code for one in checked(mine, agreement.ref).open}


def test_a_change_of_contract_waits_for_the_steering_group(work: Work, market):
    agreement = an_agreement(market, market.social)
    agreement.contract_change = True
    mine, theirs = acting(work, market.drafter), acting(work, market.signer)
    made_ready(mine, agreement)

    with pytest.raises(SteeringNotApproved):
        sign_agreement(theirs, agreement.ref)

    submit(mine, agreement.ref)
    group = an_actor(
        work, unit_by_code(work, "ODAS"), role="steering", permits=frozenset({Permit.DECIDE_STEERING})
    )
    decide(acting(work, group), DecideChange(agreement.ref, SteeringStand.APPROVED))
    assert sign_agreement(theirs, agreement.ref).state is AgreementState.SIGNED


def test_what_the_steering_group_approved_may_not_change_before_the_signature(work: Work, market):
    agreement = an_agreement(market, market.social)
    agreement.contract_change = True
    mine = acting(work, market.drafter)
    made_ready(mine, agreement)
    submit(mine, agreement.ref)
    group = an_actor(
        work, unit_by_code(work, "ODAS"), role="steering", permits=frozenset({Permit.DECIDE_STEERING})
    )
    decide(acting(work, group), DecideChange(agreement.ref, SteeringStand.APPROVED))
    write_part(mine, agreement.ref, Part.VOLUME, Volume(responsibilities="Autrement."))
    settled(mine, agreement)

    with pytest.raises(SteeringNotApproved):
        sign_agreement(acting(work, market.signer), agreement.ref)


def test_an_agreement_of_the_ai_with_a_guarantee_is_refused(work: Work, market):
    agreement = for_the_ai(work, market)
    mine = acting(work, an_actor(work, unit_by_code(work, "OAI-REA")))
    made_ready(acting(work, market.drafter), agreement)
    write_part(acting(work, market.drafter), agreement.ref, Part.VOLUME, Volume(guarantee_percent=50))

    with pytest.raises(FindingStands) as no:
        sign_agreement(mine, agreement.ref)

    assert findings(no) == [("AI6", "ai-guarantee")]


def test_an_agreement_of_the_ai_gets_the_dates_of_the_general_conditions_when_it_is_signed(
    work: Work, market
):
    agreement = for_the_ai(work, market)
    made_ready(acting(work, market.drafter), agreement)

    sign_agreement(acting(work, an_actor(work, unit_by_code(work, "OAI-REA"))), agreement.ref)

    owed = agreement_view(acting(work, market.drafter), agreement.ref).deliverables
    yearly = [one.due_on for one in owed if one.kind is DeliverableKind.QUALITY_SYSTEM]
    assert {one.kind for one in owed} == {
        DeliverableKind.ANNUAL_REPORT, DeliverableKind.QUALITY_SYSTEM, DeliverableKind.FINAL_ACCOUNT,
        DeliverableKind.AUDIT_REPORT, DeliverableKind.INDICATORS,
    }  # fmt: skip
    assert yearly == [date(2028, 6, 30), date(2029, 6, 30), date(2030, 6, 30)]


def test_an_agreement_of_the_ac_without_a_declaration_on_new_rights_is_refused(work: Work, market):
    agreement = an_agreement(market)
    mine = acting(work, market.drafter)
    made_ready(mine, agreement)
    write_part(mine, agreement.ref, Part.PRINCIPLES, Principles(internal_control="SCI"))

    with pytest.raises(Refusals) as no:
        sign_agreement(acting(work, market.signer), agreement.ref)

    stands = [reason.facts["finding"] for reason in no.value.reasons if reason.code == "finding-stands"]
    assert stands == ["ac-item-missing", "ac-competition-unexcluded", "ac-new-rights"]


def test_an_agreement_enters_into_force_when_the_provider_has_signed(work: Work, market):
    agreement = an_agreement(market, market.social)
    made_ready(acting(work, market.drafter), agreement)
    theirs = acting(work, market.signer)
    sign_agreement(theirs, agreement.ref)

    with pytest.raises(ProviderUnsigned):
        enforce(theirs, Enforce(agreement.ref))
    provider = acting(work, the_provider(work, agreement))
    sign_for_side(
        provider, SignForSide(agreement.ref, "Directrice Atelier", work.today, "Directrice", "Neuchâtel")
    )

    assert enforce(theirs, Enforce(agreement.ref)).state is AgreementState.IN_FORCE


def test_an_agreement_is_signed_once(work: Work, market):
    agreement = an_agreement(market, market.social)
    made_ready(acting(work, market.drafter), agreement)
    sign_agreement(acting(work, market.signer), agreement.ref)

    with pytest.raises(IllegalMove):
        sign_agreement(acting(work, market.signer), agreement.ref)
    with pytest.raises(NotOpenForChange):
        justify(acting(work, market.drafter), JustifyFinding(agreement.ref, "term-short", REASON))


def test_a_warning_is_borne_for_a_reason_of_twenty_signs(work: Work, market):
    agreement = an_agreement(market, market.social)
    mine = acting(work, market.drafter)

    with pytest.raises(ReasonTooShort):
        justify(mine, JustifyFinding(agreement.ref, "risk-unsaid", "trop court"))
    justify(mine, JustifyFinding(agreement.ref, "risk-unsaid", REASON))

    assert "risk-unsaid" not in {one.finding.code for one in checked(mine, agreement.ref).open}


def test_an_error_is_not_justified_away(work: Work, market):
    agreement = an_agreement(market)

    with pytest.raises(FindingGone):
        justify(
            acting(work, market.drafter),
            JustifyFinding(agreement.ref, "ac-item-missing", REASON, "item:mandate"),
        )


def test_yes_is_no_answer_while_the_text_says_nothing(work: Work, market):
    agreement = an_agreement(market, market.social)
    mine = acting(work, market.drafter)

    with pytest.raises(AnswerContradictsText):
        answer_item(mine, AnswerItem(agreement.ref, "general-duties", Answer.YES))
    with pytest.raises(ReasonTooShort):
        answer_item(mine, AnswerItem(agreement.ref, "general-duties", Answer.NO))
    with pytest.raises(FindingGone):
        answer_item(mine, AnswerItem(agreement.ref, "risk-unsaid", Answer.NO, REASON))
    answer_item(mine, AnswerItem(agreement.ref, "general-duties", Answer.NOT_APPLICABLE, REASON))

    assert "general-duties" not in {one.finding.code for one in checked(mine, agreement.ref).open}


def test_only_the_payer_settles_findings_and_nobody_else_sees_them(work: Work, market):
    agreement = an_agreement(market, market.social)
    negotiate(acting(work, market.drafter), agreement.ref)
    provider = acting(work, the_provider(work, agreement))
    outsider = acting(work, an_actor(work, unit_by_code(work, "OFIJ")))

    with pytest.raises(NotAllowed):
        justify(provider, JustifyFinding(agreement.ref, "risk-unsaid", REASON))
    with pytest.raises(UnknownThing):
        checked(outsider, agreement.ref)


def test_a_legal_basis_that_is_named_is_no_finding_any_more(work: Work, market):
    agreement = an_agreement(market, market.social)
    mine = acting(work, market.drafter)
    before = {one.finding.code for one in checked(mine, agreement.ref).findings}
    keep_whole(mine, agreement)
    after = {one.finding.code for one in checked(mine, agreement.ref).findings}

    assert "legal-basis-missing" in before - after
    write_part(mine, agreement.ref, Part.BASES, Bases())
    assert "legal-basis-missing" in {one.finding.code for one in checked(mine, agreement.ref).findings}


def test_the_canton_makes_the_guide_binding_from_a_day_on(work: Work, market):
    agreement = an_agreement(market, market.social)
    mine = acting(work, market.drafter)
    said = {one.finding.severity for one in checked(mine, agreement.ref).findings}
    work.session.add(
        Parameter(
            name="guide_binds_as", valid_from=date(2026, 10, 1), value=1, unit="0 non, 1 oui", source="canton",
            certainty="S", published_at=work.now,
        )
    )  # fmt: skip
    work.session.flush()

    bound = {one.finding.severity for one in checked(mine, agreement.ref).findings}

    assert Severity.ERROR not in said
    assert Severity.ERROR in bound
    assert not limits(work, Profile.AS, date(2026, 9, 30)).binding


@pytest.mark.parametrize(
    "attack",
    [
        "UPDATE finding_justification SET wording = 'une toute autre raison que celle dite'",
        "DELETE FROM checklist_answer",
        "UPDATE conformity_record SET digest = 'x'",
    ],
)
def test_the_database_keeps_reasons_answers_and_records(work: Work, market, attack: str):
    agreement = an_agreement(market, market.social)
    made_ready(acting(work, market.drafter), agreement)
    sign_agreement(acting(work, market.signer), agreement.ref)

    with pytest.raises(DBAPIError):
        work.session.execute(text(attack))


def test_the_providers_attestation_and_expired_label_are_read_from_its_register(work: Work, market):
    agreement = an_agreement(market)
    mine = acting(work, market.drafter)
    keep_whole(mine, agreement)
    before = found_in(mine, agreement)
    ref = market.provider.ref
    add_attestation(
        mine, AddAttestation(ref, AttestationKind.ICS, date(2026, 3, 1), "Fiduciaire", "Attestation")
    )
    add_label(
        mine,
        AddLabel(ref, "Norme Insertion Suisse", "IS", date(2024, 1, 1), "Certificat", date(2026, 10, 31)),
    )
    attested = found_in(mine, agreement)
    later = found_in(replace(mine, now=datetime(2027, 4, 2, 8, tzinfo=UTC)), agreement)

    assert "ac-attestation-missing" in before
    assert not {"ac-attestation-missing", "ac-attestation-old", "label-expired"} & attested
    assert {"ac-attestation-old", "label-expired"} <= later


def found_in(work: Work, agreement) -> set[str]:
    return {one.finding.code for one in checked(work, agreement.ref).findings}


def test_a_renewal_of_the_same_offer_keeps_its_rules_or_says_why_not(work: Work, market):
    agreement = an_agreement(market, market.social)
    mine, theirs = acting(work, market.drafter), acting(work, market.signer)
    made_ready(mine, agreement)
    sign_agreement(theirs, agreement.ref)
    sign_for_side(
        acting(work, the_provider(work, agreement)), SignForSide(agreement.ref, "Directrice", work.today)
    )
    enforce(theirs, Enforce(agreement.ref))
    again = renew(mine, Renew(agreement.ref, date(2029, 1, 1), date(2030, 12, 31)))
    same = found_in(mine, again)
    reports = text_of(work, again.id or 0).reports
    write_part(mine, again.ref, Part.REPORTS, replace(reports, channel="Portail", template_version="3"))

    found = {one.finding.key for one in checked(mine, again.ref).findings}

    assert not {"renewal-differs", "template-changed", "report-serves-unknown", "goal-not-reported"} & same
    assert ("renewal-differs", "part:reports") in found
    assert ("template-changed", "") in found
    term = text_of(work, again.id or 0).term
    write_part(mine, again.ref, Part.TERM, replace(term, differences_reason="Portail du canton dès 2029"))
    assert "renewal-differs" not in found_in(mine, again)


def test_an_agreement_under_a_framework_names_the_same_target_groups(work: Work, market):
    framework, agreement = (an_agreement(market, market.social) for _ in range(2))
    framework.instrument = Instrument.FRAMEWORK
    mine = acting(work, market.drafter)
    for one in (framework, agreement):
        keep_whole(mine, one)
    same = found_in(mine, agreement)
    services = text_of(work, framework.id or 0).services
    others = tuple(replace(one, target_groups=(TargetGroup.YOUTH,)) for one in services.offers)
    write_part(mine, framework.ref, Part.SERVICES, replace(services, offers=others))

    found = [one.finding for one in checked(mine, agreement.ref).findings if one.finding.indication == "41"]

    assert "document-differs" not in same
    assert [one.facts for one in found] == [{"document": framework.number, "aspect": "target_groups"}]


def test_an_agreement_that_has_begun_enters_into_force_by_a_right_that_is_named(work: Work, market):
    agreement = an_agreement(market, market.social)
    made_ready(acting(work, market.drafter), agreement)
    theirs = acting(work, market.signer)
    sign_agreement(theirs, agreement.ref)
    provider = acting(work, the_provider(work, agreement))
    sign_for_side(provider, SignForSide(agreement.ref, "Direction", work.today, "Directrice", "Neuchâtel"))
    late = replace(theirs, now=datetime(2027, 1, 12, 8, tzinfo=UTC))

    with pytest.raises(EntryBackDated) as no:
        enforce(late, Enforce(agreement.ref, "oui"))
    enforce(late, Enforce(agreement.ref, "Art. 12 de la loi cantonale, service rendu dès janvier"))

    assert (no.value.field, no.value.facts["first"]) == ("right", NEXT_YEAR)
    assert agreement.state is AgreementState.IN_FORCE
    assert agreement.back_dated == "Art. 12 de la loi cantonale, service rendu dès janvier"


@pytest.mark.parametrize(("entry", "told"), [(datetime(2028, 9, 30, 8), 0), (datetime(2028, 10, 12, 8), 2)])
def test_a_date_whose_warning_is_past_is_told_at_the_entry_into_force(
    work: Work, market, entry: datetime, told: int
):
    agreement = an_agreement(market, market.social)
    made_ready(acting(work, market.drafter), agreement)
    theirs = acting(work, market.signer)
    sign_agreement(theirs, agreement.ref)
    provider = acting(work, the_provider(work, agreement))
    sign_for_side(provider, SignForSide(agreement.ref, "Direction", work.today, "Directrice", "Neuchâtel"))

    enforce(
        replace(theirs, now=entry.replace(tzinfo=UTC)), Enforce(agreement.ref, "Art. 12 de la loi cantonale")
    )

    ends = [one for one in work.session.scalars(select(Notice)) if one.kind == "agreement-end"]
    assert [one.facts["due"] for one in ends] == ["2028-12-31"] * told
    assert len({(one.unit_id, one.account_id) for one in ends}) == told
