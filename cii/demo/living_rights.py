"""Requests of two invented persons about their data: one soon due, one answered in an extended term."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from sqlmodel import col, select

from cii.access.queries import account_actor
from cii.cases.tables import CaseFile
from cii.cases.vocabulary import CaseStatus
from cii.people.tables import Person
from cii.rights.person_requests import (
    AnswerPersonRequest,
    ExtendPersonRequest,
    RecordPersonRequest,
    answer_request,
    extend_request,
    record_request,
)
from cii.rights.vocabulary_requests import AnswerForm, MedicalWay, Proof, RequestKind
from cii.store.work import Work

_OFFICER = "dpo@cii.example"


def ask_rights(work: Work) -> int:
    """The officer has recorded what two persons ask; returns how many requests there are."""
    first, second = _persons(work)
    asked_on = work.today - timedelta(days=24)
    officer = replace(
        work,
        actor=account_actor(work, _OFFICER),
        now=work.now - timedelta(days=24),
        seen=[],
    )
    record_request(
        officer,
        RecordPersonRequest(
            first, RequestKind.ACCESS, Proof.IDENTITY_CARD, AnswerForm.ELECTRONIC, asked_on,
            MedicalWay.PHYSICIAN, "Dr méd. Exemple, rue des Essais 1, 2000 Neuchâtel",
        ),
    )  # fmt: skip
    before = replace(officer, now=work.now - timedelta(days=60), seen=[])
    row = record_request(
        before,
        RecordPersonRequest(
            second, RequestKind.RECTIFICATION, Proof.RESIDENCE_PERMIT, AnswerForm.PAPER, before.today,
            matter="La commune de domicile a changé le 1er juillet.",
        ),
    )  # fmt: skip
    extend_request(
        replace(before, now=before.now + timedelta(days=20)),
        ExtendPersonRequest(
            row.ref, before.today + timedelta(days=45), "La commune doit confirmer le changement."
        ),
    )
    answer_request(
        replace(before, now=before.now + timedelta(days=38)),
        AnswerPersonRequest(row.ref, "La commune est corrigée ; confirmation envoyée par courrier."),
    )
    return 2


def _persons(work: Work) -> Sequence[str]:
    """Two persons with an open case, those of the oldest first."""
    rows = work.session.exec(
        select(Person.ref)
        .join(CaseFile, col(CaseFile.person_id) == col(Person.id))
        .where(col(CaseFile.status) == CaseStatus.OPEN, col(Person.avs_hash).is_not(None))
        .order_by(col(CaseFile.opened_at), col(CaseFile.id))
        .limit(2)
    )
    return list(rows)
