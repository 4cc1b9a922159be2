"""The pages of the measures."""

from datetime import date


def test_the_catalogue_says_which_measures_are_mixed_and_who_speaks_for_them(site):
    page = site.as_("contracts").get("/measures")

    assert "Atelier de menuiserie" in page
    assert "mixte" in page
    assert "Logistique des mesures du marché du travail" in page


def test_a_filter_leaves_only_what_was_asked_for(site):
    page = site.as_("contracts").get("/measures", sector="SMIG", mixed="no")

    assert "Cours de français" in page
    assert "Atelier de menuiserie" not in page


def test_a_filter_without_result_says_what_to_do(site):
    assert "Effacez un filtre" in site.as_("contracts").get("/measures", text="introuvable")


def test_a_day_that_does_not_exist_is_refused_by_name(site):
    assert "date" in site.as_("contracts").get("/measures", day="2026-02-30", status=422)


def test_the_board_says_free_places_in_words_for_the_chosen_day(site):
    page = site.as_("coordination").get("/measures/board", day="2026-10-15")

    assert "2 prises sur 8" in page
    assert "2 prises sur 6" in page
    assert "6 libres" in page


def test_the_board_also_shows_a_measure_in_which_nobody_was_ever_placed(site):
    assert "0 prise sur 10" in site.as_("coordination").get("/measures/board")


def test_a_measure_shows_the_places_of_each_line(site):
    page = site.as_("finance").get(f"/measures/{site.town.workshop}")

    assert "Mesure entière" in page
    assert "Lecture seule" in page


def test_a_quota_changes_from_a_day_on_and_a_second_editor_is_told(site):
    reader, ref = site.as_("contracts"), site.town.course
    url = f"/measures/{ref}/quota"
    version = reader.get(url).split('name="version" value="')[1].split('"')[0].replace("&#34;", '"')
    form = {"version": version, "line_ref": site.town.lines["SMIG"], "kind": "course", "places": "9",
            "valid_from": date(2026, 11, 2).isoformat()}  # fmt: skip

    reader.post(url, **form)

    again = reader.post(url, 412, **form)
    assert 'value="9"' in again
    assert "9 libres" in reader.get("/measures/board", day="2026-11-02")
    assert "10 libres" in reader.get("/measures/board", day="2026-11-01")


def test_a_refused_quota_keeps_what_was_typed_and_says_why_beside_the_field(site):
    reader = site.as_("contracts")
    url = f"/measures/{site.town.workshop}/quota"
    version = reader.get(url).split('name="version" value="')[1].split('"')[0].replace("&#34;", '"')

    page = reader.post(url, 409, version=version, line_ref=site.town.lines["LACI"], kind="professional", places="7",
                       valid_from="2026-09-01")  # fmt: skip

    assert 'value="7"' in page
    assert "f-valid_from-error" in page


def test_a_quota_below_the_places_taken_is_refused_with_the_day_and_their_number(site):
    reader = site.as_("contracts")
    url = f"/measures/{site.town.workshop}/quota"
    version = reader.get(url).split('name="version" value="')[1].split('"')[0].replace("&#34;", '"')

    page = reader.post(url, 409, version=version, line_ref=site.town.lines["LACI"], kind="professional", places="0",
                       valid_from="2026-10-15")  # fmt: skip

    assert "Le 15.10.2026, 2 places sont déjà prises" in page


def test_who_may_not_edit_measures_gets_no_form(site):
    site.as_("finance").get(f"/measures/{site.town.workshop}/quota", 403)


def test_an_officer_has_no_business_with_measures(site):
    site.as_("officer").get("/measures", 403)


def test_an_unknown_measure_does_not_exist(site):
    site.as_("contracts").get("/measures/0000000000", 404)


def test_places_change_and_an_overlap_is_justified(site):
    reader, ref = site.as_("contracts"), site.town.course

    version = (
        reader.get(f"/measures/{ref}/places")
        .split('name="version" value="')[1]
        .split('"')[0]
        .replace("&#34;", '"')
    )
    reader.post(
        f"/measures/{ref}/places", version=version, kind="course", places="11", valid_from="2026-12-01"
    )
    form = reader.get(f"/measures/{ref}/justification")
    version = form.split('name="version" value="')[1].split('"')[0].replace("&#34;", '"')
    reader.post(f"/measures/{ref}/justification", version=version, text="Seul cours du soir.")

    assert "Seul cours du soir." in reader.get(f"/measures/{ref}")
