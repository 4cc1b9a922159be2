"""A formula as people write it: one line per tier, parted by semicolons, read with all faults at once.

`category; kpi; measured; months; threshold; amount`: what a page takes in one field, and shows as a table.
"""

from collections.abc import Iterable, Mapping

from cii.kernel.errors import Refusal, refuse
from cii.kernel.money import Chf, NotMoney
from cii.outcomes.rules import COLUMNS, MOST_LINES, FormulaEmpty, Line, wrong_columns
from cii.outcomes.vocabulary import Measured

_LONGEST = {"category": 20, "kpi": 120}


def read_formula(text: str, words: Mapping[str, Measured]) -> list[Line]:
    """The lines of a written formula; `words` are the names of what may be measured, in lower case.

    Refuses, by row and column: FormulaLineWrong; FormulaEmpty.
    """
    rows = [(n, row) for n, row in enumerate(text.splitlines(), 1) if row.strip()]
    if not rows or len(rows) > MOST_LINES:
        raise FormulaEmpty(field="lines")
    faults: list[Refusal] = []
    lines = []
    for number, row in rows:
        cells = [cell.strip() for cell in row.split(";")]
        read, wrong = _line(cells + [""] * (len(COLUMNS) - len(cells)), words)
        if len(cells) > len(COLUMNS):
            wrong = ["amount"]
        faults += wrong_columns(number, wrong)
        if read is not None:
            lines.append(read)
    refuse(faults)
    return lines


def written_formula(lines: Iterable[Line], words: Mapping[Measured, str]) -> str:
    """The lines as they are written, in their order."""
    return "\n".join(
        f"{one.category}; {one.kpi}; {words[one.measured]}; {one.hold_months}; {one.threshold}; {one.amount}"
        for one in lines
    )


def _line(cells: list[str], words: Mapping[str, Measured]) -> tuple[Line | None, list[str]]:
    """The line, or the columns that cannot be read."""
    category, kpi, measured, months, threshold, amount = cells[: len(COLUMNS)]
    held = words.get(measured.lower())
    sum_ = _money(amount)
    checks = {
        "category": 0 < len(category) <= _LONGEST["category"],
        "kpi": 0 < len(kpi) <= _LONGEST["kpi"],
        "measured": held is not None,
        "hold_months": _whole(months),
        "threshold": _whole(threshold),
        "amount": sum_ is not None,
    }
    wrong = [column for column, right in checks.items() if not right]
    if wrong or held is None or sum_ is None:
        return None, wrong
    return Line(category, kpi, held, int(months), int(threshold), sum_), []


def _whole(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= len("10000")


def _money(text: str) -> Chf | None:
    try:
        return Chf.parse(text)
    except NotMoney:
        return None
