"""The living layer, 1.10.2024 to 15.10.2026: cases, places, money, in this order."""

from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from itertools import count

from cii.agreements.queries import price_book
from cii.cases.queries import grid_in_use
from cii.demo.agreements import Deals
from cii.demo.books import Books
from cii.demo.dossiers import Canton, put_journal
from cii.demo.living_accounts import settle_years
from cii.demo.living_bodies import charge, confirm_month, correct, deliver_months, notify, seat
from cii.demo.living_cases import CaseMaker
from cii.demo.living_exchange import exchange
from cii.demo.living_ledger import move_money
from cii.demo.living_money import MoneyMaker
from cii.demo.living_outcomes import reward
from cii.demo.living_places import Held, PlaceMaker
from cii.demo.living_wages import pay_wages
from cii.demo.measures import LIVING_FROM
from cii.demo.people import FILE_COUNT, FILE_NUMBERS
from cii.store.work import Work

BATCH, USUAL = 200, 2_000
Progress = Callable[[str, int, int], None]
"""Told what is being made, how many are done, of how many."""


def scale(size: int) -> int:
    """How many times the usual places and budgets the canton has: one up to 2 000 cases."""
    return -(-size // USUAL)


def build_living(  # noqa: PLR0917 - the layers below it
    work: Work,
    canton: Canton,
    measures: Mapping[str, int],
    deals: Deals,
    size: int,
    number: int,
    progress: Progress,
) -> None:
    """`size` cases announced over two years, some more persons detected only; `number`: first AVS number."""
    sheet, chance = canton.sheet, canton.sheet.chance
    grid = grid_in_use(work, "common")
    maker = CaseMaker(canton, grid)
    span = (canton.now.date() - LIVING_FROM).days - 1
    days = sorted(LIVING_FROM + timedelta(days=int(span * chance.random() ** 0.85)) for _ in range(size))
    numbers = (one for one in count(number) if not FILE_NUMBERS <= one < FILE_NUMBERS + FILE_COUNT)
    for place, day in enumerate(days):
        case = maker.announcing.announced(next(numbers), day)
        maker.live(case)
        maker.put(case)
        case.story.records.clear()
        if place % BATCH == BATCH - 1:
            sheet.write()
            progress("cases", place + 1, size)
    _detected_only(maker, canton, numbers, size)
    sheet.write()
    progress("cases", size, size)
    _finish_runs(maker)
    times = scale(size)
    books = Books(canton.house, sheet)
    books.open_years(times)
    prices = price_book(work, {deal.id for deal in deals.values()})
    placer = PlaceMaker(canton, measures, deals, prices, books, times)
    money = MoneyMaker(canton, prices, books)
    held: list[Held] = []
    wishes = len(maker.wishes)
    for done, one in enumerate(placer.grant_all(maker.wishes), 1):
        held.append(one)
        if one.started:
            money.attend(one)
        if done % BATCH == 0:
            progress("places", done, wishes)
    progress("places", wishes, wishes)
    money.state_all()
    deliver_months(canton, held, placer.waiting)
    correct(canton, deals)
    seat(canton)
    charge(canton)
    notify(canton, held)
    books.put()
    put_journal(canton)
    sheet.write()
    confirm_month(work, canton)
    settle_years(work, canton)
    money.close_years()
    reward(work, canton)
    pay_wages(work, canton)
    exchange(work, canton)
    move_money(work, canton)
    progress("money", 1, 1)


def _finish_runs(maker: CaseMaker) -> None:
    """Runs were written with the batch of their first person: bring their counts up to date."""
    table = maker.sheet.table("detection_run")
    for row in maker.announcing.runs.values():
        maker.sheet.session.execute(
            table.update()
            .where(table.c.id == row["id"])
            .values(detected=row["detected"], rows=row["rows"], at=row["at"])
        )


def _detected_only(maker: CaseMaker, canton: Canton, numbers: Iterator[int], size: int) -> None:
    """Persons of the last weeks' files who wait to be announced, and some that were put aside."""
    chance, today = canton.sheet.chance, canton.now.date()
    for place in range(max(size * 4 // 100, 12)):
        maker.announcing.detected(next(numbers), today - timedelta(days=chance.randint(1, 40)))
        if place % 4 == 0:
            row = canton.sheet.rows("detection")[-1]
            row.update(
                state="dismissed", reason="Déjà suivi par une autre mesure, pas de besoin de coordination."
            )


__all__ = ["Progress", "build_living", "scale"]
