"""What a list that is handed in gets when it is bad: a row, its form, its size."""

import pytest

from tests.journeys.stage import ILL, a_file, a_row


def test_a_thousand_rows_with_one_bad_change_nothing(november):
    rows = [a_row(1000 + n) for n in range(1000)]
    rows[500]["naissance"] = "31.02.1980"
    before = november.one("SELECT count(*) FROM person")

    refused = november.as_("orp").upload("/detections/import", "mille.csv", a_file(rows), 422)

    assert [(one["facts"]["line"], one["field"]) for one in refused["reasons"]] == [(502, "naissance")]
    assert november.one("SELECT count(*) FROM person") == before


@pytest.mark.parametrize(
    "written",
    [
        lambda text: text.encode(),
        lambda text: ("\ufeff" + text).encode(),
        lambda text: text.encode("latin-1"),
        lambda text: text.replace(";", ",").encode(),
        lambda text: text.replace(";", "\t").encode(),
        lambda text: ("\ufeff" + text).encode("utf-16-le"),
    ],
    ids=["plain", "mark", "latin-1", "comma", "tab", "utf-16"],
)
def test_a_file_is_read_in_any_usual_form(november, written):
    text = a_file([a_row(2000, nom="Châtelain", **ILL)]).decode("utf-8-sig")

    done = november.as_("orp").upload("/detections/import", "liste.csv", written(text), dry_run="true")

    assert [one["name"] for one in done["detected"]] == ["Châtelain Alix 2000"]


@pytest.mark.parametrize(
    ("data", "status", "code"),
    [
        (b"", 422, "empty-file"),
        (b"MZ\x90\x00\x03" * 50, 422, "not-a-table"),
        (b"%PDF-1.7\nsomething", 422, "missing-columns"),
    ],
    ids=["empty", "program", "pdf"],
)
def test_a_file_that_is_no_list_is_refused(november, data, status, code):
    refused = november.as_("orp").upload("/detections/import", "../../x.csv", data, status)

    assert refused["code"] == code
    assert november.one("SELECT count(*) FROM detection_run") == 1


def test_a_file_of_21_megabytes_is_too_large(november):
    orp, mark = november.as_("orp"), b"--mark"
    head = b'\r\nContent-Disposition: form-data; name="file"; filename="x.csv"\r\n\r\n'
    body = mark + head + b"a" * (21 * 1024 * 1024) + b"\r\n" + mark + b"--\r\n"
    sent = {"Idempotency-Key": "x", "Content-Type": "multipart/form-data; boundary=mark"}

    answer = orp.send("POST", "/detections/import", data=body, headers=sent)

    assert (answer.status_code, answer.get_json()["code"]) == (413, "too-large")


def test_an_import_without_a_file_says_so(november):
    orp = november.as_("orp")

    answer = orp.send("POST", "/detections/import", headers={"Idempotency-Key": "x"})

    assert (answer.status_code, answer.get_json()["reasons"][0]["field"]) == (422, "file")
