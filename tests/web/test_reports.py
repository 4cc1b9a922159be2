"""The pages of the reports."""

from datetime import date
from html import unescape

from cii.coordination.actions_members import AppointMember, appoint_member
from cii.coordination.vocabulary import Body, Standing


def test_the_quarters_say_which_is_to_be_frozen(site):
    page = site.as_("steering").get("/reports")

    assert "4e trimestre 2026" in page
    assert "en cours" in page


def test_a_draft_shows_the_whole_pack_and_why_it_is_not_frozen(site):
    page = site.as_("steering").get("/reports/quarterly/2026-Q3")

    assert "Places et personnes" in page
    assert "AT-01" in page
    assert "Lecture seule" in page
    assert "court jusqu&#39;au 31.12.2026" in site.as_("coordination").get("/reports/quarterly/2026-Q4")


def test_occupancy_is_drawn_for_who_sees_it_and_told_in_words(site):
    page = site.as_("coordination").get("/reports/quarterly/2026-Q3")

    assert "Occupation par ligne</figcaption>" in page
    assert 'role="img" aria-label="Occupation par mesure. AT-01' in page
    assert '<rect class="chart-bar"' in page


def test_a_quarter_is_frozen_its_files_come_out_and_a_later_truth_is_a_new_version(site):
    member, provider = site.as_("coordination"), site.as_("provider")
    ref = site.town.placements["shared"]

    first = member.post("/reports/quarterly/2026-Q3/freezing")
    assert member.post("/reports/quarterly/2026-Q3/freezing") == first
    issue = first.rsplit("/", 1)[1]
    assert "Arrêté le 15.10.2026" in member.get(f"/reports/{issue}")
    for form, start in (("pdf", b"%PDF"), ("xlsx", b"PK"), ("json", b"{"), ("csv", b"\xef\xbb\xbf")):
        answer = member.client.get(f"/reports/{issue}/files/{form}")
        assert answer.status_code == 200
        assert answer.data.startswith(start)
        assert "attachment" in answer.headers["Content-Disposition"]

    provider.post("/provider/attendance/2026/9", **{f"d.{ref}.2026-09-28": "sick"})
    second = member.post("/reports/quarterly/2026-Q3/freezing")

    assert second != first
    later = second.rsplit("/", 1)[1]
    changes = member.get(f"/reports/{later}/changes")
    assert "Mesures et lignes" in changes
    assert "AT-01/LACI" in changes


def test_an_unfinished_quarter_is_not_frozen(site):
    page = site.as_("coordination").post("/reports/quarterly/2026-Q4/freezing", 409)

    assert "4e trimestre 2026" in page


def test_an_unknown_format_and_an_unknown_quarter_are_refused(site):
    site.as_("coordination").get("/reports/quarterly/2026-Q3/files/exe", 422)
    site.as_("coordination").get("/reports/quarterly/2026-Q5", 422)
    site.as_("coordination").get("/reports/0000000000", 404)


def test_who_may_not_freeze_is_refused_and_a_provider_reads_no_report(site):
    site.as_("steering").post("/reports/quarterly/2026-Q3/freezing", 403)
    site.as_("provider").get("/reports", 403)


def test_a_quarter_is_read_beside_the_one_before_and_a_figure_gets_a_word(site):
    member, reader = site.as_("coordination"), site.as_("steering")
    former = member.post("/reports/quarterly/2026-Q2/freezing").rsplit("/", 1)[1]
    alone = member.get(f"/reports/{former}/comparison")
    ref = member.post("/reports/quarterly/2026-Q3/freezing").rsplit("/", 1)[1]

    side = shown(member.get(f"/reports/{ref}/comparison"))
    measures = shown(member.get(f"/reports/{ref}/comparison?with=2026-Q2&section=measures"))
    unknown = member.post(
        f"/reports/{ref}/comments", 422, path="measures.AT-01.nothing", wording="Deux départs en août"
    )
    member.post(f"/reports/{ref}/comments", path="measures.AT-01.places_end", wording="Deux départs en août")

    assert "Aucune autre période" in alone
    assert "2e trimestre 2026" in side
    assert "Occupation" in side
    assert "AT-01" in measures
    assert "ne figure pas dans le rapport" in shown(unknown)
    page = shown(reader.get(f"/reports/{ref}"))
    assert "Mesures · AT-01 · " in page
    assert "Deux départs en août" in page
    reader.post(f"/reports/{ref}/comments", 403, path="measures.AT-01.places_end", wording="Vu")


def shown(page: str) -> str:
    """The page with common spaces and signs."""
    return unescape(page).replace("\u00a0", " ").replace("\u202f", " ")


def test_a_figure_leads_to_its_rows_and_a_hidden_one_does_not(site):
    member, outside = site.as_("coordination"), site.as_("steering")
    ref = member.post("/reports/quarterly/2026-Q3/freezing").rsplit("/", 1)[1]

    page = shown(member.get(f"/reports/{ref}/rows"))
    places = shown(member.get(f"/reports/{ref}/rows?path=measures.AT-01.places_end"))
    unknown = member.get(f"/reports/{ref}/rows?path=measures.AT-01.nothing", 422)

    assert "Choisir un chiffre" in page
    assert "Premier jour" in places
    assert "01.07.2026" in places
    assert "ne figure pas dans le rapport" in shown(unknown)
    site.as_("provider").get(f"/reports/{ref}/rows", 403)
    assert "Lignes d'un chiffre" in shown(outside.get(f"/reports/{ref}"))


def test_the_former_address_of_a_quarter_leads_to_its_report(site):
    answer = site.as_("steering").client.get("/reports/quarters/2026-Q3")

    assert (answer.status_code, answer.headers["Location"]) == (303, "/reports/quarterly/2026-Q3")


def test_each_kind_has_its_periods_and_its_page(site):
    reader = site.as_("coordination")

    page = reader.get("/reports", kind="monthly")
    assert "septembre 2026" in page
    assert "/reports/monthly/2026-09" in page
    assert "Données mensuelles, septembre 2026" in reader.get("/reports/monthly/2026-09")
    assert "Rapport annuel, 2025" in reader.get("/reports/annual/2025")
    assert (
        reader.client.get("/reports/ask?kind=annual&period=2025").headers["Location"]
        == "/reports/annual/2025"
    )
    reader.get("/reports/nothing/2026-Q3", 404)
    reader.get("/reports/annual/2026-Q3", 422)


def test_a_month_is_frozen_like_a_quarter(site):
    made = site.as_("coordination").post("/reports/monthly/2026-09/freezing")

    page = site.as_("coordination").get(made)
    assert "Données mensuelles, septembre 2026" in page
    assert "arrêté, version 1" in site.as_("coordination").get("/reports", kind="monthly")


def test_a_report_is_read_as_it_was_known_at_a_moment(site):
    reader = site.as_("coordination")

    page = reader.get("/reports/quarterly/2026-Q3", known_at="2026-10-01T08:00")
    assert "Chiffres tels qu&#39;ils étaient connus le 01.10.2026" in page
    assert "known_at=2026-10-01" in page
    file = reader.client.get("/reports/quarterly/2026-Q3/files/json?known_at=2026-10-01T08:00")
    assert '"known_at":"2026-10-01T06:00:00' in file.text
    reader.get("/reports/quarterly/2026-Q3", 422, known_at="2027-01-01T08:00")
    reader.get("/reports/quarterly/2026-Q3", 422, known_at="hier")


def test_a_report_is_laid_before_the_steering_group_to_be_published(site):
    member, steering = site.as_("coordination"), site.as_("steering")
    ref = member.post("/reports/quarterly/2026-Q3/freezing").rsplit("/", 1)[1]
    assert "avec l&#39;accord du GP CII" in member.get(f"/reports/{ref}")
    member.get(f"/reports/{ref}/public/pdf", 409)
    plan = {"body": "steering", "planned_on": "2026-10-15"}
    meeting = steering.post("/coordination/meetings/new", **plan).rsplit("/", 1)[1]

    member.post(f"/reports/{ref}/publication")

    page = steering.get(f"/coordination/meetings/{meeting}")
    assert "Publication\xa0: rapport trimestriel, 3e trimestre 2026, version 1" in page

    def act(what, **form):
        page = steering.get(f"/coordination/meetings/{meeting}")
        version = page.split('name="version" value="')[1].split('"', maxsplit=1)[0].replace("&#34;", '"')
        steering.post(f"/coordination/meetings/{meeting}/{what}", version=version, **form)

    act("holding", held_on="2026-10-15")
    act("decisions", wording="Publication approuvée.", kind="public_statement", subject_ref=ref)

    assert "Approuvée par la décision 2026-1" in member.get(f"/reports/{ref}")
    file = member.client.get(f"/reports/{ref}/public/json")
    assert '"hidden":[' in file.text


def test_a_report_is_sent_to_members(site):
    member = site.as_("coordination")
    with site.work() as work:
        seat = appoint_member(
            work,
            AppointMember(
                Body.STEERING, Standing.PERMANENT, date(2026, 1, 1), "SEMP", site.town.accounts["contracts"]
            ),
        ).ref
    ref = member.post("/reports/quarterly/2026-Q3/freezing").rsplit("/", 1)[1]
    assert "pas encore été transmis" in member.get(f"/reports/{ref}")

    member.post(f"/reports/{ref}/sendings", to=seat)

    assert "Anouk Favre" in member.get(f"/reports/{ref}").split('id="sending"')[1]
    assert "Un rapport arrêté vous est transmis" in site.as_("contracts").get("/notices")
    member.post(f"/reports/{ref}/sendings", 404, to="0000000000")
    site.as_("steering").post(f"/reports/{ref}/sendings", 403, to=seat)
