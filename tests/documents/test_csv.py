from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cii.documents import csv
from cii.documents.csv_reading import (
    DoubleColumn,
    EmptyFile,
    FileTooLarge,
    MissingColumns,
    NotATable,
    RowLength,
    Wanted,
    folded,
    read_rows,
)
from cii.documents.table import Column, Level, NulCharacter, Status, Table
from cii.kernel.money import Chf

NAMES = [
    Wanted("number", ("N° AVS", "AVS-Nummer")),
    Wanted("name", ("Nom",)),
    Wanted("note", ("Remarque",), required=False),
]


def cells(found):
    return [dict(row.cells) for row in found.rows]


def test_a_table_is_written_for_spreadsheets_and_programs():
    table = Table(
        "A",
        [
            Column("Nom"),
            Column("Montant CHF", "money"),
            Column("Part", "percent"),
            Column("Jour", "date"),
            Column("Quand", "moment"),
            Column("État", "status"),
        ],
        [
            (
                'Atelier "bois"; recyclage',
                Chf(-123450),
                Fraction(1, 3),
                date(2026, 9, 30),
                datetime(2026, 10, 1, 6, tzinfo=UTC),
                Status("atteint", Level.GOOD),
            ),
            (None, Chf(5), Decimal("0.50"), None, None, True),
        ],
        ("Total", Chf(-123445), None, None, None, None),
    )

    assert csv.write(table).decode("utf-8") == (
        "\ufeffNom;Montant CHF;Part;Jour;Quand;État\r\n"
        '"Atelier ""bois""; recyclage";-1234.50;0.333333;2026-09-30;2026-10-01T08:00:00+02:00;atteint\r\n'
        ";0.05;0.5;;;true\r\n"
        "Total;-1234.45;;;;\r\n"
    )


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@A", "\tx", "\rx"])
def test_a_text_that_looks_like_a_formula_is_defused(text):
    assert csv.written(text) == f"'{text}"


def test_true_negative_numbers_stay_numbers():
    assert [csv.written(cell) for cell in (-1, Chf(-5), Decimal("-0.5"), Fraction(-1, 10**9))] == [
        "-1",
        "-0.05",
        "-0.5",
        "0",
    ]


def test_nul_is_not_written():
    with pytest.raises(NulCharacter):
        csv.written("a\0b")


@given(
    st.lists(
        st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")).map(str.strip), min_size=1
    )
)
def test_what_is_written_reads_back(names):
    table = Table("A", [Column("N° AVS"), Column("Nom")], [(str(n), name) for n, name in enumerate(names)])

    found = read_rows(csv.write(table), NAMES)

    assert not found.faults
    assert [row.cells["name"] for row in found.rows] == names


@pytest.mark.parametrize("separator", [";", ",", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "latin-1", "utf-16"])
@pytest.mark.parametrize("end", ["\r\n", "\n", "\r"])
def test_usual_files_are_read_whatever_program_wrote_them(separator, encoding, end):
    lines = [["NOM", "no avs", "Remarque"], ["Müller-Élan", "756.1", '"a; b, c"'], ["Noël", "756.2", ""]]
    lines[0][1] = "N° AVS"
    text = end.join(separator.join(line) for line in lines) + end

    found = read_rows(text.encode(encoding), NAMES)

    assert cells(found) == [
        {"number": "756.1", "name": "Müller-Élan", "note": "a; b, c"},
        {"number": "756.2", "name": "Noël", "note": ""},
    ]


def test_heads_are_known_in_any_spelling_and_strangers_are_named():
    found = read_rows(b"avs_nummer;  nom ;Couleur\n1;A;rouge\n", NAMES)

    assert found.titles == {"number": "avs_nummer", "name": "nom"}
    assert found.ignored == ("Couleur",)
    assert folded("N° AVS") == folded("n_avs") == "n avs"


def test_faults_bear_the_line_an_editor_shows():
    text = 'N° AVS;Nom\n1;"deux\nlignes"\n\n2;B;zu viel\n3\n4;D\n'

    found = read_rows(text.encode(), NAMES)

    assert [row.line for row in found.rows] == [2, 7]
    assert [(fault.line, fault.reason.code, fault.reason.facts) for fault in found.faults] == [
        (5, "row-length", {"expected": 2, "found": 3}),
        (6, "row-length", {"expected": 2, "found": 1}),
    ]
    assert isinstance(found.faults[0].reason, RowLength)


def test_the_line_excel_puts_before_the_head_is_skipped():
    found = read_rows(b"sep=,\r\nN AVS,Nom\r\n1,A\r\n", NAMES)

    assert [(row.line, row.cells["name"]) for row in found.rows] == [(3, "A")]


@pytest.mark.parametrize(
    ("data", "refusal"),
    [
        (b"", EmptyFile),
        (b"\xef\xbb\xbf \r\n", EmptyFile),
        (b"N AVS;Nom\n1;a\0b\n", NulCharacter),
        (b"N AVS;Prenom\n1;A\n", MissingColumns),
        (b"N AVS;Nom;nom\n1;A;B\n", DoubleColumn),
        (b'N AVS;Nom\n1;"A\n2;B\n', NotATable),
        (b"N AVS;Nom\n1;\x81\x8d\xff\n", NotATable),
        (b"x" * 2000, FileTooLarge),
    ],
)
def test_a_file_that_is_no_such_table_is_refused_whole(data, refusal):
    with pytest.raises(refusal):
        read_rows(data, NAMES, max_bytes=1000)


def test_a_quote_left_open_is_told_with_its_line():
    with pytest.raises(NotATable) as no:
        read_rows(b'N AVS;Nom\n1;A\n2;"B\n3;C\n', NAMES)

    assert no.value.facts["line"] == 3


@given(st.binary(max_size=300))
def test_no_bytes_at_all_break_the_reader(data):
    try:
        found = read_rows(b"N AVS;Nom\n" + data, NAMES)
    except (NotATable, NulCharacter, DoubleColumn, MissingColumns):
        return
    assert all(row.line >= 1 for row in found.rows)
