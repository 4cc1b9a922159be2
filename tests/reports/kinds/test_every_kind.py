"""What holds for every kind that speaks of all: each format opens in each language, flat and marked."""

import csv
import io
import json

import pytest
from openpyxl import load_workbook

from cii.kernel.digest import digest
from cii.kernel.span import Span, SpanKind
from cii.reports.frozen import packed, rows_of, unpacked
from cii.reports.queries import preview, render_draft
from cii.reports.readers import Readers
from cii.reports.registry import KINDS
from cii.reports.vocabulary import ReportKind
from tests.coordination.build_coordination import the_group
from tests.reports.stage import a_quarter

PERIODS = {
    SpanKind.DAY: "2026-09-30", SpanKind.MONTH: "2026-09", SpanKind.QUARTER: "2026-Q3", SpanKind.YEAR: "2026",
    SpanKind.YEARS: "2023-2026",
}  # fmt: skip
OF_ONE = {ReportKind.FR_EXITS, ReportKind.AI_STATISTICS}
OF_ALL = [kind for kind in KINDS if kind not in OF_ONE]


@pytest.fixture
def market(work):
    return a_quarter(work)


def test_every_word_has_its_kind():
    assert set(KINDS) == set(ReportKind)


@pytest.mark.parametrize("kind", OF_ALL)
def test_every_format_opens_in_every_language(work, market, kind):
    group, span = the_group(work), Span.parse(PERIODS[KINDS[kind].span])

    for lang in ("fr", "de", "en"):
        files = {
            form: render_draft(group, span, form, lang, kind=kind) for form in ("json", "csv", "xlsx", "pdf")
        }
        told = json.loads(files["json"])
        rows = list(csv.reader(io.StringIO(files["csv"].decode("utf-8-sig")), delimiter=";"))
        sheets = load_workbook(io.BytesIO(files["xlsx"])).sheetnames
        assert (told["report"]["draft"], told["values"]["kind"]) == (True, kind.value)
        assert not [row for row in rows if row[3].startswith("{")]
        assert len({(row[0], row[1], row[2]) for row in rows}) == len(rows)
        assert len(sheets) >= 4
        assert files["pdf"].startswith(b"%PDF")


@pytest.mark.parametrize("kind", OF_ALL)
def test_hidden_figures_stand_in_no_row_and_no_figure(work, market, kind):
    values = preview(the_group(work), Span.parse(PERIODS[KINDS[kind].span]), kind=kind, readers=Readers())

    hidden = set(values["hidden"])
    shown = {
        f"{path}.{name}": held for _, _, path, row in KINDS[kind].rows(values) for name, held in row.items()
    }
    assert {path: shown[path] for path in hidden & set(shown)} == dict.fromkeys(hidden & set(shown))
    assert not [
        one.path for one in KINDS[kind].figures(values) if one.path in hidden and one.value is not None
    ]


@pytest.mark.parametrize("kind", OF_ALL)
def test_packed_rows_give_the_values_again(work, market, kind):
    made, span = KINDS[kind], Span.parse(PERIODS[KINDS[kind].span])
    facts = made.facts(work, span, "", work.now)

    again = {one.name: rows_of(unpacked(one.data)) for one in packed(facts)}

    assert digest(made.derive(again)) == digest(made.derive(facts))
