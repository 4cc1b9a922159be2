"""The pages of attendance brought as a file and of corrections that are due."""

from io import BytesIO

HEAD = "placement;jour;présence;heures\n"


def a_file(*rows: str) -> tuple[BytesIO, str]:
    return BytesIO((HEAD + "\n".join(rows)).encode()), "presences.csv"


def test_a_file_is_tried_refused_with_its_faults_then_attested(site):
    reader, ref = site.as_("provider"), site.town.placements["running"]
    address = "/provider/attendance/import"
    assert "heures" in reader.get(address)

    faulty = reader.post(address, 422, file=a_file(f"{ref};05.09.2026;présent;", "zzzzzzzzzz;01.09.2026;P;"))
    tried = reader.post(address, 200, file=a_file(f"{ref};01.09.2026;M;"), dry_run="yes")
    done = reader.post(address, 200, file=a_file(f"{ref};01.09.2026;M;"))
    again = reader.post(address, 200, file=a_file(f"{ref};01.09.2026;M;"))

    assert "est un samedi ou un dimanche" in faulty
    assert "zzzzzzzzzz" in faulty
    assert "Jours attestés" in tried
    assert "Déjà connus" in done
    assert again != done
    assert "maladie" in reader.get("/provider/attendance/2026/9")


def test_others_bring_no_attendance(site):
    site.as_("finance").get("/provider/attendance/import", 403)


def test_a_later_correction_is_proposed_with_its_cause_and_drafted_from_the_page(site):
    reader, ref = site.as_("provider"), site.town.placements["summer"]
    assert "Aucune correction" in reader.get("/statements/corrections")

    reader.post("/provider/attendance/2026/7", **{f"d.{ref}.2026-07-15": "excused_absence"})
    page = reader.get("/statements/corrections")
    payer = f"{site.town.agreements['LACI']}.{site.town.lines['LACI']}"
    where = reader.post("/statements/new", payer=payer, month="2026-07-01")

    assert "présences" in page
    assert payer in page
    assert "correction n° 1" in reader.get(where)
    assert "Aucune correction" in reader.get("/statements/corrections")


def test_a_statement_leaves_as_paper_and_as_a_table(site):
    reader, ref = site.as_("finance"), site.town.statements["july"]

    paper, table, book = (
        reader.client.get(address, base_url="https://localhost")
        for address in (f"/statements/{ref}/pdf", f"/statements/{ref}/csv", f"/statements/{ref}/xlsx")
    )

    assert paper.data.startswith(b"%PDF")
    assert "2104.35" in table.data.decode("utf-8-sig")
    assert book.data.startswith(b"PK")
    site.as_("other_provider").get(f"/statements/{ref}/pdf", 404)
