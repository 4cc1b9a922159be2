"""What a page says where the books of a sum's year are closed."""

from cii.budgets.queries_late import LateBooks
from cii.texts import formats
from cii.web.choices import t
from cii.wire import language


def late_told(books: LateBooks | None, *, waiting: bool) -> str | None:
    """Where a later truth was booked, or will be while a step is open; None where there is nothing to say."""
    if books is None:
        return None
    if books.origin_on is not None:
        origin = formats.day(books.origin_on, language.lang())
        return t("web.late.booked", closed=books.closed, into=books.into, origin=origin)
    if not waiting:
        return None
    if books.into is None:
        return t("web.late.none", closed=books.closed)
    return t("web.late.next", closed=books.closed, into=books.into)
