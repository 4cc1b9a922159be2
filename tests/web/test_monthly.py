"""The pages of monthly data: each sector confirms, corrects or brings its own month."""

from io import BytesIO

AC, SAS = "/coordination/months/2026-09/SEMP", "/coordination/months/2026-09/SASO"


def the_version(page: str) -> str:
    return page.split('name="version" value="')[1].split('"', maxsplit=1)[0].replace("&#34;", '"')


def the_rows(csv: str) -> list[list[str]]:
    return [line.split(";") for line in csv.lstrip("\ufeff").splitlines()]


def test_each_sector_finds_and_confirms_its_month(site):
    reader = site.as_("contracts")
    assert 'href="/coordination/months"' in reader.get("/reports")
    assert "/coordination/months/2026-09/SASO" in reader.get("/coordination/months")

    for address in (AC, SAS):
        version = the_version(reader.get(address))
        reader.post(address, version=version, remark="Vu")

    assert "Livraison n° 1" in reader.get(SAS).replace("\xa0", " ")
    listed = site.as_("coordination").get("/coordination")
    assert listed.count("livrées") == 2
    assert f'href="{SAS}"' in listed
    assert f'href="{SAS}"' not in site.as_("steering").get("/coordination")
    assert "SASO, septembre 2026" not in listed


def test_a_figure_is_corrected_beside_what_is_counted(site):
    reader = site.as_("contracts")
    head, first = the_rows(reader.get("/coordination/months/2026-09/SEMP/csv"))[:2]
    names = ("participants", "occupied_days", "entries", "exits", "interruptions", "waiting")
    form = dict(zip(names, first[2:], strict=True))
    corrected = {**form, "participants": str(int(form["participants"]) + 100)}
    address = f"{AC}/{first[0]}/{first[1]}"
    page = reader.get(address)

    reader.post(address, version=the_version(page), remark="Un oubli", **corrected)
    shown = reader.get(AC)

    assert head[0] == "mesure"
    assert "1 ligne s&#39;écarte" in shown.replace("\xa0", " ")
    assert "corrigé" in shown
    assert "Un oubli" in shown
    late = reader.post(address, 412, version=the_version(page), remark="", **corrected)
    assert "Un oubli" not in late
    wrong = {**corrected, "interruptions": "999"}
    again = reader.post(address, 422, version=the_version(shown), remark="Garder", **wrong)
    assert "Garder" in again
    assert "f-interruptions-error" in again


def test_a_file_is_taken_whole_or_not_at_all(site):
    reader = site.as_("contracts")
    text = reader.get("/coordination/months/2026-09/SEMP/csv")
    faulty = text.replace(";LACI;", ";LACI;x", 1)

    page = reader.post(
        "/coordination/months/2026-09/SEMP/file", 422, file=(BytesIO(faulty.encode()), "mois.csv")
    )
    assert "n&#39;est pas un nombre entier" in page
    assert "Livraison n" not in reader.get(AC)

    reader.post("/coordination/months/2026-09/SEMP/file", file=(BytesIO(text.encode()), "mois.csv"))
    assert "Livraison n° 1" in reader.get(AC).replace("\xa0", " ")


def test_a_sector_does_not_read_another_ones_month(site):
    reader = site.as_("reference")
    reader.get(SAS)
    reader.post(SAS, 403, version='"SASO-2026-09.0"', remark="")
    site.as_("steering").get(AC, 403)
    site.as_("provider").get("/coordination/months", 403)
    reader.get("/coordination/months/2026-13/SEMP", 422)
    reader.get("/coordination/months/2026-09/OAI", 404)
    reader.get(f"{AC}/nothing/LACI", 404)
    assert "chiffres provisoires" in reader.get("/coordination/months/2026-10/SEMP")
