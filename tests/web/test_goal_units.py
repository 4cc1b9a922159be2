"""Targets as people type them: per cent and francs, kept in permille and centimes."""

import re

import pytest
from sqlalchemy import text
from werkzeug.datastructures import MultiDict

from cii.web.goal_units import as_kept
from tests.web.test_agreements import the_version


@pytest.mark.parametrize(
    ("unit", "typed", "kept"),
    [
        ("percent", "40", "400"), ("percent", "40,5", "405"), ("percent", " 40.5 % ", "405"),
        ("francs", "1'250.50", "125050"), ("francs", "12", "1200"), ("days", "3", "3"), ("number", "25", "25"),
        ("percent", "40.55", "40.55"), ("percent", "beaucoup", "beaucoup"), ("percent", "-4", "-4"),
        ("francs", "12.505", "12.505"), ("", "40", "40"), ("percent", "", ""),
    ],
)  # fmt: skip
def test_what_is_typed_is_kept_in_whole_numbers(unit: str, typed: str, kept: str):
    form = MultiDict({"gauges-0-unit": unit, "gauges-0-target": typed, "gauges-1-target": typed})

    made = as_kept(form)

    assert (made["gauges-0-target"], made["gauges-1-target"]) == (kept, typed)


def test_a_share_is_typed_shown_and_kept(site):
    reader, address = site.as_("contracts"), f"/agreements/{site.town.agreements['draft']}/objectives"
    sent = {
        "level": "outcome", "wording": "Sorties durables", "owner": "EISP", "kind": "integration",
        "standing": "main", "gauges-0-code": "durables", "gauges-0-title": "Sorties durables",
        "gauges-0-unit": "percent", "gauges-0-direction": "up", "gauges-0-target": "25,5",
        "gauges-0-minimum": "20", "gauges-0-source": "exit_rate_durable",
    }  # fmt: skip

    def version() -> str:
        return the_version(reader.get(f"{address}/form"))

    fine = reader.post(address, 422, version=version(), **(sent | {"gauges-0-target": "25,55"}))
    reader.post(address, version=version(), **sent)

    assert 'value="25,55"' in fine
    with site.work() as work:
        row = work.session.execute(
            text("SELECT target, minimum FROM indicator WHERE code = 'durables'")
        ).one()
    assert tuple(row) == (255, 200)
    page = reader.get(address)
    goal = page.rsplit("goal_ref=", 1)[1][:10]
    form = reader.get(f"{address}/form?goal_ref={goal}")
    assert re.search(r'name="gauges-0-target"[^>]*value="25.5"|value="25.5"[^>]*name="gauges-0-target"', form)
    assert "25.5\u00a0%" in page
