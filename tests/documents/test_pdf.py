from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction
from io import BytesIO

import pypdf
import pytest

from cii.documents import pdf
from cii.documents.fitting import fitted
from cii.documents.layout import Section, plain_table
from cii.documents.table import Column, NulCharacter, Table
from cii.kernel.money import Chf
from cii.texts import formats

MADE = datetime(2026, 10, 12, 9, 30, tzinfo=UTC)
LONG_WORD = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"


def opened(data):
    return pypdf.PdfReader(BytesIO(data))


def text_of(data):
    return "\n".join(page.extract_text() for page in opened(data).pages)


def test_a_report_names_its_quarter_its_freeze_and_its_hash(report):
    text = text_of(pdf.report(report, created=MADE, lang="fr"))

    for expected in (
        "3e trimestre 2026",
        "30.09.2026",
        "12.10.2026, 11:30",
        report.sha256,
        "République et canton de Neuchâtel",
        "Page 1/3",
        "Page 3/3",
    ):
        assert expected in text


def test_the_totals_of_the_page_are_the_totals_of_the_rows(report, places):
    text = text_of(pdf.report(report, created=MADE, lang="fr"))

    assert formats.francs(Chf.total(row[4] for row in places.rows)) in text
    assert "1'300" in text
    assert "−105'000.00" in text


def test_the_head_of_a_long_table_stands_on_each_of_its_pages(report):
    pages = [page.extract_text() for page in opened(pdf.report(report, created=MADE, lang="fr")).pages]

    assert all("Coûts CHF" in page for page in pages[:2])
    assert all("Situation au 30.09.2026" in page for page in pages)


def test_a_report_not_frozen_says_so(report):
    draft = replace(report, frozen_at=None, version=None, sha256="")

    text = text_of(pdf.report(draft, created=MADE, lang="de"))

    assert "Provisorisch, nicht festgeschrieben" in text
    assert "Prüfsumme" not in text


@pytest.mark.parametrize("kind", ["report", "statement", "letter"])
def test_the_same_values_give_the_same_bytes(kind, request):
    page, write = request.getfixturevalue(kind), getattr(pdf, kind)

    assert write(page, created=MADE, lang="fr") == write(page, created=MADE, lang="fr")


@pytest.mark.parametrize("kind", ["report", "statement", "letter"])
@pytest.mark.parametrize("lang", ["fr", "de", "en"])
def test_pages_are_tagged_titled_and_dated_for_screen_readers(kind, lang, request):
    page = request.getfixturevalue(kind)

    held = opened(getattr(pdf, kind)(page, created=MADE, lang=lang))

    assert held.root_object["/Lang"].startswith(lang)
    assert held.root_object["/MarkInfo"]["/Marked"]
    assert held.metadata.title
    assert held.metadata.creation_date == MADE
    told = held.xmp_metadata.stream.get_data().decode()
    assert "pdfuaid:part>1<" in told
    assert "pdfaid:part>2<" in told
    assert "pdfaid:conformance>A<" in told


def test_no_font_of_the_machine_is_used(report):
    held = opened(pdf.report(report, created=MADE, lang="fr"))

    fonts = {
        font["/BaseFont"].partition("+")[2]
        for page in held.pages
        for font in (f.get_object() for f in page["/Resources"]["/Font"].values())
    }

    assert fonts
    assert all(name.startswith(("SourceSansPro", "DejaVuSansMono")) for name in fonts)


def test_a_statement_adds_up_and_rounds_each_payer_where_it_is_paid(statement):
    text = text_of(pdf.statement(statement, created=MADE, lang="fr"))

    assert statement.by_payer() == {
        "Assurance-chômage (LACI)": Chf(100364),
        "Aide sociale": Chf(66909),
        "Assurance-invalidité": Chf(210052),
    }
    for expected in (
        "3'773.25",
        "1'003.65",
        "669.10",
        "2'100.50",
        "−0.02",
        "Claire Exemple",
        "05.10.2026, 09:12",
        "0.9091",
        "60.0 %",
    ):
        assert expected in text.replace("\xa0", " ")


def test_a_statement_without_approval_says_so(statement):
    text = text_of(pdf.statement(replace(statement, approvals=()), created=MADE, lang="fr"))

    assert "Pas encore approuvé." in text


def test_a_letter_bears_recipient_date_facts_and_remedies(letter):
    held = opened(pdf.letter(letter, created=MADE, lang="fr"))
    text = held.pages[0].extract_text()

    assert len(held.pages) == 1
    for expected in (
        "Anne Exemple",
        "Neuchâtel, le 15 octobre 2026",
        "12.10.2027",
        "Copie de votre accord",
        "n'est pas une décision",
        "Marc Modèle",
    ):
        assert expected in text


def test_markup_in_a_text_is_text(letter):
    text = text_of(
        pdf.letter(
            replace(letter, paragraphs=("#strong[x] *gras* $x$ @ref <a> \\ `c`",)), created=MADE, lang="fr"
        )
    )

    assert "#strong[x] *gras* $x$ @ref <a> \\ `c`" in text


def test_nothing_runs_over_the_edge_of_the_page(report):
    wide = Table(
        "Sehr breit " * 9,
        [Column("Bezeichnung")]
        + [Column(f"Langer Spaltentitel Nummer {n}", "money") for n in range(9)]
        + [Column("Referenz")],
        [(LONG_WORD, *(Chf(123456789 * n) for n in range(9)), "https://example.ch/" + "a" * 80)],
    )
    page = replace(
        report, title=LONG_WORD[:60], sections=[Section("Breit", (LONG_WORD * 3,), (wide,), (LONG_WORD * 3,))]
    )

    held = opened(pdf.report(page, created=MADE, lang="de"))

    assert any(sheet.mediabox.width > 800 for sheet in held.pages)
    for sheet in held.pages:
        ends: list[float] = []
        sheet.extract_text(visitor_text=lambda *told, ends=ends: ends.append(end_of(*told)))
        assert max(ends) < float(sheet.mediabox.width) - 40


def end_of(text, cm, tm, _font, size):
    """Where a piece of text ends at least: its start, and four tenths of the type size for each character."""
    start = tm[4] * cm[0] + tm[5] * cm[2] + cm[4]
    longest = max((len(line) for line in text.split("\n")), default=0)
    return start + longest * 0.4 * size if text.strip() else 0.0


def test_a_table_lies_across_only_when_it_must():
    few = [Column("Nom"), Column("Montant CHF", "money")]
    many = [Column("Nom"), *(Column(f"Colonne {n}", "money") for n in range(11))]

    assert not fitted(few, [40, 12]).across
    assert fitted(many, [40] + [12] * 11).across
    assert fitted(few, [40, 12]).rooms == [40, 0]


def test_digits_stand_under_digits():
    table = Table("", [Column("Facteur", "number")], [(Fraction(10, 11),), (Fraction(1),), (Decimal("0.5"),)])

    written = plain_table(table, "fr")["rows"]

    assert [row[0]["text"] for row in written] == ["0.9091", "1.0000", "0.5000"]


def test_nul_does_not_reach_a_page(letter):
    with pytest.raises(NulCharacter):
        pdf.letter(replace(letter, paragraphs=("a\0",)), created=MADE, lang="fr")
