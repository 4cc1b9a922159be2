"""The page of the agreements' dates, and the same for a calendar."""


def test_the_dates_of_the_agreements_in_force_are_read_with_their_clocks(site):
    page = site.as_("contracts").get("/agreement-dates")

    assert "2026-LACI-01" in page
    assert "Fin de la convention" in page
    assert "31.12.2026" in page
    assert "jours ouvrables" in page
    assert f"/agreements/{site.town.agreements['LACI']}" in page


def test_what_is_late_stands_before_what_is_to_come(site):
    table = site.as_("contracts").get("/agreement-dates").split("<tbody")[1]

    assert table.index("en retard") < table.index("Fin de la convention")


def test_a_draft_has_no_dates_yet(site):
    page = site.as_("contracts").get("/agreement-dates")

    assert site.town.agreements["draft"] not in page


def test_the_dates_are_handed_out_for_a_calendar(site):
    answer = site.as_("contracts").client.get("/agreement-dates/calendar.ics")

    assert answer.mimetype == "text/calendar"
    assert answer.text.startswith("BEGIN:VCALENDAR\r\n")
    assert "DTSTART;VALUE=DATE:20261231\r\nSUMMARY:2026-LACI-01 Fin de la convention\r\n" in answer.text
    marks = [line for line in answer.text.split("\r\n") if line.startswith("UID:")]
    assert len(marks) == len(set(marks)) > 1


def test_a_provider_reads_its_own_dates_and_a_foreign_one_none(site):
    own, foreign = site.as_("provider").get("/agreement-dates"), site.as_("other_provider")

    assert "2026-LACI-01" in own
    assert "Aucune échéance" in foreign.get("/agreement-dates")
    assert "BEGIN:VEVENT" not in foreign.client.get("/agreement-dates/calendar.ics").text


def test_whoever_reads_no_agreements_reads_no_dates(site):
    site.as_("manager").get("/agreement-dates", 403)
    site.as_("manager").get("/agreement-dates/calendar.ics", 403)
