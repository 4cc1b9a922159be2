"""What single comparisons find: stored amounts, commitments of ended stays, what is late; who acts and how."""

from datetime import date, timedelta

import pytest
from sqlalchemy import text

from cii.reconciliation.actions import reconcile
from cii.reconciliation.queries import findings_list
from cii.reconciliation.rules import OWNERS, RunBeforeBooks, RunInFuture, kinds_of
from cii.reconciliation.vocabulary import FindingKind, FindingUnit, Severity
from cii.store.work import Work
from cii.texts.languages import LANGUAGES
from cii.texts.speech import knows, say
from tests.settlement.build_settlement import LATER, a_desk


@pytest.mark.parametrize("kind", FindingKind)
def test_every_kind_of_finding_has_somebody_who_acts_and_says_what_to_do(kind):
    assert kind in kinds_of(OWNERS[kind])
    assert knows(f"word.finding_kind.{kind.value}")
    told = {say(f"web.reconciliation.todo.{kind.value}", lang) for lang in LANGUAGES}
    assert len(told) == len(LANGUAGES)


def test_a_stored_amount_is_derived_again_from_its_own_input(work: Work):
    desk = a_desk(work)
    desk.attest(desk.stage.started())
    statement = desk.prefill()
    work.session.execute(text("UPDATE statement_line SET amount = amount - 300, gross = gross - 300"))
    work.session.execute(text("UPDATE statement SET total = total - 300"))
    work.session.expire_all()

    run = reconcile(desk.checker, LATER)

    (row,) = findings_list(work, kinds=[FindingKind.RECOUNT])
    assert (row.object_kind, row.object_ref) == ("statement", statement.ref)
    assert (row.expected, row.found, row.difference) == (220000, 219700, -300)
    assert run.counts["recount"] == 1


def test_a_rule_that_nobody_knows_is_named_as_such(work: Work):
    desk = a_desk(work)
    desk.attest(desk.stage.started())
    desk.prefill()
    work.session.execute(text('UPDATE statement_line SET explanation = \'{"rule": "proration/0"}\''))
    work.session.expire_all()

    reconcile(desk.checker, LATER)

    (row,) = findings_list(work, kinds=[FindingKind.RECOUNT])
    assert row.facts == {"code": "proration-rule-unknown"}


def test_what_an_ended_stay_still_binds_after_ninety_days_is_to_be_released(work: Work):
    desk = a_desk(work)
    desk.attest(desk.stage.started())
    ended = "UPDATE placement SET state = 'ended', exit_type = 'training', exited_on = ends_on"
    work.session.execute(text(ended))
    work.session.expire_all()
    last = date(2026, 11, 30)
    early, late = last + timedelta(days=89), last + timedelta(days=90)

    reconcile(desk.on(early).checker, early)
    waiting = findings_list(work, kinds=[FindingKind.RELEASE])
    reconcile(desk.on(late).checker, late)
    (row,) = findings_list(work, kinds=[FindingKind.RELEASE])
    desk.paid()
    reconcile(desk.on(late).checker, late)

    assert waiting == []
    assert (row.severity, row.expected, row.found) == (Severity.WARNING, 0, 220000)
    assert row.facts["agreement"] == desk.stage.ac.number
    assert findings_list(work, kinds=[FindingKind.RELEASE]) == []


def test_a_statement_and_a_payment_are_late_by_days_and_name_who_acts(work: Work):
    desk = a_desk(work)
    desk.attest(desk.stage.started())
    statement = desk.prefill()
    day = date(2026, 12, 1) + timedelta(days=62)

    reconcile(desk.on(day).checker, day)
    (draft,) = findings_list(work, kinds=[FindingKind.LATE_STATEMENT])
    desk.approved()
    reconcile(desk.on(day).checker, day)
    (unpaid,) = findings_list(work)

    assert (draft.object_ref, draft.found, draft.unit) == (statement.ref, 2, FindingUnit.DAYS)
    assert draft.owner_unit_id == desk.stage.market.provider.unit_id
    assert draft.closed_on == day
    assert (unpaid.kind, unpaid.object_ref) == (FindingKind.LATE_PAYMENT, statement.ref)
    assert unpaid.found == (day - (LATER + timedelta(days=30))).days


def test_a_day_that_has_not_come_or_that_no_books_know_is_refused(work: Work):
    desk = a_desk(work)

    with pytest.raises(RunInFuture):
        reconcile(desk.checker, LATER + timedelta(days=1))
    for day in (date.min, date(2008, 12, 31)):
        with pytest.raises(RunBeforeBooks):
            reconcile(desk.checker, day)
    assert reconcile(desk.checker, date(2009, 1, 1)).findings == 0


def test_findings_are_read_by_kind_gravity_and_state(work: Work):
    desk = a_desk(work)
    desk.attest(desk.stage.started())
    work.session.execute(text("UPDATE placement_share SET committed = committed + 5"))
    reconcile(desk.checker, LATER)

    assert {one.kind for one in findings_list(work, kinds=kinds_of(OWNERS[FindingKind.PLACEMENT]))} == {
        FindingKind.COMMITMENT,
        FindingKind.PLACEMENT,
    }
    assert findings_list(work, severity=Severity.WARNING) == []
    assert len(findings_list(work, severity=Severity.ERROR)) == 2


def test_the_number_of_statements_does_not_grow_with_the_stays(work: Work, engine):
    desk = a_desk(work)
    desk.attest(desk.stage.started())
    few = _statements(engine, lambda: reconcile(desk.checker, LATER))
    for _ in range(4):
        desk.attest(desk.stage.started())
    many = _statements(engine, lambda: reconcile(desk.checker, LATER))

    assert many == few
    assert few < 60


def _statements(engine, act) -> int:
    from sqlalchemy import event

    seen = []

    def note(*told) -> None:
        seen.append(told[2])

    event.listen(engine, "before_cursor_execute", note)
    try:
        act()
    finally:
        event.remove(engine, "before_cursor_execute", note)
    return len(seen)
