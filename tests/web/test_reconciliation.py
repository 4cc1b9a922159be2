"""The pages of the reconciliation and of the jobs: a run that is asked for, its progress, what it finds."""

from datetime import date

from sqlalchemy import text

from cii.jobs.orders import take_orders
from cii.jobs.registry import Job
from cii.jobs.runs import Bell, run_once
from cii.kernel.clock import FixedClock
from cii.reconciliation.proofs import PROOFS
from tests.conftest import NOW

BEND = (
    "UPDATE measure_day SET taken = taken {} 1 WHERE day = '2026-10-20' AND "
    "measure_id = (SELECT id FROM measure WHERE code = 'AT-01')"
)
ACCOUNT = (
    "UPDATE budget_account SET total = total {} 1 WHERE id = "
    "(SELECT min(id) FROM budget_account WHERE stage = 'committed')"
)

OF_ACCOUNT = (
    "SELECT agreement.number FROM agreement JOIN budget_account ON budget_account.agreement_id = agreement.id "
    "WHERE budget_account.id = (SELECT min(id) FROM budget_account WHERE stage = 'committed')"
)


def bell(site) -> Bell:
    wiring = site.app.wiring
    return Bell(site.engine, FixedClock(NOW), wiring.settings, wiring.calendar)


def bent(site, sign: str) -> None:
    with site.work() as work:
        work.session.execute(text(BEND.format(sign)))
        work.session.execute(text(ACCOUNT.format(sign)))


def broken(work, day):
    raise RuntimeError("pas de données")


def test_a_run_for_a_date_shows_its_progress_and_names_a_planted_difference(site):
    reader = site.as_("finance")
    with site.work() as work:
        number = work.session.scalar(text(OF_ACCOUNT))

    reader.post("/reconciliation", business_date="2026-10-13")
    waiting = reader.get("/reconciliation")
    ran = take_orders(bell(site))
    clean = reader.get("/reconciliation")
    bent(site, "+")
    reader.post("/reconciliation", business_date="2026-10-14")
    take_orders(bell(site))
    page, only_paid = reader.get("/reconciliation"), reader.get("/reconciliation?kind=payment")
    of_finance = reader.get("/reconciliation?role=finance")
    file = reader.get("/reconciliation/findings.csv")
    bent(site, "-")
    reader.post("/reconciliation", business_date="2026-10-14")
    take_orders(bell(site))
    closed = reader.get("/reconciliation?closed=yes")

    assert "en attente" in waiting
    assert 'hx-trigger="every 1s"' in waiting
    assert ran >= 1
    assert "13.10.2026" in clean
    assert f"{len(PROOFS)} sur {len(PROOFS)}" in clean
    assert 'hx-trigger="every' not in clean
    assert "Comparer les places occupées aux placements" in page
    assert "administration des comptes" in page
    assert f"2026 engagé, {number}</a>" in page
    assert "committed" not in page
    assert "/measures/" in page
    assert "AT-01" not in only_paid
    assert "AT-01" not in of_finance
    assert file.count("AT-01") == 1
    assert "Résolu le" in closed
    assert "AT-01" in closed


def test_who_may_read_only_gets_no_form_and_is_refused(site):
    reader = site.as_("auditor")

    assert "Rapprocher un jour" not in reader.get("/reconciliation")
    reader.post("/reconciliation", 403, business_date="2026-10-14")


def test_a_day_that_does_not_exist_or_has_not_come_is_named_beside_its_field(site):
    for day in ("2026-02-31", "2026-10-15", "2027-01-01"):
        page = site.as_("finance").post("/reconciliation", 422, business_date=day)
        assert "f-business_date-error" in page


def test_others_do_not_read_the_reconciliation(site):
    site.as_("manager").get("/reconciliation", 403)
    site.as_("manager").get("/reconciliation/findings.csv", 403)
    site.as_("manager").get("/jobs", 403)


def test_the_page_of_the_jobs_tells_what_ran_failed_and_runs_next(site):
    admin = site.as_("administrator")
    failing = Job("files", "tests.web.test_reconciliation:broken")
    try:
        run_once(bell(site), failing, date(2026, 10, 14))
    except RuntimeError:
        failed = admin.get("/jobs")

    admin.post("/jobs", job="files", business_date="2026-10-14")
    take_orders(bell(site))
    mended = admin.get("/jobs?job=files")
    unfit = admin.post("/jobs", 422, job="statements", business_date="2026-10-14")

    assert "RuntimeError: pas de données" in failed
    assert "en échec" in failed
    assert "pas de données" not in mended
    assert "Fichiers sans renvoi" in mended
    assert "terminé" in mended
    assert "16.10.2026" in mended
    assert "f-business_date-error" in unfit


def test_finance_reads_the_jobs_and_runs_none(site):
    reader = site.as_("finance")

    assert "Relancer un jour" not in reader.get("/jobs")
    reader.post("/jobs", 403, job="files", business_date="2026-10-14")
