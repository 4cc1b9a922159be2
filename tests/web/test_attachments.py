"""Documents of a case through pages and programs, and the case on paper."""

import io
import re
from uuid import uuid4

import pypdf
import pytest

from cii.cases.attachments import AttachDocument, attach_document
from cii.cases.vocabulary_attachments import AttachmentSection
from tests.documents.test_cleaning import a_pdf
from tests.web.build_path import path

__all__ = ["path"]
HELD = 400_000
SVG = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"


def upload(reader, case, data=b"Rapport", name="rapport.txt", status=303, *, kind="text/plain", **form):
    usual = {"title": "Rapport de stage", "kind": "report", "section": "plan"}
    sent = {"file": (io.BytesIO(data), name, kind)} if name else {}
    if len(data) > HELD:
        return large(reader, f"/cases/{case}/documents", data, usual | form, status)
    return reader.post(f"/cases/{case}/documents", status, **(usual | form | sent))


def large(reader, url, data, form, status):
    """A file so large that the test client would leave it open in a folder: its body is written here."""
    page = reader.client.get("/help").text
    csrf = page.split('name="csrf_token" value="')[1].split('"')[0]
    fields = {"csrf_token": csrf, "idempotency_key": uuid4().hex, **form}
    parts = [
        f'--B\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{text}\r\n'
        for name, text in fields.items()
    ]
    head = (
        '--B\r\nContent-Disposition: form-data; name="file"; filename="x"\r\nContent-Type: text/plain\r\n\r\n'
    )
    body = "".join((*parts, head)).encode() + data + b"\r\n--B--\r\n"
    answer = reader.client.post(url, data=body, content_type="multipart/form-data; boundary=B")
    assert answer.status_code == status, answer.text[:2000]
    return answer.text


def attached(reader, case, **more):
    """The address of a document that was just attached."""
    upload(reader, case, **more)
    return re.findall(rf'href="(/cases/{case}/documents/\w{{10}})"', reader.get(f"/cases/{case}/documents"))[
        0
    ]


def pdf_text(answer):
    return "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(answer.data)).pages)


def test_a_document_is_attached_listed_and_downloaded_as_a_file(path):
    case = path.case()
    address = attached(path.as_("manager"), case)

    answer = path.as_("ai").client.get(address)

    assert answer.data == b"Rapport"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="cii-{address[-10:]}.txt"'
    assert answer.headers["Content-Security-Policy"].startswith("sandbox")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Length"] == "7"
    assert "Rapport de stage" in path.as_("ai").get(f"/cases/{case}/documents")
    assert "Document joint" in path.as_("ai").get(f"/cases/{case}/timeline")


@pytest.mark.parametrize(
    ("sent", "status", "said"),
    [
        ((b"x" * 21_000_000, "gros.txt", "text/plain"), 413, "dépasse 20"),
        ((b"MZ\x90\x00\x03", "rapport.pdf", "application/pdf"), 415, "type accepté"),
        ((SVG, "image.svg", "image/svg+xml"), 415, "type accepté"),
        ((b"", "vide.pdf", "application/pdf"), 422, "vide"),
        ((a_pdf(lambda writer: writer.encrypt("x")), "a.pdf", "application/pdf"), 422, "mot de passe"),
    ],
    ids=["21 MB", "program as pdf", "svg with script", "empty", "password"],
)
def test_what_is_no_document_is_refused_beside_the_form(path, sent, status, said):
    data, name, kind = sent
    case, reader = path.case(), path.as_("manager")

    page = upload(reader, case, data, name, status, kind=kind, title="Mon titre")

    assert said in page
    assert 'value="Mon titre"' in page
    assert "Aucun document" in reader.get(f"/cases/{case}/documents")


def test_far_more_than_the_house_takes_is_cut_off(path):
    upload(path.as_("manager"), path.case(), b"x" * 23_000_000, status=413)


def test_a_name_with_a_way_in_it_is_stored_under_another(path):
    address = attached(path.as_("manager"), path.case(), name="../../x")

    answer = path.as_("manager").client.get(address)

    assert ".." not in answer.headers["Content-Disposition"]


def test_title_file_and_section_are_asked_for(path):
    case, reader = path.case(), path.as_("manager")

    assert "f-title-error" in upload(reader, case, title=" ", status=422)
    assert "f-file-error" in upload(reader, case, name="", status=422)
    assert "f-section-error" in upload(reader, case, section="secret", status=422)
    upload(reader, case, section="medical", status=403)


def test_foreign_cases_and_documents_of_another_case_are_not_there(path):
    case, other = path.case(), path.case()
    address = attached(path.as_("manager"), case)
    reader, stranger = path.as_("manager"), path.as_("stranger")

    reader.get(f"/cases/{other}/documents/{address[-10:]}", 404)
    for way in (f"/cases/{case}/documents", address, f"{address}/withdrawal", f"/cases/{case}/summary"):
        stranger.get(way, 404)
        assert stranger.client.get(f"/api/v1{way}".replace("/withdrawal", "")).status_code == 404
    upload(stranger, case, status=404)
    stranger.post(f"{address}/withdrawal", 404, reason="x")


def test_a_medical_document_stays_on_the_side_of_the_physician(path):
    case = path.case()
    address = attached(path.as_("doctor"), case, section="medical", title="Avis médical confidentiel")

    path.as_("manager").get(address, 404)
    assert "confidentiel" not in path.as_("manager").get(f"/cases/{case}/documents")
    assert path.as_("doctor").get(address)


def test_a_document_is_withdrawn_with_a_reason_and_opens_no_more(path):
    case = path.case()
    address, reader = attached(path.as_("manager"), case), path.as_("manager")

    assert "Plus personne" in reader.get(f"/cases/{case}/documents/{address[-10:]}/withdrawal")
    path.as_("ai").post(f"{address}/withdrawal", 403, reason="x")
    bare = reader.post(f"{address}/withdrawal", 422, reason=" ")
    reader.post(f"{address}/withdrawal", reason="Mauvais dossier")

    assert "f-reason-error" in bare
    assert "Mauvais dossier" in path.as_("ai").get(f"/cases/{case}/documents")
    reader.get(address, 404)
    reader.get(f"{address}/withdrawal", 404)


def test_programs_attach_list_download_and_withdraw(path):
    case, client = path.case(), path.as_("manager").client
    page = client.get("/help").text
    sent = {"X-CSRF-Token": page.split('name="csrf_token" value="')[1].split('"')[0]}

    def key():
        return {**sent, "Idempotency-Key": uuid4().hex}

    where, form = f"/api/v1/cases/{case}/documents", {"title": "CV", "kind": "application"}
    made = client.post(
        where, data={**form, "file": (io.BytesIO(b"CV"), "cv.txt", "text/plain")}, headers=key()
    )
    bare = client.post(where, data=form, headers=key())
    wrong = client.post(
        where, data={**form, "file": (io.BytesIO(SVG), "a.svg", "image/svg+xml")}, headers=key()
    )
    ref = made.get_json()["ref"]
    gone = client.post(f"{where}/{ref}/withdrawal", json={"reason": "Doublon"}, headers=key())

    assert (made.status_code, made.get_json()["section"], made.get_json()["media_type"]) == (
        201,
        "plan",
        "text/plain",
    )
    assert (bare.status_code, wrong.status_code) == (422, 415)
    assert wrong.get_json()["code"] == "unsupported-file"
    assert gone.get_json()["withdrawn_reason"] == "Doublon"
    assert client.get(f"{where}/{ref}").status_code == 404
    assert [one["ref"] for one in client.get(where).get_json()["items"]] == [ref]


def test_the_case_on_paper_says_who_printed_it_and_holds_what_is_open_to_them(path):
    case = path.case("agreed")
    with path.site.work() as work:
        for section in ("plan", "social"):
            ask = AttachDocument(case, f"Pièce {section}", section=AttachmentSection(section))
            attach_document(path.hand(work, "social"), ask, b"x")

    manager, doctor, social = (
        pdf_text(path.as_(who).client.get(f"/cases/{case}/summary"))
        for who in ("manager", "doctor", "social")
    )

    assert "Imprimé par Camille Perrenoud le 15.10.2026, 08:00" in manager
    for word in ("Retour à l'emploi à 60 %", "Atelier à mi-temps", "charges au-delà de 5 kg", "Pièce plan"):
        assert word in manager
    assert "Lombalgies" not in manager
    assert "Lombalgies" in doctor
    assert "Pièce social" in social
    assert "Pièce social" not in manager + doctor


@pytest.mark.parametrize(
    ("lang", "words"), [("de", ("Gedruckt von", "Gemeinsames Raster")), ("en", ("Printed by", "Common grid"))]
)
def test_the_case_on_paper_speaks_the_language_of_its_reader(path, lang, words):
    text = pdf_text(path.as_("manager", lang).client.get(f"/cases/{path.case('heard')}/summary"))

    assert all(word in text for word in words)


def test_each_print_is_a_read_of_its_own_in_the_journal(path):
    case = path.case()
    path.as_("manager").client.get(f"/api/v1/cases/{case}/summary")

    assert "synthèse imprimée" in path.as_("officer").get("/journal", action="read")


def test_internal_notes_are_never_printed(path):
    case, reader = path.case(), path.as_("manager")
    reader.post(f"/cases/{case}/notes", text="Impression personnelle à garder")

    assert "Impression personnelle" not in pdf_text(reader.client.get(f"/cases/{case}/summary"))
