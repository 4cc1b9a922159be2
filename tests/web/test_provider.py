"""The provider's pages."""


def the_version(page: str) -> str:
    return page.split('name="version" value="')[1].split('"', maxsplit=1)[0].replace("&#34;", '"')


def test_the_provider_finds_what_waits_for_an_answer_and_who_is_there(site):
    page = site.as_("provider").get("/provider")

    assert "Fondation de l&#39;Arbalète" in page
    assert "Dubois Alix" in page
    assert "Aubert Alix" in page
    assert "Châtelain Alix" in page
    assert "Juillet 2026" in page


def test_another_provider_sees_none_of_these_persons(site):
    reader = site.as_("other_provider")

    assert "Alix" not in reader.get("/provider")
    assert "Aucune demande n&#39;attend" in reader.get("/provider")
    reader.get(f"/provider/placements/{site.town.placements['running']}", 404)


def test_a_refusal_needs_its_reason_and_an_accepted_request_becomes_an_arrival(site):
    reader, ref = site.as_("provider"), site.town.placements["asked"]
    version = the_version(reader.get(f"/provider/placements/{ref}"))

    page = reader.post(
        f"/provider/placements/{ref}/answer", 422, version=version, accept="no", reason="", note="Trop loin"
    )
    assert "Trop loin" in page
    assert "f-reason-error" in page

    reader.post(f"/provider/placements/{ref}/answer", version=version, accept="yes")
    assert "Saisir l&#39;entrée" in reader.get(f"/provider/placements/{ref}")


def test_an_entry_is_not_recorded_before_it_has_happened(site):
    reader, ref = site.as_("provider"), site.town.placements["accepted"]
    version = the_version(reader.get(f"/provider/placements/{ref}"))

    page = reader.post(f"/provider/placements/{ref}/start", 422, version=version, started_on="2026-11-02")

    assert "f-started_on-error" in page


def test_an_exit_into_employment_names_its_contract(site):
    reader, ref = site.as_("provider"), site.town.placements["running"]
    version = the_version(reader.get(f"/provider/placements/{ref}"))
    exit_ = {
        "exited_on": "2026-10-14",
        "exit_type": "employment",
        "contract_type": "",
        "contract_months": "",
        "note": "",
    }

    page = reader.post(f"/provider/placements/{ref}/end", 422, version=version, **exit_)

    assert "f-contract_type-error" in page


def test_the_sheet_of_a_month_shows_letters_who_saved_them_and_when(site):
    page = site.as_("provider").get("/provider/attendance/2026/7")

    assert "Zwahlen Alix" in page
    assert "par Noé Calame" in page
    assert 'value="excused_absence" selected' in page
    assert "Tous les jours échus sont attestés" in page


def test_days_are_attested_corrected_and_the_correction_is_kept(site):
    reader, url, ref = site.as_("provider"), "/provider/attendance/2026/9", site.town.placements["running"]
    assert "rien d&#39;enregistré" in reader.get(url)

    reader.post(url, **{f"d.{ref}.2026-09-01": "sick", f"d.{ref}.2026-09-02": "", f"rest.{ref}": "yes"})
    reader.post(url, **{f"d.{ref}.2026-09-01": "unexcused_absence"})

    page = reader.get(url)
    assert "Corrections" in page
    assert "maladie" in page
    assert "absence non excusée" in page


def test_what_is_no_presence_is_refused_and_the_sheet_keeps_its_letters(site):
    ref = site.town.placements["shared"]

    page = site.as_("provider").post(
        "/provider/attendance/2026/9",
        422,
        **{f"d.{ref}.2026-09-14": "perhaps", f"d.{ref}.2026-09-15": "sick"},
    )

    assert 'value="sick" selected' in page
    for name in (f"d.{ref}.2026-02-31", f"d.{ref}.tomorrow"):
        site.as_("provider").post("/provider/attendance/2026/9", 422, **{name: "sick"})


def test_a_month_that_does_not_exist_is_no_sheet(site):
    site.as_("provider").get("/provider/attendance/2026/13", 404)


def test_a_month_without_participants_says_so(site):
    assert "Personne n&#39;a participé" in site.as_("provider").get("/provider/attendance/2025/1")


def test_nobody_else_has_a_provider_desk(site):
    site.as_("finance").get("/provider", 403)
    site.as_("finance").get("/provider/attendance/2026/9", 403)


def test_a_provider_begins_where_requests_wait(site):
    answer = site.as_("provider").client.get("/")

    assert answer.headers["Location"] == "/provider"


def test_the_month_that_is_over_is_attested_by_its_term_and_whoever_is_late_is_named(site):
    """The third working day of October 2026 is Monday the 5th; it is the 15th."""
    reader = site.as_("provider")
    late = "le délai du 05.10.2026 est échu"
    assert late in reader.get("/provider")

    rest = {f"rest.{site.town.placements[one]}": "yes" for one in ("running", "shared")}
    reader.post("/provider/attendance/2026/9", **rest)

    assert late not in reader.get("/provider")
