"""The page of a case in its process: the drawing, the list, and each version that the case has left."""

from pathlib import Path

from cii.workflow.actions import publish
from cii.workflow.migrating import dry_run, migrate
from cii.workflow.migration import read_plan
from tests.conftest import NOW
from tests.web.build_path import path

__all__ = ["path"]

FIRST = (Path(__file__).parents[2] / "workflows" / "reseau-cii-v2.yaml").read_text("utf-8")
SECOND = (
    FIRST.replace("version: 2\n", "version: 3\n")
    .replace("  assessment:", "  joint_view:")
    .replace("start: assessment", "start: joint_view")
    .replace("to: assessment", "to: joint_view")
    .replace("Évaluation commune", "Regard commun")
)
PLAN = """\
process: reseau-cii
from: 2
to: 3
title: {fr: Regard commun, de: Gemeinsamer Blick, en: Joint view}
why: {fr: Le mot « évaluation » est réservé à l'AI., de: Das Wort «Assessment» gehört der IV., en: The word “assessment” belongs to the AI.}
stages: {assessment: joint_view}
timers: keep
"""


def migrated(site, folder):
    """Every case of the network moves to the second version."""
    (folder / "decisions").mkdir()
    (folder / "reseau-cii-v3.yaml").write_text(SECOND, encoding="utf-8")
    plan = read_plan(PLAN, "reseau-cii-2-3.yaml")
    with site.work() as work:
        publish(work, folder)
        promised = dry_run(work, plan).digest
    calendar, settings = site.app.wiring.calendar, site.app.wiring.settings
    return migrate(site.engine, plan, confirm=promised, now=NOW, calendar=calendar, settings=settings)


def test_a_case_is_drawn_where_it_stands_under_the_cases_of_the_navigation(path):
    page = path.as_("ai").get(f"/cases/{path.case()}/process")

    assert "Réseau CII, version 2" in page
    assert "Office AI" in page
    assert "en cours depuis le" in page
    assert page.count("Évaluation commune") > 1
    assert '<a href="/cases" aria-current="page">' in page
    assert "jusqu'au" not in page


def test_a_case_that_changed_its_version_keeps_the_drawing_of_the_old_one(path, tmp_path):
    ref = path.case("heard")
    done = migrated(path.site, tmp_path)

    page = path.as_("ai").get(f"/cases/{ref}/process")

    assert done.moved == 1
    now, then = page.split("Réseau CII, version 2, jusqu", 1)
    assert "Réseau CII, version 3" in now
    assert "Regard commun" in now
    assert "Le mot «\xa0évaluation\xa0» est réservé" in then
    assert "Évaluation commune" in then
    assert "Regard commun" not in then
    assert "Grille commune" in then


def test_the_open_cases_are_counted_under_the_version_they_are_in(path, tmp_path):
    path.case()
    migrated(path.site, tmp_path)
    reader = path.as_("coordination")

    old = reader.get("/definitions/processes/reseau-cii/open", version=2)
    new = reader.get("/definitions/processes/reseau-cii/open")

    assert "0 dossier ouvert" in old
    assert "1 dossier ouvert" in new
    assert "/definitions/processes/reseau-cii/open?version=2" in new
