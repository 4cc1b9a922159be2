"""How the agreements of 2027 are negotiated in the demo: one in its second round, checklists answered."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from sqlmodel import col, select

from cii.access.queries import account_actor
from cii.agreements.tables import Agreement
from cii.agreements.vocabulary import AgreementState
from cii.conformity.actions import AnswerItem, answer_item
from cii.conformity.queries import checked
from cii.conformity.rules import answer_faults
from cii.conformity.vocabulary import Answer
from cii.conventions.actions import write_part
from cii.conventions.negotiating import (
    AnswerRound,
    CommentDraft,
    OpenRound,
    answer_round,
    comment,
    open_round,
)
from cii.conventions.queries import text_of
from cii.conventions.vocabulary import CommentStand, Part
from cii.demo.dossiers import utc
from cii.demo.measures import MARK
from cii.store.work import Work

STAFF: Mapping[str, str] = {"AC": "lmmt", "AI": "oai", "AS": "odas"}
SECOND = "AC-2027-ETABLI"
"""The agreement whose second draft lies before its provider."""


def negotiate_successors(work: Work) -> None:
    """Lay each draft open; take the comments of one provider up and lay it open anew; answer checklists."""
    held = work.session.scalars(
        select(Agreement)
        .where(col(Agreement.state) == AgreementState.NEGOTIATION, col(Agreement.number).like("%-2027-%"))
        .order_by(col(Agreement.number))
    ).all()
    for one in held:
        staff = STAFF.get(one.number.partition("-")[0])
        one.laid_at = utc(date(2026, 9, 23), 9)
        if one.number == SECOND:
            _two_rounds(work, one)
        elif staff is not None:
            wish = OpenRound(one.ref, date(2026, 10, 30))
            open_round(_at(work, f"{staff}.contrats", date(2026, 10, 5)), wish)
        if staff is not None:
            _answer_checklist(_at(work, f"{staff}.contrats", date(2026, 10, 9)), one.ref)


def _two_rounds(work: Work, one: Agreement) -> None:
    first = open_round(_at(work, "lmmt.contrats", date(2026, 9, 23)), OpenRound(one.ref, date(2026, 10, 2)))
    theirs = _at(work, "etabli", date(2026, 9, 30))
    said = f"Un entretien de plus par an permettrait de suivre les résultats. {MARK}"
    comment(theirs, CommentDraft(first.ref, said, Part.TALKS))
    answer = f"D'accord : le nouvel entretien a lieu à l'automne. {MARK}"
    comment(_at(work, "lmmt.contrats", date(2026, 10, 1)), CommentDraft(first.ref, answer, Part.TALKS))
    answer_round(_at(work, "etabli", date(2026, 10, 2)), AnswerRound(first.ref, CommentStand.AMENDS))
    talks = text_of(work, one.id or 0).talks
    talks = replace(talks, times_a_year=(talks.times_a_year or 0) + 1)
    mine = _at(work, "lmmt.contrats", date(2026, 10, 6))
    write_part(mine, one.ref, Part.TALKS, talks)
    open_round(_at(work, "lmmt.contrats", date(2026, 10, 8)), OpenRound(one.ref, date(2026, 10, 22)))


def _answer_checklist(work: Work, ref: str) -> None:
    for one in checked(work, ref).open:
        if not answer_faults(one.finding, Answer.YES, ""):
            code, about = one.finding.key
            answer_item(work, AnswerItem(ref, code, Answer.YES, about=about))


def _at(work: Work, login: str, day: date) -> Work:
    actor = account_actor(work, f"{login}@cii.example")
    return replace(work, actor=actor, now=min(utc(day, 9), work.now), seen=[])
