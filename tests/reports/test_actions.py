"""A quarter is frozen, issued, corrected, on both engines."""

import csv
import io
import json
from datetime import date, timedelta
from fractions import Fraction

import pytest
from docx import Document
from openpyxl import load_workbook
from pypdf import PdfReader
from sqlalchemy import text, update
from sqlalchemy.exc import DatabaseError
from sqlmodel import select

from cii.coordination.tables import CorrectiveMeasure
from cii.documents import store
from cii.institutions.queries import unit_by_code
from cii.kernel.errors import Refusal, UnknownThing
from cii.kernel.span import Span
from cii.placements.tables import Placement
from cii.placements.vocabulary import ExitType
from cii.reports import pages
from cii.reports.actions import freeze, keep_files
from cii.reports.files import MEDIA_TYPES, Head, made
from cii.reports.queries import (
    changes,
    folder,
    issue_by_ref,
    issue_values,
    issues,
    preview,
    render,
    render_draft,
)
from cii.reports.readers import Readers
from cii.reports.rules import NotTheSameReport, NotYetKnown, PeriodNotOver, UnknownFormat, WrongPeriod
from cii.reports.tables import ReportFile
from cii.reports.vocabulary import FileFormat, ReportKind
from tests.agreements.build_agreements import acting, an_actor
from tests.coordination.build_coordination import the_group
from tests.figures.build_figures import later, the_exit
from tests.reports.stage import Q3, a_quarter

WHOLE = Readers(whole=True)


@pytest.fixture
def market(work):
    return a_quarter(work)


def told_by(docx: bytes) -> str:
    """Every text of a Word file, its tables with it."""
    page = Document(io.BytesIO(docx))
    cells = [cell.text for table in page.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(one.text for one in page.paragraphs), *cells])


def corrected(work, market) -> None:
    """One more exit of the quarter becomes known."""
    stay = work.session.exec(
        select(Placement).where(Placement.exit_type.is_(None)).order_by(Placement.id)
    ).first()
    the_exit(work, stay, date(2026, 9, 15), ExitType.HEALTH, None, None, work.now)


def test_freezing_twice_without_any_change_gives_the_same_issue(work, market):
    group = the_group(work)

    first = freeze(group, Q3)
    again = freeze(later(group, hours=3), Q3)

    assert again is first
    assert (first.version, first.period, len(first.sha256)) == (1, "2026-Q3", 64)
    assert list(issues(work, ReportKind.QUARTERLY, Q3)) == [first]


def test_a_later_correction_makes_a_new_version_that_shows_the_difference(work, market):
    group = the_group(work)
    first = freeze(group, Q3)
    before = render(group, first, "json", "fr")

    soon = later(group, hours=1)
    corrected(soon, market)
    second = freeze(soon, Q3)

    assert (second.version, second.previous_id) == (2, first.id)
    found = {one.path: (one.old, one.new) for one in changes(group, first, second)}
    assert found["lines.ATELIER/LACI.exits"] == (3, 4)
    assert found["measures.ATELIER.interruptions"] == (0, 1)
    assert found["exit_types.health.persons"] == (None, 1)
    assert not any(path.startswith("budgets.") for path in found)
    assert render(group, first, "json", "fr") == before


def test_a_report_says_places_costs_budgets_and_indicators_tied_to_the_agreement(work, market):
    values = issue_values(work, freeze(work, Q3), WHOLE)

    measure = values["measures"]["ATELIER"]
    assert measure["mixed"] is True
    assert (measure["participants"], measure["exits"], measure["places_end"]) == (9, 3, 10)
    assert Fraction(measure["occupancy"]) == Fraction(3 * 62 + 6 * 92, 920)
    assert measure["cost"] == "24691.30"
    assert values["budgets"]["LACI"]["free"] == "60000.00"
    (indicator,) = (one for one in values["indicators"].values() if one["year"]["denominator"] == 3)
    assert indicator["year"]["value"] == "1/1"
    assert indicator["light"] == "green"
    assert indicator["agreement_version"] >= 1
    assert (indicator["published"], indicator["published_version"]) == ("reinsertion", 1)
    assert [one["state"] for one in values["corrective"].values()] == ["observed"]
    assert values["meetings"] == {
        "coordination/2026-09-24": {"body": "coordination", "held_on": "2026-09-24"}
    }
    assert {one["institution"] for one in values["missing"].values()} == {"SEMP", "SASO", "SMIG"}


@pytest.mark.parametrize("lang", ["fr", "de", "en"])
def test_a_pack_names_the_measures_and_lines_of_which_nobody_attested_a_day(work, market, lang):
    values = issue_values(work, freeze(work, Q3), WHOLE)

    assert values["lines"]["ATELIER/SAS"]["attended_days"] is None
    assert [one["whole"] for one in values["unattested"].values()] == [False, True]
    notes = [note for one in pages.report(values, lang).sections for note in one.notes]
    assert [note.split(": ")[-1] for note in notes if "ATELIER" in note] == [
        "ATELIER (SAS).",
        "ATELIER (LACI).",
    ]


def test_a_quarter_that_is_not_over_has_a_draft_only(work, market):
    with pytest.raises(PeriodNotOver):
        freeze(work, Span.parse("2026-Q4"))

    assert preview(work, Span.parse("2026-Q4"))["period"] == "2026-Q4"
    assert b"%PDF" in render_draft(work, Span.parse("2026-Q4"), "pdf", "fr")[:8]


def test_an_issue_never_changes(work, market):
    issue = freeze(work, Q3)

    with pytest.raises(DatabaseError, match="append-only"), work.session.begin_nested():
        work.session.execute(text("UPDATE report_issue SET payload = '{}' WHERE id = :id"), {"id": issue.id})


def test_files_are_kept_as_they_were_handed_out(work, market):
    group = the_group(work)
    issue = freeze(group, Q3)

    rows = work.session.exec(select(ReportFile).where(ReportFile.issue_id == issue.id)).all()
    data = render(group, issue, "pdf", "de")

    assert sorted((row.format.value, row.lang) for row in rows) == [
        ("csv", "--"), ("docx", "de"), ("docx", "en"), ("docx", "fr"), ("json", "--"), ("pdf", "de"), ("pdf", "en"), ("pdf", "fr"),
        ("xlsx", "de"), ("xlsx", "en"), ("xlsx", "fr"),
    ]  # fmt: skip
    kept = next(row for row in rows if (row.format.value, row.lang) == ("pdf", "de"))
    assert store.get(folder(work), kept.sha256) == data
    assert keep_files(group, issue) == []


def test_json_and_csv_follow_from_the_stored_values_alone(work, market):
    group = the_group(work)
    issue = freeze(group, Q3)
    kept = render(group, issue, "json", "fr"), render(group, issue, "csv", "en")
    corrected(later(group, hours=1), market)

    values = issue_values(group, issue)
    head = Head(issue.known_at, issue.frozen_at, issue.version, issue.sha256)
    assert (made(values, head, FileFormat.JSON, "de"), made(values, head, FileFormat.CSV, "de")) == kept
    told = json.loads(kept[0])
    assert told["report"]["sha256"] == issue.sha256
    rows = list(csv.DictReader(io.StringIO(kept[1].decode("utf-8-sig")), delimiter=";"))
    assert {
        row["value"]
        for row in rows
        if (row["section"], row["key"], row["figure"]) == ("lines", "ATELIER/LACI", "entries")
    } == {"7"}


def test_a_workbook_holds_the_same_totals(work, market):
    group = the_group(work)
    issue = freeze(group, Q3)

    book = load_workbook(io.BytesIO(render(group, issue, "xlsx", "fr")))

    assert book.sheetnames == [
        "Rapport", "Mesures", "Mesures par ligne de financemen", "Total par ligne", "Coûts par mesure",
        "Coûts par mesure et ligne", "Sorties par type", "Budgets", "Indicateurs", "Mesures correctrices",
        "Échéances", "Listes d'attente", "Définitions",
    ]  # fmt: skip
    budgets = list(book["Budgets"].values)
    assert budgets[-1][1:3] == (130000, 35308.7)


def test_outside_the_institution_small_numbers_are_hidden_in_every_file(work, market):
    issue = freeze(work, Q3)
    mine = acting(work, an_actor(work, unit_by_code(work, "LMMT"), role="contract_manager"))

    own = issue_values(mine, issue)
    nobody = issue_values(work, issue, Readers())

    assert own["lines"]["ATELIER/LACI"]["participants"] == 7
    assert own["lines"]["ATELIER/SAS"]["participants"] is None
    assert own["measures"]["ATELIER"]["participants"] is None
    assert nobody["lines"]["ATELIER/LACI"]["exits"] is None
    assert "lines.ATELIER/LACI.exits" in nobody["hidden"]
    assert issue_values(the_group(work), issue)["hidden"] == []
    rows = list(
        csv.DictReader(io.StringIO(render(mine, issue, "csv", "fr").decode("utf-8-sig")), delimiter=";")
    )
    hidden = [row for row in rows if row["state"] == "hidden"]
    assert hidden
    assert all(row["value"] == "" for row in hidden)


def test_unknown_formats_languages_reports_and_pairs_are_refused(work, market):
    issue = freeze(work, Q3)
    other = freeze(work, Q3.previous)

    for form, lang in (("doc", "fr"), ("pdf", "it")):
        with pytest.raises(UnknownFormat):
            render(work, issue, form, lang)
    with pytest.raises(UnknownThing):
        issue_by_ref(work, "0000000000")
    with pytest.raises(NotTheSameReport):
        changes(work, issue, other)
    assert issue_by_ref(work, issue.ref) is issue


def test_what_becomes_known_after_the_freeze_is_not_in_it(work, market):
    values = preview(the_group(work), Q3, work.now - timedelta(days=30))

    assert values["corrective"] == {}
    assert values["budgets"]["LACI"]["granted"] == "90000.00"


def test_nothing_is_told_as_known_at_a_moment_to_come(work, market):
    with pytest.raises(NotYetKnown) as no:
        preview(work, Q3, work.now + timedelta(seconds=1))

    assert (no.value.code, no.value.kind) == ("not-yet-known", "unfit")


@pytest.mark.parametrize("code", ["2026", "2026-09", "2024-2027", "2026-09-30"])
def test_a_quarterly_report_is_of_a_quarter(work, market, code):
    with pytest.raises(WrongPeriod) as no:
        preview(work, Span.parse(code))
    with pytest.raises(Refusal) as nor:
        freeze(work, Span.parse(code))

    assert (no.value.field, no.value.facts["wanted"]) == ("period", "quarter")
    assert WrongPeriod in {type(one) for one in nor.value.reasons}


def test_a_draft_says_so_in_every_format(work, market):
    group, q4 = the_group(work), Span.parse("2026-Q4")
    files = {form: render_draft(group, q4, form, "fr") for form in FileFormat}

    rows = list(csv.DictReader(io.StringIO(files["csv"].decode("utf-8-sig")), delimiter=";"))
    about = dict(load_workbook(io.BytesIO(files["xlsx"]))["Rapport"].iter_rows(values_only=True))
    assert json.loads(files["json"])["report"]["draft"] is True
    assert [row["value"] for row in rows if row["figure"] == "draft"] == ["true"]
    assert about["État"] == "Provisoire, non figé"
    assert "Provisoire, non figé" in told_by(files["docx"])
    assert "Provisoire, non figé" in " ".join(
        one.extract_text() for one in PdfReader(io.BytesIO(files["pdf"])).pages
    )


def test_a_frozen_report_says_when_and_as_which_version(work, market):
    group = the_group(work)
    issue = freeze(group, Q3)

    rows = list(
        csv.DictReader(io.StringIO(render(group, issue, "csv", "fr").decode("utf-8-sig")), delimiter=";")
    )
    told = {row["figure"]: row["value"] for row in rows if row["section"] == "report"}
    about = dict(
        load_workbook(io.BytesIO(render(group, issue, "xlsx", "de")))["Bericht"].iter_rows(values_only=True)
    )
    assert (told["draft"], told["version"], told["sha256"]) == ("false", "1", issue.sha256)
    assert (about["Fassung"], about["Prüfsumme"], about["Zeitraum"]) == (1, issue.sha256, "3. Quartal 2026")
    assert json.loads(render(group, issue, "json", "fr"))["report"]["draft"] is False


def test_a_figure_whose_data_are_missing_is_named_in_every_format(work, market):
    group = the_group(work)
    issue = freeze(group, Q3)
    nobody = Readers()

    values = issue_values(group, issue)
    assert "lines.ATELIER/SAS.attended_days" in values["unknown"]
    assert values["lines"]["ATELIER/SAS"]["attended_days"] is None
    rows = list(
        csv.DictReader(io.StringIO(render(group, issue, "csv", "fr").decode("utf-8-sig")), delimiter=";")
    )
    missing = [row for row in rows if row["state"] == "missing"]
    assert ("lines", "ATELIER/SAS", "attended_days", "") in {
        (row["section"], row["key"], row["figure"], row["value"]) for row in missing
    }
    sheet = load_workbook(io.BytesIO(render(group, issue, "xlsx", "fr")))["Coûts par mesure et ligne"]
    assert [row[2] for row in sheet.iter_rows(values_only=True) if row[1] == "SAS"] == ["–"]
    told = " ".join(
        one.extract_text() for one in PdfReader(io.BytesIO(render(group, issue, "pdf", "fr"))).pages
    )
    assert "Donnée manquante" in " ".join(told.split())
    assert (
        "lines.ATELIER/SAS.attended_days"
        in json.loads(render(group, issue, "json", "fr"))["values"]["unknown"]
    )
    hidden = issue_values(work, issue, nobody)
    assert "lines.ATELIER/SAS.attended_days" in hidden["hidden"]
    assert not set(hidden["hidden"]) & set(hidden["unknown"])


WEIRD = '=HYPERLINK("http://exemple.invalid";"x")'


@pytest.mark.parametrize("lang", ["fr", "de"])
def test_text_that_looks_like_a_formula_stays_text_in_every_format(work, market, lang):
    market.measure.name = WEIRD
    row = work.session.exec(select(CorrectiveMeasure)).one()
    work.session.execute(
        update(CorrectiveMeasure).where(CorrectiveMeasure.id == row.id).values(wording="+cmd|'/C calc'!A0")
    )
    group = the_group(work)
    issue = freeze(group, Q3)
    files = {form: render(group, issue, form, lang) for form in FileFormat}

    rows = list(csv.DictReader(io.StringIO(files["csv"].decode("utf-8-sig")), delimiter=";"))
    cells = [row["value"] for row in rows]
    assert ("'" + WEIRD in cells, "'+cmd|'/C calc'!A0" in cells) == (True, True)
    assert not [
        one for one in cells if one[:1] in {"=", "@"} or (one[:1] in {"+", "-"} and not one[1:2].isdigit())
    ]
    book = load_workbook(io.BytesIO(files["xlsx"]))
    typed = {cell.data_type for sheet in book for line in sheet.iter_rows() for cell in line}
    assert "f" not in typed
    assert any(
        cell.value == f"ATELIER {WEIRD}" for sheet in book for line in sheet.iter_rows() for cell in line
    )
    told = " ".join(one.extract_text() for one in PdfReader(io.BytesIO(files["pdf"])).pages)
    assert "HYPERLINK" in told.replace("\n", "")
    assert f"ATELIER {WEIRD}" in told_by(files["docx"])
    assert "+cmd|'/C calc'!A0" in told_by(files["docx"])
    assert json.loads(files["json"])["values"]["measures"]["ATELIER"]["name"] == WEIRD


@pytest.mark.parametrize("lang", ["fr", "de", "en"])
def test_a_word_file_holds_the_tables_of_the_pack_for_those_who_write_beside_it(work, market, lang):
    group = the_group(work)
    issue = freeze(group, Q3)
    data = render(group, issue, "docx", lang)

    page = Document(io.BytesIO(data))
    assert told_by(data).count("ATELIER") >= 4
    assert issue.sha256 in page.sections[0].footer.paragraphs[0].text
    assert page.core_properties.language == {"fr": "fr-CH", "de": "de-CH", "en": "en-GB"}[lang]
    head = page.tables[0].rows[0]._tr.xml
    assert "w:tblHeader" in head
    assert store.sniff(data) == MEDIA_TYPES[FileFormat.DOCX]
    assert (
        made(
            issue_values(group, issue),
            Head(issue.known_at, issue.frozen_at, issue.version, issue.sha256),
            FileFormat.DOCX,
            lang,
        )
        == data
    )
