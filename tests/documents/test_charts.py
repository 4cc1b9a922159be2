from datetime import UTC, datetime
from fractions import Fraction
from io import BytesIO
from xml.etree import ElementTree as ET

import pypdf
import pytest

from cii.documents import pdf
from cii.documents.charts import WIDTH, Chart, drawings
from cii.documents.layout import Letterhead, Report, Section, plain_chart
from cii.documents.table import Column, Table
from cii.kernel.money import Chf
from cii.kernel.span import Span

MADE = datetime(2026, 10, 12, 9, 30, tzinfo=UTC)
SVG = "{http://www.w3.org/2000/svg}"
HIDDEN = "\N{BULLET}"


def occupancy(*rows):
    return Table("Mesures", [Column("Mesure"), Column("Occupation", "percent")], rows)


def drawn(chart, lang="fr"):
    return plain_chart(chart, lang)["parts"]


def bars(part, name="chart-bar"):
    root = ET.fromstring(part["svg"])  # noqa: S314 - made by the house
    return [float(one.get("width")) for one in root.iter(f"{SVG}rect") if one.get("class") == name]


def test_bars_are_as_long_as_their_values_beside_the_longest():
    [part] = drawn(Chart("Occupation", occupancy(("A", Fraction(3, 2)), ("B", Fraction(3, 4))), 1))

    assert bars(part) == [WIDTH, WIDTH / 2]


def test_a_share_is_measured_against_the_whole_and_the_line_says_which():
    table = occupancy(("A", Fraction(1, 2)), ("B", Fraction(1, 4)))
    [part] = drawn(Chart("Occupation", table, 1, Fraction(1), "100 %"))

    assert bars(part) == [WIDTH / 2, WIDTH / 4]
    assert ">100 %</text>" in part["svg"]


def test_money_and_counts_are_drawn_too():
    table = Table("Coûts", [Column("Ligne"), Column("Coût", "money")], [("A", Chf(1000)), ("B", Chf(250))])

    assert bars(drawn(Chart("Coûts", table, 1))[0]) == [WIDTH, WIDTH / 4]


@pytest.mark.parametrize(
    ("lang", "hidden", "unknown"),
    [("fr", "masqué", "sans valeur"), ("de", "verborgen", "kein Wert"), ("en", "hidden", "no value")],
)
def test_a_hidden_and_a_missing_value_have_no_bar_and_are_told_as_such(lang, hidden, unknown):
    table = occupancy(("A", Fraction(1, 2)), ("B", HIDDEN), ("C", None))
    [part] = drawn(Chart("Occupation", table, 1), lang)

    assert len(bars(part)) == 1
    assert len(bars(part, "chart-track")) == 3
    assert f"B: {hidden}; C: {unknown}." in part["told"]


@pytest.mark.parametrize("rows", [(), (("A", HIDDEN),), (("A", None),), (("A", Fraction(0)),)])
@pytest.mark.parametrize("mark", [None, Fraction(1)])
def test_where_there_is_nothing_to_compare_nothing_is_drawn(rows, mark):
    assert drawings(Chart("Occupation", occupancy(*rows), 1, mark), [""] * len(rows), "fr") == []


def test_a_long_table_is_drawn_in_parts_of_one_scale():
    assert [len(bars(one)) for one in drawn(Chart("O", occupancy(*[("A", Fraction(1))] * 9), 1))] == [5, 4]
    rows = [(f"Mesure {at}", Fraction(at, 15)) for at in range(1, 16)]
    first, second = drawn(Chart("Occupation", occupancy(*rows), 1))

    assert len(bars(first)) == 8
    assert bars(second)[-1] == WIDTH
    assert bars(first)[-1] == pytest.approx(WIDTH * 8 / 15, abs=0.1)


def test_markup_in_a_name_is_text_and_a_long_name_is_cut():
    table = occupancy(("<script>&", Fraction(1, 2)), ("x" * 80, Fraction(1, 2)))
    [part] = drawn(Chart("Occupation", table, 1))

    assert "&lt;script&gt;&amp;" in part["svg"]
    assert "x" * 38 not in part["svg"]
    assert "x" * 80 in part["told"]
    assert "style" not in part["svg"]


def test_a_name_leaves_its_value_the_room_it_needs():
    persons = Table("Sorties", [Column("Motif"), Column("Personnes", "integer")], [("x" * 50, 3)])
    [short] = drawn(Chart("Sorties", persons, 1))
    [long] = drawn(Chart("Occupation", occupancy(("x" * 50, Fraction(1))), 1))

    assert ">" + "x" * 41 + "…<" in short["svg"]
    assert ">" + "x" * 35 + "…<" in long["svg"]


def test_a_chart_stands_in_the_pdf_with_its_words_and_gives_the_same_bytes():
    table = occupancy(("ATELIER", Fraction(1, 2)), ("=1+1", Fraction(1)))
    page = Report(
        Letterhead("République et canton de Neuchâtel", "Groupe"), "Rapport", Span.parse("2026-Q3"),
        MADE.date(), [Section("Places", (), (table,), (), (Chart("Occupation par mesure", table, 1),))],
    )  # fmt: skip
    data = pdf.report(page, created=MADE, lang="fr")

    assert data == pdf.report(page, created=MADE, lang="fr")
    reader = pypdf.PdfReader(BytesIO(data))
    assert "Occupation par mesure" in reader.pages[0].extract_text()
    objects = [reader.get_object(number) for number in range(1, reader.trailer["/Size"])]
    told = [one["/Alt"] for one in objects if isinstance(one, dict) and "/Alt" in one]
    assert told == [
        "Occupation par mesure. ATELIER: 50.0\N{NO-BREAK SPACE}%; =1+1: 100.0\N{NO-BREAK SPACE}%."
    ]
