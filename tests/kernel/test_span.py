"""The spans of time that reports speak of."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cii.kernel.span import NotASpan, Span, SpanKind
from cii.texts import formats


@pytest.mark.parametrize(
    ("code", "kind", "first", "last", "before", "french"),
    [
        ("2026-10-15", "day", date(2026, 10, 15), date(2026, 10, 15), "2026-10-14", "15.10.2026"),
        ("2026-09", "month", date(2026, 9, 1), date(2026, 9, 30), "2026-08", "septembre 2026"),
        ("2026-Q1", "quarter", date(2026, 1, 1), date(2026, 3, 31), "2025-Q4", "1er trimestre 2026"),
        ("2026", "year", date(2026, 1, 1), date(2026, 12, 31), "2025", "2026"),
        ("2024-2027", "years", date(2024, 1, 1), date(2027, 12, 31), "2020-2023", "2024–2027"),
    ],
)
def test_each_form_has_its_days_its_name_and_the_one_before(  # noqa: PLR0917 - one row
    code: str, kind: str, first: date, last: date, before: str, french: str
):
    span = Span.parse(f" {code.lower()} ")

    assert (span.kind, str(span), span.period.start, span.period.last) == (kind, code, first, last)
    assert (str(span.previous), formats.span(span, "fr")) == (before, french)
    assert (span.over(last), span.over(span.period.end)) == (False, True)


@pytest.mark.parametrize(
    "text",
    ["", "2026-13", "2026-02-30", "2026-Q5", "26", "2027-2024", "2024-2024", "2000-2026", "0000", "٢٠٢٦"],
)
def test_what_is_no_span_is_refused(text: str):
    with pytest.raises(NotASpan):
        Span.parse(text)


@given(day=st.dates(date(2000, 1, 2), date(2100, 1, 1)), kind=st.sampled_from([*SpanKind][:4]))
def test_spans_follow_each_other_without_a_gap(day: date, kind: SpanKind):
    span = Span.of(kind, day)

    assert span.period.start <= day < span.period.end
    assert span.previous.period.end == span.period.start


def test_several_years_are_written_not_found():
    with pytest.raises(ValueError, match="years"):
        Span.of(SpanKind.YEARS, date(2026, 1, 1))
