"""Letters of award and refusal: what they tell, to whom, once; on both engines."""

from dataclasses import replace
from datetime import date, timedelta
from io import BytesIO

import pytest
from pypdf import PdfReader
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from cii.access.vocabulary import Role
from cii.agreements.actions import Bought
from cii.agreements.vocabulary import Instrument, Profile
from cii.calls.actions import (
    DraftFromCall,
    ProposeAward,
    RefusalReason,
    confirm_award,
    draft_from_call,
    propose_award,
    settle_scores,
)
from cii.calls.letters import appeal_until, letter_paper, send_letters
from cii.calls.offering import sweep_calls
from cii.calls.queries import call_view, folder, own_offers
from cii.calls.rules import AppealUntold, CallNotAwarded, LettersSentAlready, Points, scores_of
from cii.calls.vocabulary import CallKind, LetterKind
from cii.conformity.queries import checked
from cii.conformity.signing import AppealRunning, hindrances
from cii.documents import store
from cii.institutions.queries import unit_by_code
from cii.kernel.errors import NotAllowed, UnknownThing
from cii.store.parameters import publish_parameters
from cii.store.settings import HOUSE
from cii.store.work import Work
from tests.agreements.build_agreements import a_market, acting, an_actor
from tests.calls.build_calls import (
    a_direct_award,
    a_maker,
    a_published,
    a_told_award,
    an_offer,
    an_office,
    closed,
    later,
    score,
)

WHY = "La meilleure offre selon les critères publiés."
WHY_NOT = "Le concept d'encadrement convainc moins."


@pytest.fixture
def office(work: Work):
    publish_parameters(work.session, HOUSE / "workflows" / "parameters", work.now)
    return an_office(work, a_market(work))


def awarded(office):
    """A call with two offers, the first of a registered provider and taken, the second refused."""
    call, then, (one, other) = closed(office)
    for person in (then.first, then.second):
        score(person, call, one, 5, 4)
    score(then.first, call, other, 2, 1)
    score(then.second, call, other, 3, 1)
    settle_scores(then.first, call.ref)
    propose_award(then.first, ProposeAward(call.ref, one.ref, WHY, (RefusalReason(other.ref, WHY_NOT),)))
    confirm_award(then.second, call.ref)
    return call, then, (one, other)


def told(content: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages).split())


def test_each_offer_gets_a_letter_with_its_reasons_its_own_points_and_the_means_of_appeal(office):
    call, then, (one, other) = awarded(office)

    send_letters(then.first, call.ref)
    award, refusal = (
        told(letter_paper(then.first, one.ref).content),
        told(letter_paper(then.first, other.ref).content),
    )

    assert call_view(then.first, call.ref).letters[one.id].kind is LetterKind.AWARD
    assert "la prestation vous est adjugée" in award
    assert WHY in award
    assert WHY_NOT not in award
    assert "Prix 40 5 2.0" in award
    assert "Prix 40 2.5 1.0" in refusal
    assert "nous ne l'avons pas retenue" in refusal
    assert WHY_NOT in refusal
    assert "adjugée à Fondation au prix de" in refusal.replace("\xa0", " ")
    for letter in (award, refusal):
        assert "dans les 20 jours dès sa notification" in letter
        assert call.ref in letter
        assert "Confirmation" in letter


def test_a_letter_tells_the_points_of_its_own_offer_only():
    given = [
        Points(1, "price", 7, 5), Points(1, "price", 8, 4), Points(1, "concept", 7, 3), Points(1, "concept", 8, 3),
        Points(2, "price", 7, 1), Points(2, "concept", 7, 0),
    ]  # fmt: skip

    told_ = scores_of(1, given, {"price": 40, "concept": 60, "unscored": 0})

    assert [(row.criterion, float(row.mean), float(row.weighted)) for row in told_] == [
        ("price", 4.5, 1.8),
        ("concept", 3.0, 1.8),
    ]


def test_letters_are_written_in_the_language_of_the_offer(office):
    call = a_published(office, kind=CallKind.DIRECT)
    offer = an_offer(office, call, lang="de", address="Bahnhofstrasse 1\n2500 Biel")
    propose_award(office.first, ProposeAward(call.ref, offer.ref, WHY))
    confirm_award(office.second, call.ref)

    send_letters(office.first, call.ref)
    letter = told(letter_paper(office.first, offer.ref).content)

    assert "Bahnhofstrasse 1" in letter
    assert "Zuschlag erteilt" in letter
    assert "innert 20 Tagen" in letter
    assert "Punkte im Mittel" not in letter


def test_before_the_award_is_confirmed_no_letter_exists(office):
    call, then, (one, _other) = closed(office)

    with pytest.raises(CallNotAwarded):
        send_letters(then.first, call.ref)
    with pytest.raises(CallNotAwarded):
        letter_paper(then.first, one.ref)


def test_a_draft_says_so_and_is_for_the_office_only(work: Work, office):
    _call, then, (one, _) = awarded(office)
    provider = a_maker(then.first, office)

    assert "Projet, non notifié" in told(letter_paper(then.second, one.ref).content)
    with pytest.raises(UnknownThing):
        letter_paper(provider, one.ref)


def test_letters_are_sent_once_and_stay_as_they_were_sent(office):
    call, then, (one, _) = awarded(office)
    send_letters(then.first, call.ref)
    sent = letter_paper(then.first, one.ref).content

    with pytest.raises(LettersSentAlready):
        send_letters(then.second, call.ref)
    with pytest.raises(DBAPIError), then.first.session.begin_nested():
        then.first.session.execute(text("UPDATE call_letter SET kind = 'refusal'"))

    later = replace(then.first, now=then.first.now.replace(year=2031))
    assert letter_paper(later, one.ref).content == sent


def test_the_provider_reads_its_own_letter_and_is_told(work: Work, office):
    call, then, (one, _other) = awarded(office)
    provider = a_maker(then.first, office)
    stranger = acting(then.first, an_actor(work, unit_by_code(work, "ODAS"), role=Role.PROVIDER))

    send_letters(then.first, call.ref)

    assert "adjugée" in told(letter_paper(provider, one.ref).content)
    assert [row.letter for row in own_offers(provider)] == [LetterKind.REFUSAL, LetterKind.AWARD]
    assert own_offers(stranger) == []
    with pytest.raises(UnknownThing):
        letter_paper(stranger, one.ref)
    notices = then.first.session.execute(
        text("SELECT kind FROM notice WHERE subject_ref = :ref"), {"ref": one.ref}
    )
    assert [row.kind for row in notices] == ["award-given"]


def test_another_sector_sends_nothing(work: Work, office):
    call, then, _ = awarded(office)
    foreign = acting(then.first, an_actor(work, unit_by_code(work, "ODAS")))
    reader = acting(then.first, an_actor(work, unit_by_code(work, "GC"), role=Role.COORDINATION_MEMBER))

    with pytest.raises(UnknownThing):
        send_letters(foreign, call.ref)
    with pytest.raises(NotAllowed):
        send_letters(reader, call.ref)


def test_a_canton_that_does_not_tell_its_means_of_appeal_sends_nothing(office, tmp_path):
    call, then, _ = awarded(office)
    bare = tmp_path / "canton.toml"
    bare.write_text('[awards.appeal]\nfr = "Recours dans les {days} jours."\n', encoding="utf-8")
    settings = then.first.settings.model_copy(update={"canton": bare})

    with pytest.raises(AppealUntold):
        send_letters(replace(then.first, settings=settings), call.ref)


def test_the_sweep_keeps_letters_and_takes_what_nothing_names(office, tmp_path):
    call, then, (one, _) = awarded(office)
    alone = replace(then.first, settings=then.first.settings.model_copy(update={"data_dir": tmp_path}))
    send_letters(alone, call.ref)
    store.put(folder(alone), b"left over", "text/plain")

    assert sweep_calls(alone) == 1
    assert letter_paper(alone, one.ref).content


def test_no_agreement_is_signed_while_the_award_may_be_appealed_against(office):
    call, then, _ = awarded(office)
    send_letters(then.first, call.ref)
    bought = (Bought(then.market.measure.ref, then.market.ac.ref),)
    made = draft_from_call(
        then.first,
        DraftFromCall(
            call.ref, "AC-2027-9", Profile.AC, Instrument.AGREEMENT, date(2027, 1, 1), None, bought
        ),
    )

    def against(days: int) -> dict[type, dict[str, object]]:
        work = later(then.first, days)
        return {type(one): one.facts for one in hindrances(work, checked(work, made.ref))}

    assert against(20)[AppealRunning] == {"until": then.first.today + timedelta(days=20)}
    assert AppealRunning not in against(21)
    assert against(20).keys() - {AppealRunning} == against(21).keys()


def test_where_nobody_was_refused_nobody_appeals(office):
    call = a_direct_award(office.first)
    provider = office.market.provider.ref
    a_told_award(office.first, office.second, call, provider)
    bought = (Bought(office.market.measure.ref, office.market.ac.ref),)
    wish = DraftFromCall(
        call.ref, "AC-2027-9", Profile.AC, Instrument.AGREEMENT, date(2027, 1, 1), None, bought
    )

    assert appeal_until(office.first, draft_from_call(office.first, wish).id or 0) is None
