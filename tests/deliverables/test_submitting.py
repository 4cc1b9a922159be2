"""What a provider hands in: submitted, replaced, returned, accepted; who may, and what files are taken."""

from dataclasses import dataclass, replace
from datetime import date, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from cii.agreements.actions import AddDeliverable, add_deliverable, receive_deliverable
from cii.agreements.dates import owed_ahead
from cii.agreements.owed import owed_bound
from cii.agreements.tables import Deliverable
from cii.agreements.vocabulary import DeliverableKind, Frequency
from cii.deliverables.actions import (
    AcceptDeliverable,
    ReturnDeliverable,
    SubmitDeliverable,
    WaiveDeliverable,
    accept,
    give_back,
    submit,
    sweep_deliverables,
    waive,
)
from cii.deliverables.queries import (
    deliverable_shown,
    folder,
    owed_by_me,
    submission_file,
    waiting_for_me,
)
from cii.deliverables.rules import DeliverableAccepted, DeliverableNotOwed, NothingSubmitted
from cii.deliverables.vocabulary import DeliverableStand, SubmissionStand
from cii.documents import store
from cii.documents.csv_reading import EmptyFile
from cii.documents.store import UnsupportedFile
from cii.kernel.errors import NotAllowed, UnknownThing
from cii.store.work import Work
from tests.agreements.build_agreements import Market, a_market, a_provider, acting, an_actor
from tests.conventions.build_conventions import of_provider
from tests.figures.build_figures import later, the_numbers
from tests.institutions.build_institutions import a_unit

DUE = date(2026, 10, 20)
REPORT = b"mois;participants\n2026-09;12\n"
EXE = b"MZ\x90\x00" + b"\x00" * 400
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


@dataclass
class Owed:
    """An agreement in force that owes a list of participants by 20 October, and both sides."""

    market: Market
    due: Deliverable
    payer: Work
    provider: Work

    def sent(self, data: bytes = REPORT):
        return submit(self.provider, SubmitDeliverable(self.due.ref, "Liste de septembre"), data, "text/csv")

    def stand(self, work: Work | None = None) -> DeliverableStand:
        return deliverable_shown(work or self.payer, self.due.ref).stand


def owed(work: Work) -> Owed:
    the_numbers(work)
    market = a_market(work)
    living = market.agreement()
    payer = acting(work, market.drafter)
    wish = AddDeliverable(living.ref, DeliverableKind.PARTICIPANTS, Frequency.MONTHLY, DUE)
    return Owed(market, add_deliverable(payer, wish), payer, of_provider(work, market))


def test_a_file_is_handed_in_and_accepted(work: Work):
    one = owed(work)
    assert one.stand() is DeliverableStand.AHEAD

    one.sent()
    waiting = [row.ref for row in waiting_for_me(one.payer)]
    accept(one.payer, AcceptDeliverable(one.due.ref))

    assert waiting == [one.due.ref]
    assert one.stand() is DeliverableStand.ACCEPTED
    assert waiting_for_me(one.payer) == []


def test_what_was_handed_in_is_read_by_both_sides_and_by_nobody_else(work: Work):
    one = owed(work)
    made = one.sent()
    third = acting(work, an_actor(work, a_unit(work, None), role="coordination_member"))

    for reader in (one.payer, one.provider):
        kept, name, pieces = submission_file(reader, one.due.ref, made.ref)
        assert (b"".join(pieces), kept.media_type, name) == (REPORT, "text/csv", f"cii-{made.ref}.csv")
    assert deliverable_shown(third, one.due.ref).submissions[0].ref == made.ref
    with pytest.raises(UnknownThing):
        submission_file(third, one.due.ref, made.ref)


def test_a_returned_file_is_owed_again_and_what_was_sent_stays(work: Work):
    one = owed(work)
    one.sent()

    give_back(one.payer, ReturnDeliverable(one.due.ref, "Il manque deux personnes."))
    ahead = [row.ref for row in owed_ahead(one.payer, DUE, DUE)]
    one.sent(REPORT + b"2026-10;13\n")

    shown = deliverable_shown(one.provider, one.due.ref)
    assert ahead == [one.due.ref]
    assert [(row.stand, row.reason) for row in shown.submissions] == [
        (None, None),
        (SubmissionStand.RETURNED, "Il manque deux personnes."),
    ]


def test_a_file_that_still_waits_is_replaced_by_the_next(work: Work):
    one = owed(work)
    one.sent()

    one.sent(REPORT + b"2026-10;13\n")

    assert [row.stand for row in deliverable_shown(one.provider, one.due.ref).submissions] == [
        None,
        SubmissionStand.REPLACED,
    ]


def test_nothing_more_is_handed_in_once_it_was_accepted_or_came_on_paper(work: Work):
    one, other = owed(work), None
    one.sent()
    accept(one.payer, AcceptDeliverable(one.due.ref))
    wish = AddDeliverable(
        deliverable_shown(one.payer, one.due.ref).agreement_ref, DeliverableKind.COURSES, Frequency.ONCE, DUE
    )
    other = add_deliverable(one.payer, wish)
    receive_deliverable(one.payer, other.ref)

    with pytest.raises(DeliverableAccepted):
        one.sent()
    with pytest.raises(DeliverableAccepted):
        submit(one.provider, SubmitDeliverable(other.ref), REPORT)
    assert deliverable_shown(one.payer, other.ref).stand is DeliverableStand.ON_PAPER


def test_what_is_waived_is_no_longer_awaited_and_says_why(work: Work):
    one = owed(work)
    late = replace(one.payer, now=work.now + timedelta(days=30))
    before = [row.ref for row in waiting_for_me(late)]

    waive(one.payer, WaiveDeliverable(one.due.ref, "Aucun participant en septembre"))

    shown = deliverable_shown(one.provider, one.due.ref)
    assert (shown.stand, shown.waived_for) == (DeliverableStand.WAIVED, "Aucun participant en septembre")
    assert (shown.may_submit, deliverable_shown(one.payer, one.due.ref).may_waive) == (False, False)
    assert (before, waiting_for_me(late)) == ([one.due.ref], [])
    with pytest.raises(DeliverableNotOwed):
        one.sent()
    with pytest.raises(DeliverableNotOwed):
        waive(one.payer, WaiveDeliverable(one.due.ref, "Une seconde fois"))


def test_only_the_payer_waives_and_only_what_has_not_come_in(work: Work):
    one = owed(work)
    with pytest.raises(NotAllowed):
        waive(one.provider, WaiveDeliverable(one.due.ref, "Nous n'avons rien"))
    one.sent()

    with pytest.raises(DeliverableNotOwed):
        waive(one.payer, WaiveDeliverable(one.due.ref, "Plus nécessaire"))
    assert one.stand() is DeliverableStand.WAITING


def test_what_was_waived_and_comes_in_on_paper_is_received(work: Work):
    one = owed(work)
    waive(one.payer, WaiveDeliverable(one.due.ref, "Aucun participant en septembre"))

    receive_deliverable(one.payer, one.due.ref)

    assert one.stand() is DeliverableStand.ON_PAPER


def test_an_answer_is_given_once(work: Work):
    one = owed(work)
    with pytest.raises(NothingSubmitted):
        accept(one.payer, AcceptDeliverable(one.due.ref))
    one.sent()
    accept(one.payer, AcceptDeliverable(one.due.ref))

    with pytest.raises(NothingSubmitted):
        accept(one.payer, AcceptDeliverable(one.due.ref))
    with pytest.raises(NothingSubmitted):
        give_back(one.payer, ReturnDeliverable(one.due.ref, "Trop tard."))


def test_each_side_keeps_to_its_own_acts(work: Work):
    one = owed(work)
    with pytest.raises(NotAllowed):
        submit(one.payer, SubmitDeliverable(one.due.ref), REPORT)
    one.sent()

    with pytest.raises(NotAllowed):
        accept(one.provider, AcceptDeliverable(one.due.ref))
    with pytest.raises(NotAllowed):
        give_back(one.provider, ReturnDeliverable(one.due.ref, "Moi-même."))
    with pytest.raises(NotAllowed):
        receive_deliverable(one.provider, one.due.ref)


def test_another_provider_finds_nothing(work: Work):
    one = owed(work)
    made = one.sent()
    one.market.provider = a_provider(work)
    stranger = of_provider(work, one.market)

    assert owed_by_me(stranger, DUE) == []
    for act in (
        lambda: owed_bound(stranger, one.due.ref),
        lambda: submission_file(stranger, one.due.ref, made.ref),
        lambda: submit(stranger, SubmitDeliverable(one.due.ref), REPORT),
    ):
        with pytest.raises(UnknownThing):
            act()


@pytest.mark.parametrize(
    ("data", "claimed", "refused"),
    [
        (b"", None, EmptyFile),
        (EXE, "application/pdf", UnsupportedFile),
        (SVG, "image/svg+xml", UnsupportedFile),
    ],
    ids=["empty", "program", "drawing"],
)
def test_a_file_that_is_none_changes_nothing(work: Work, data: bytes, claimed: str | None, refused):
    one = owed(work)

    with pytest.raises(refused):
        submit(one.provider, SubmitDeliverable(one.due.ref), data, claimed)

    assert one.stand() is DeliverableStand.AHEAD
    assert deliverable_shown(one.provider, one.due.ref).submissions == ()


def test_late_begins_the_day_after_the_due_day_and_ends_with_the_file(work: Work):
    one = owed(work)
    days = (DUE - work.today).days
    on_time, next_day = later(one.payer, days=days), later(one.payer, days=days + 1)

    before = (one.stand(on_time), one.stand(next_day))
    one.sent()

    assert before == (DeliverableStand.AHEAD, DeliverableStand.LATE)
    assert one.stand(next_day) is DeliverableStand.WAITING


def test_both_sides_are_told(work: Work):
    one = owed(work)
    one.sent()
    give_back(one.payer, ReturnDeliverable(one.due.ref, "Il manque deux personnes."))
    one.sent()
    accept(one.payer, AcceptDeliverable(one.due.ref))

    told = work.session.execute(
        text("SELECT kind, unit_id IS NOT NULL FROM notice WHERE subject_ref = :ref ORDER BY id"),
        {"ref": one.due.ref},
    ).all()
    assert [(kind, bool(unit)) for kind, unit in told] == [
        ("deliverable-submitted", False),
        ("deliverable-returned", True),
        ("deliverable-submitted", False),
        ("deliverable-accepted", True),
    ]


@pytest.mark.parametrize(
    "said",
    [
        "UPDATE deliverable_submission SET sha256 = 'x'",
        "DELETE FROM deliverable_submission",
        "UPDATE deliverable_submission SET stand = 'returned', answered_at = submitted_at",
    ],
)
def test_what_was_handed_in_is_not_changed_afterwards(work: Work, said: str):
    owed(work).sent()

    with pytest.raises(DatabaseError), work.session.begin_nested():
        work.session.execute(text(said))


def test_files_that_no_submission_names_go_by_night(work: Work):
    one = owed(work)
    one.sent()
    left = store.put(folder(work), b"refused afterwards", "text/plain")

    sweep_deliverables(work)

    with pytest.raises(UnknownThing):
        store.get(folder(work), left.sha256)
    (kept,) = deliverable_shown(one.provider, one.due.ref).submissions
    assert b"".join(submission_file(one.provider, one.due.ref, kept.ref)[2]) == REPORT


def test_the_provider_sees_three_months_ahead_and_everything_it_sent(work: Work):
    one = owed(work)
    ref = deliverable_shown(one.payer, one.due.ref).agreement_ref
    far = AddDeliverable(ref, DeliverableKind.FINAL_ACCOUNT, Frequency.YEARLY, date(2027, 4, 30))
    add_deliverable(one.payer, far)

    rows = owed_by_me(one.provider, work.today + timedelta(days=92))

    assert [(row.ref, row.stand) for row in rows] == [(one.due.ref, DeliverableStand.AHEAD)]
