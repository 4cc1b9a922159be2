"""Random decision tables over every kind of fact, and facts for them, for the property tests."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from hypothesis import strategies as st

from cii.decisions.domain import Months, parse_domain
from cii.decisions.rulebook import Table
from cii.decisions.rulelines import Column, Rule
from cii.decisions.sfeel import parse_cell
from cii.decisions.vocabulary import HitPolicy

KINDS = {
    "whole 0..6": (["0", "2", "3", "6"], list(range(7))),
    "number 0..2": (["0", "0.5", "1", "2"], [0, Decimal("0.25"), Decimal("0.5"), 1, Decimal("1.5"), 2]),
    "number ]0..2], 5": (["1", "2", "5"], [Decimal("0.5"), 1, 2, 5]),
    "whole 1, 3, 5": (["1", "3", "5"], [1, 3, 5]),
    "whole 0..3 optional": (["null", "1", "2"], [None, 0, 1, 2, 3]),
    "money 0..": (["0", "1000000"], [0, 999_999, 1_000_000, 1_000_001]),
    "date 2020-01-01..2020-01-04": (["2020-01-01", "2020-01-03"], [date(2020, 1, day) for day in (1, 2, 3, 4)]),
    "time": (["08:00:00", "12:30:00"], [time(0), time(8), time(10), time(12, 30), time(23, 59)]),
    "date-time": (
        ['date and time("2026-03-29T01:59:00")', "2026-03-29T01:30:00Z"],
        [datetime(2026, 3, 29, hour, minute, tzinfo=UTC) for hour in (0, 1) for minute in (0, 30, 59)],
    ),
    "months 0..": (["P3M", "P1Y"], [Months(count) for count in (0, 2, 3, 4, 12, 13)]),
    "days 0..": (["P1D", "PT36H"], [timedelta(hours=hours) for hours in (0, 24, 30, 36, 48)]),
    'text "a", "b", "c"': (['"a"', '"b"'], ["a", "b", "c"]),
    "text": (['"a"', r'"say \"no\", now"'], ["a", 'say "no", now', "other"]),
    "yes/no": (["yes", "false"], [True, False]),
}  # fmt: skip
"""Domain → literals for its cells, and facts on and beside them."""
ALL_KINDS = tuple(sorted(KINDS))


@st.composite
def cells(draw, kind):
    """A cell of that kind in any form."""
    literals = KINDS[kind][0]
    one = st.sampled_from(literals)
    bound = st.sampled_from([two for two in literals if two != "null"])
    parts = [one]
    if not kind.startswith(("text", "yes/no")):
        parts += [st.tuples(st.sampled_from(["<", "<=", ">", ">="]), bound).map(" ".join)]
        low, high = literals[-2], literals[-1]
        if low != "null":
            parts += [
                st.tuples(st.sampled_from("[]("), st.sampled_from("[])")).map(
                    lambda b: f"{b[0]}{low}..{high}{b[1]}"
                )
            ]
    several = st.lists(st.one_of(parts), min_size=1, max_size=3).map(", ".join)
    form = draw(st.one_of(st.just("-"), several, several.map(lambda text: f"not({text})")))
    return parse_cell(form, parse_domain(kind))


@st.composite
def tables(draw, policies=tuple(HitPolicy), inputs=3, rules=5, kinds=ALL_KINDS):
    """A small table of any of the kinds and policies."""
    kinds = draw(st.lists(st.sampled_from(kinds), min_size=1, max_size=inputs))
    columns = tuple(Column(f"x{at}", parse_domain(kind)) for at, kind in enumerate(kinds))
    policy = draw(st.sampled_from(policies))
    output = Column("o", parse_domain("whole 3, 1, 2"))
    rows = draw(st.integers(1, rules))
    lines = tuple(
        Rule(
            f"R{number}",
            tuple(draw(cells(kind)) for kind in kinds),
            (draw(st.sampled_from([1, 2, 3])),),
            draw(st.sampled_from(["w", "v"])),
            number,
        )
        for number in range(1, rows + 1)
    )
    why = {"w": {"fr": "w"}, "v": {"fr": "v"}}
    table = Table("t", 1, {}, policy, columns, (output,), lines, why, date.min, None, (), "", {}, "d", "t.md")
    return table, kinds


@st.composite
def facts_for(draw, kinds, *, some=False):
    """Facts of these kinds; with `some`, only some of them."""
    names = [f"x{at}" for at in range(len(kinds))]
    given = draw(st.sets(st.sampled_from(names))) if some else names
    values = {f"x{at}": draw(st.sampled_from(KINDS[kind][1])) for at, kind in enumerate(kinds)}
    return {name: value for name, value in values.items() if name in given}
