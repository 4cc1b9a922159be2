"""Deadlines in a calendar: case number and task, no person, an address that one may revoke."""

from cii.cases.queries import case_by_ref
from cii.desk.deadlines import Deadline, icalendar
from tests.conftest import NOW
from tests.web.build_path import path
from tests.web.test_desk_unit import task_of

__all__ = ["path"]


def subscribed(reader):
    page = reader.post("/calendar", 200)
    return "/calendar/" + page.split(".ics")[0].split("/calendar/")[-1] + ".ics"


def test_a_calendar_reads_number_and_task_and_no_person(path):
    ref = path.case("assessment", nom="Agendaville")
    reader = path.as_("manager")
    reader.post("/desk/take", refs=task_of(reader.get("/desk", tab="unassigned"), f"{ref}/grid"))
    where = subscribed(reader)

    answer = path.site.app.test_client().get(where)

    with path.site.work() as work:
        number = case_by_ref(work, ref).number
    assert answer.mimetype == "text/calendar"
    assert f"SUMMARY:{number} " in answer.text
    assert "Agendaville" not in answer.text
    assert "Dominique" not in answer.text


def test_an_address_that_was_replaced_or_revoked_answers_no_more(path):
    reader = path.as_("chief")
    first = subscribed(reader)
    second = subscribed(reader)
    stranger = path.site.app.test_client()

    assert stranger.get(first).status_code == 404
    assert stranger.get(second).status_code == 200
    assert "Une adresse existe" in reader.get("/calendar")
    reader.post("/calendar/revoke")
    assert stranger.get(second).status_code == 404
    assert stranger.get("/calendar/nobody.ics").status_code == 404
    assert "Aucune adresse" in reader.get("/calendar")


def test_a_calendar_file_folds_its_lines_and_escapes_its_text():
    said = icalendar([Deadline("abc", "CII-1", "Évaluer; puis, décider " * 6, NOW.date())], NOW, "Délais")

    lines = said.split("\r\n")
    assert all(len(line.encode()) <= 75 for line in lines)
    assert "DTSTART;VALUE=DATE:20261015" in lines
    assert "Évaluer\\; puis\\, décider" in said.replace("\r\n ", "")
    assert lines[-2] == "END:VCALENDAR"
