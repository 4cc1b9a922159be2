"""A list is read page by page, each row once, and a mark serves its list only."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select
from sqlmodel import col

from cii.kernel.money import Chf
from cii.store.tables import Outgoing
from cii.store.work import Work
from cii.wire.pages import after, mark, page_of, place
from cii.wire.refusals import BadMark


def test_every_row_comes_once_in_its_order(work: Work):
    for n in range(7):
        work.session.add(
            Outgoing(
                kind="mail", recipient=f"{n % 3}", subject="s", body="b", headers={}, created_at=work.now
            )
        )
    work.session.flush()
    order = [(col(Outgoing.recipient), True), (col(Outgoing.id), False)]
    seen, at = [], None
    while True:
        wanted = (
            select(col(Outgoing.recipient), col(Outgoing.id))
            .order_by(order[0][0].desc(), order[1][0])
            .limit(3)
        )
        values = place(work.settings, "mails", at)
        rows = work.session.execute(wanted.where(after(order, values)) if values else wanted).all()
        page = page_of(rows, 2, work.settings, "mails", tuple)
        seen += page.items
        at = page.next
        if at is None:
            break

    assert [one[0] for one in seen] == ["2", "2", "1", "1", "0", "0", "0"]
    assert len(set(seen)) == 7


def test_a_mark_keeps_its_values_and_is_bound_to_its_list(settings):
    values = (Chf(5), date(2026, 10, 15), datetime(2026, 10, 15, 6, tzinfo=UTC), "Exemple", 7)
    text = mark(settings, "cases by date", values)

    assert place(settings, "cases by date", text) == values
    assert place(settings, "cases by date", None) is None
    for wrong in (text[:-1], "x", text + "y"):
        with pytest.raises(BadMark):
            place(settings, "cases by date", wrong)
    with pytest.raises(BadMark):
        place(settings, "persons by name", text)
