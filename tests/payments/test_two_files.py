"""Two people make the file of one sector at the same moment: each payment leaves once."""

from threading import Barrier, Thread

from sqlalchemy import text

from cii.payments.actions import SendPayments, send_payments
from cii.payments.rules import NothingToSend
from cii.store.work import HOUSE, working
from tests.conftest import NOW
from tests.payments.test_exchange import AC, with_account
from tests.settlement.build_settlement import a_desk


def test_a_payment_leaves_once_though_two_make_the_file_at_one_moment(fresh_engine, settings):
    with working(fresh_engine, HOUSE, NOW, settings=settings) as work:
        desk = a_desk(work)
        desk.attest(desk.stage.started())
        desk.paid()
        with_account(desk)
        people, now = (desk.payer.actor, desk.approver.actor), desk.payer.now
    both, told = Barrier(2), []

    def make(actor) -> None:
        both.wait()
        try:
            with working(fresh_engine, actor, now, settings=settings) as work:
                told.append(send_payments(work, SendPayments(AC.sector)).file.number)
        except NothingToSend:
            told.append("nothing")

    threads = [Thread(target=make, args=(actor,)) for actor in people]
    for one in threads:
        one.start()
    for one in threads:
        one.join()

    assert sorted(told) == ["PF-AC-2026-0001", "nothing"]
    with fresh_engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM payment_transfer")).scalar_one() == 1
