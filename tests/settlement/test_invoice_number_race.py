"""Two statements handed in under one invoice number at the same moment: one is taken, the other refused."""

from dataclasses import replace
from threading import Barrier, Thread

from sqlalchemy import text

from cii.settlement.actions import submit
from cii.settlement.rules import InvoiceNumberUsed
from cii.store.work import HOUSE, working
from tests.conftest import NOW
from tests.settlement.build_settlement import a_desk


def test_one_invoice_number_is_taken_once_by_two_at_one_moment(fresh_engine, settings):
    with working(fresh_engine, HOUSE, NOW, settings=settings) as work:
        desk = a_desk(work)
        market = desk.stage.market
        desk.attest(desk.stage.started(None, (market.ac, 60), (market.social, 40)))
        refs = (desk.prefill().ref, desk.prefill(market.social, desk.stage.social).ref)
        provider, day = desk.provider.actor, desk.provider.now
    both, told = Barrier(2), []

    def hand_in(ref: str, number: str) -> None:
        both.wait()
        try:
            with working(fresh_engine, provider, day, settings=settings) as work:
                submit(replace(work, calendar=desk.provider.calendar), ref, number)
            told.append("taken")
        except InvoiceNumberUsed:
            told.append("refused")

    threads = [
        Thread(target=hand_in, args=(ref, number))
        for ref, number in zip(refs, ("F 118", "f118"), strict=True)
    ]
    for one in threads:
        one.start()
    for one in threads:
        one.join()

    assert sorted(told) == ["refused", "taken"]
    with fresh_engine.connect() as connection:
        held = connection.execute(
            text("SELECT count(*) FROM statement WHERE invoice_key = 'f118'")
        ).scalar_one()
    assert held == 1
