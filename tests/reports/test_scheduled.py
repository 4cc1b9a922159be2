"""Drafts that the house makes when a period ends, on both engines."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from sqlmodel import select

from cii.kernel.digest import digest
from cii.kernel.span import Span, SpanKind
from cii.notices.tables import Notice
from cii.reports.registry import KINDS
from cii.reports.scheduled import draft_of, draft_reports, due_drafts
from cii.reports.vocabulary import ReportKind
from cii.texts.languages import LANGUAGES
from cii.texts.speech import say
from tests.reports.stage import a_quarter

K = ReportKind


def test_a_report_is_due_on_the_last_day_of_its_period():
    september = [name for name, _ in due_drafts(date(2026, 9, 30))]
    assert september == [name for name in KINDS if name in {K.MONTHLY, K.QUARTERLY}]
    assert [name for name, _ in due_drafts(date(2026, 10, 31))] == [K.MONTHLY]
    assert due_drafts(date(2026, 10, 30)) == []
    assert K.ANNUAL in {name for name, _ in due_drafts(date(2026, 12, 31))}


def test_a_quarter_that_ends_is_drafted_once_and_the_group_is_told(work):
    a_quarter(work)
    night = replace(work, now=datetime(2026, 10, 1, 1, tzinfo=UTC))

    assert draft_reports(night, date(2026, 9, 30)) == {"quarterly": 1, "monthly": 1}
    assert draft_reports(night, date(2026, 9, 30)) == {}

    told = [row.kind for row in work.session.exec(select(Notice)) if row.kind.startswith("report")]
    assert sorted(told) == ["report-drafted-monthly", "report-drafted-quarterly"]
    span = Span.parse("2026-Q3")
    made = draft_of(work, K.QUARTERLY, span)
    kind = KINDS[K.QUARTERLY]
    assert made.sha256 == digest(kind.derive(kind.facts(work, span, "", made.known_at)))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_what_the_group_is_told_has_its_sentence(work, lang):
    ends = {SpanKind.MONTH, SpanKind.QUARTER, SpanKind.YEAR}
    for name, kind in KINDS.items():
        if kind.span in ends and "" in kind.open_scopes(work, [""]):
            assert "2026" in say(f"notice.report-drafted-{name.replace('_', '-')}", lang, what="2026-Q3")
