"""The pages of the reconciliation."""

from sqlalchemy import text


def test_a_run_for_a_date_names_what_it_compared_and_a_planted_difference(site):
    reader = site.as_("finance")

    reader.post("/reconciliation", business_date="2026-10-13")
    clean = reader.get("/reconciliation")
    assert "13.10.2026" in clean

    with site.work() as work:
        day = "(SELECT id FROM measure WHERE code = 'AT-01') AND day = '2026-10-20'"
        work.session.execute(text(f"UPDATE measure_day SET taken = taken + 1 WHERE measure_id = {day}"))
    reader.post("/reconciliation", business_date="2026-10-14")
    page = reader.get("/reconciliation")
    with site.work() as work:
        work.session.execute(text(f"UPDATE measure_day SET taken = taken - 1 WHERE measure_id = {day}"))

    assert "Places et placements" in page
    assert "Écarts ouverts" in page
    assert "14.10.2026" in page


def test_who_may_read_only_gets_no_form_and_is_refused(site):
    reader = site.as_("auditor")

    assert "Rapprocher un jour" not in reader.get("/reconciliation")
    reader.post("/reconciliation", 403, business_date="2026-10-14")


def test_a_day_that_does_not_exist_is_named_beside_its_field(site):
    page = site.as_("finance").post("/reconciliation", 422, business_date="2026-02-31")

    assert "f-business_date-error" in page


def test_others_do_not_read_the_reconciliation(site):
    site.as_("manager").get("/reconciliation", 403)
