"""The attestation of a participant's month: only what is complete, only by whom it concerns."""

from dataclasses import replace
from datetime import date
from io import BytesIO

import pytest
from pypdf import PdfReader

from cii.access.vocabulary import Role
from cii.kernel.errors import Refusal, UnknownThing
from cii.settlement.attestation import attestation
from cii.settlement.rules import NotStarted
from cii.settlement.vocabulary import Presence
from cii.store.work import Work
from tests.settlement.build_settlement import NOVEMBER, a_desk


def test_a_complete_month_is_attested_with_its_days_and_kinds_of_absence(work: Work):
    desk = a_desk(work)
    placement = desk.stage.started()
    desk.attest(placement, d03=Presence.SICK, d04=Presence.SICK, d10=Presence.UNEXCUSED_ABSENCE)

    made = attestation(desk.provider, placement.ref, NOVEMBER, "fr")
    told = " ".join(" ".join(page.extract_text() for page in PdfReader(BytesIO(made)).pages).split())

    assert "Attestation de présence, novembre 2026" in told
    assert "Jours attendus 21" in told
    assert "art. 96 OACI" in told
    assert "2 (03.11.2026, 04.11.2026)" in told
    assert "1 (10.11.2026)" in told


def test_a_month_underway_or_with_days_missing_is_not_attested_and_every_reason_comes_at_once(work: Work):
    desk = a_desk(work)
    placement = desk.stage.started()
    early = desk.on(date(2026, 11, 10))

    with pytest.raises(Refusal) as no:
        attestation(early.provider, placement.ref, NOVEMBER, "de")
    with pytest.raises(NotStarted):
        attestation(desk.provider, placement.ref, date(2026, 8, 1), "fr")

    assert [one.code for one in no.value.reasons] == ["statement-month-not-over", "attendance-incomplete"]


def test_nobody_attests_the_participant_of_another_provider(work: Work):
    desk = a_desk(work)
    placement = desk.stage.started()
    desk.attest(placement)
    stranger = replace(desk.provider, actor=desk.stage.actor(desk.stage.gsr, Role.PROVIDER).actor)

    with pytest.raises(UnknownThing):
        attestation(stranger, placement.ref, NOVEMBER, "fr")
