"""Offers that are handed in: sealed until the closing, replaced, withdrawn, with files; on both engines."""

from dataclasses import replace
from hashlib import sha256

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from cii.access.vocabulary import Role
from cii.calls.actions import close_offers
from cii.calls.letters import letter_paper
from cii.calls.offering import HandIn, Sent, hand_in, sweep_calls, withdraw_offer
from cii.calls.queries import (
    call_view,
    calls_list,
    folder,
    offer_paper,
    offer_seen,
    offers_of,
    open_calls,
    own_offers,
    papers_of,
    published_call,
)
from cii.calls.rules import CallPublished, OfferLate, OfferWithoutConcept, TooManyPapers
from cii.calls.vocabulary import CallKind, PaperKind
from cii.documents import store
from cii.documents.csv_reading import EmptyFile, FileTooLarge
from cii.documents.store import UnsupportedFile
from cii.institutions.queries import unit_by_code
from cii.kernel.errors import UnknownThing
from cii.kernel.money import Chf
from cii.store.parameters import publish_parameters
from cii.store.settings import HOUSE
from cii.store.work import HOUSE as THE_HOUSE
from cii.store.work import Work
from tests.agreements.build_agreements import a_market, a_provider, acting, an_actor
from tests.calls.build_calls import CONCEPT, a_maker, a_published, after, an_office, handed_in, later
from tests.documents.test_cleaning import a_pdf


@pytest.fixture
def office(work: Work):
    publish_parameters(work.session, HOUSE / "workflows" / "parameters", work.now)
    return an_office(work, a_market(work))


@pytest.fixture
def maker(work: Work, office) -> Work:
    return a_maker(work, office)


def readers(work: Work, office) -> list[Work]:
    """Everybody who may see the call: its office, the roles that read all calls, the house."""
    roles = (Role.COORDINATION_MEMBER, Role.STEERING, Role.AUDITOR)
    others = [acting(work, an_actor(work, unit_by_code(work, "GC"), role=role)) for role in roles]
    return [office.first, office.second, *others, acting(work, THE_HOUSE)]


def opens(reader: Work, ref: str) -> bool:
    try:
        offer_seen(reader, ref)
    except UnknownThing:
        return False
    return True


def test_before_the_closing_nobody_of_the_office_reads_an_offer_its_maker_or_how_many_there_are(
    work: Work, office, maker
):
    call = a_published(office)
    offer = handed_in(maker, call)
    (paper,) = papers_of(work, [offer.id])[offer.id]

    for reader in readers(work, office):
        view = call_view(reader, call.ref)
        assert view.sealed
        assert view.offers == ()
        assert view.papers == {}
        assert offers_of(reader, call) == []
        assert not opens(reader, offer.ref)
        with pytest.raises(UnknownThing):
            offer_paper(reader, offer.ref, paper.ref)
        with pytest.raises(UnknownThing):
            letter_paper(reader, offer.ref)
        told = str([tuple(row) for row in calls_list(reader)])
        assert offer.name not in told


def test_what_stands_in_the_journal_and_on_the_call_tells_nothing_of_a_sealed_offer(
    work: Work, office, maker
):
    call = a_published(office)
    before = call.version
    offer = handed_in(maker, call, price="118000")

    rows = work.session.execute(
        text("SELECT e.ref, p.payload FROM journal_entry e LEFT JOIN journal_payload p ON p.entry_id = e.id "
             "WHERE e.action = 'offer_handed_in'")
    ).all()  # fmt: skip
    notices = work.session.execute(text("SELECT count(*) FROM notice")).scalar()

    assert [row.ref for row in rows] == [call.ref]
    assert offer.name not in str(rows)
    assert "118" not in str([row.payload for row in rows])
    assert notices == 0
    assert call.version == before


def test_the_closing_opens_every_offer_with_its_files(work: Work, office, maker):
    call = a_published(office)
    evidence = Sent(PaperKind.EVIDENCE, b"reference;mandat\nA;B\n", "text/csv")
    offer = handed_in(maker, call, CONCEPT, evidence)
    then = after(office, 31)

    close_offers(then.first, call.ref)
    view = call_view(then.second, call.ref)
    kinds = [(one.kind, one.size, one.sha256) for one in view.papers[offer.id]]
    kept, name, pieces = offer_paper(then.second, offer.ref, view.papers[offer.id][0].ref)

    assert not view.sealed
    assert [one.name for one in view.offers] == [offer.name]
    assert kinds == [(one.kind, len(one.data), sha256(one.data).hexdigest()) for one in (CONCEPT, evidence)]
    assert b"".join(pieces) == CONCEPT.data
    assert name.endswith(".txt")
    assert kept.size == len(CONCEPT.data)


def test_an_offer_takes_the_place_of_the_former_one_which_nobody_reads_any_more(work: Work, office, maker):
    call = a_published(office)
    former = handed_in(maker, call, price="118000")
    newer = handed_in(maker, call, price="112000")
    then = after(office, 31)
    close_offers(then.first, call.ref)

    assert [one.ref for one in call_view(then.first, call.ref).offers] == [newer.ref]
    assert [row.ref for row in own_offers(maker)] == [newer.ref]
    for reader in (then.first, maker, acting(work, THE_HOUSE)):
        assert not opens(reader, former.ref)


def test_an_offer_is_withdrawn_until_the_last_day_only(office, maker):
    call = a_published(office)
    first = handed_in(maker, call)
    withdraw_offer(maker, first.ref)
    second = handed_in(maker, call)
    last, late = later(maker, 30), later(maker, 31)

    with pytest.raises(OfferLate):
        withdraw_offer(late, second.ref)
    with pytest.raises(OfferLate):
        handed_in(late, call)
    third = handed_in(last, call)
    close_offers(later(office.first, 31), call.ref)
    with pytest.raises(CallPublished):
        withdraw_offer(late, third.ref)
    with pytest.raises(CallPublished):
        handed_in(late, call)

    assert [one.ref for one in call_view(later(office.first, 31), call.ref).offers] == [third.ref]


def test_one_provider_neither_reads_nor_withdraws_the_offer_of_another(work: Work, office, maker):
    call = a_published(office)
    offer = handed_in(maker, call)
    other = a_maker(work, office, a_provider(work))
    theirs = handed_in(other, call)

    with pytest.raises(UnknownThing):
        offer_seen(other, offer.ref)
    with pytest.raises(UnknownThing):
        withdraw_offer(other, offer.ref)
    close_offers(later(office.first, 31), call.ref)
    with pytest.raises(UnknownThing):
        offer_seen(other, offer.ref)

    assert [row.ref for row in own_offers(other)] == [theirs.ref]


def test_an_offer_is_made_by_a_provider_on_a_call_that_takes_offers(work: Work, office, maker):
    draft = a_published(office, kind=CallKind.DIRECT)

    with pytest.raises(CallPublished):
        handed_in(maker, draft)
    with pytest.raises(UnknownThing):
        handed_in(office.first, a_published(office))
    with pytest.raises(UnknownThing):
        hand_in(maker, HandIn("0000000000", Chf.parse("1")), [CONCEPT])


@pytest.mark.parametrize(
    ("files", "refusal"),
    [
        ((Sent(PaperKind.COSTS, b"prix", "text/plain"),), OfferWithoutConcept),
        ((CONCEPT,) * 11, TooManyPapers),
        ((Sent(PaperKind.CONCEPT, b"", "text/plain"),), EmptyFile),
        ((Sent(PaperKind.CONCEPT, b"MZ\x90\x00", "application/pdf"),), UnsupportedFile),
        ((Sent(PaperKind.CONCEPT, b"<svg onload='x'></svg>", "image/svg+xml"),), UnsupportedFile),
        ((Sent(PaperKind.CONCEPT, b"x" * 20_000_001, "text/plain"),), FileTooLarge),
    ],
    ids=["no concept", "eleven files", "empty", "program as pdf", "svg", "too large"],
)
def test_what_is_no_offer_is_refused(office, maker, files, refusal):
    call = a_published(office)

    with pytest.raises(refusal):
        handed_in(maker, call, *files)


def test_what_a_file_says_about_its_maker_is_cut_out(work: Work, office, maker):
    call = a_published(office)
    offer = handed_in(maker, call, Sent(PaperKind.CONCEPT, a_pdf(author="Jeanne Exemple")))

    (paper,) = papers_of(work, [offer.id])[offer.id]

    assert paper.cleaned == "metadata"
    assert b"Jeanne Exemple" not in store.get(folder(work), paper.sha256)


def test_an_offer_stays_as_it_was_handed_in(work: Work, office, maker):
    handed_in(maker, a_published(office))

    for attack in (
        "UPDATE call_offer SET price = 1",
        "UPDATE offer_paper SET sha256 = 'x'",
        "DELETE FROM offer_paper",
        "DELETE FROM call_offer",
    ):
        with pytest.raises(DBAPIError), work.session.begin_nested():
            work.session.execute(text(attack))


def test_providers_see_which_calls_take_offers(office, maker):
    call = a_published(office)

    assert [row.ref for row in open_calls(maker)] == [call.ref]
    assert open_calls(later(maker, 31)) == []
    assert published_call(maker, call.ref).call.ref == call.ref


def test_the_sweep_keeps_the_files_of_offers(office, maker, tmp_path):
    settings = maker.settings.model_copy(update={"data_dir": tmp_path})
    alone = replace(maker, settings=settings)
    offer = handed_in(alone, a_published(office))
    store.put(folder(alone), b"left over", "text/plain")

    gone = sweep_calls(alone)

    assert gone == 1
    assert [store.get(folder(alone), one.sha256) for one in papers_of(alone, [offer.id])[offer.id]] == [
        CONCEPT.data
    ]
