"""The monthly data of the sectors as a report: hand-counted, one sector missing, hidden outside; both engines."""

import csv
import io
from datetime import date

import pytest
from openpyxl import load_workbook

from cii.coordination.actions_monthly import DeliverMonth, FigureTold, deliver_month
from cii.institutions.queries import unit_by_code
from cii.kernel.span import Span
from cii.placements.vocabulary import ExitType
from cii.reports.actions import freeze
from cii.reports.queries import issue_values, preview, render, render_draft
from cii.reports.readers import Readers
from cii.reports.rules import WrongPeriod
from cii.reports.vocabulary import ReportKind
from tests.agreements.build_agreements import a_market, acting, an_actor
from tests.coordination.build_coordination import the_group
from tests.figures.build_figures import a_stay, later, the_numbers, waits
from tests.reports.kinds.asking import printed, refrozen

MONTH, SEPTEMBER = "2026-09", Span.parse("2026-09")
LONG = (date(2026, 6, 1), date(2026, 12, 31))


@pytest.fixture
def market(work):
    """Seven stays of AC (one from the 16th, one broken off on the 10th), two of SAS, one person waiting."""
    the_numbers(work)
    made = a_market(later(work, days=-600))
    made.work = work
    made.measure.code = "ATELIER"
    agreement, social = made.agreement(), made.agreement(made.social)
    for _ in range(5):
        a_stay(work, made.measure, agreement, made.ac, *LONG)
    a_stay(work, made.measure, agreement, made.ac, date(2026, 9, 16), LONG[1])
    a_stay(
        work, made.measure, agreement, made.ac, *LONG,
        exit_type=ExitType.ABORTED, left_on=date(2026, 9, 10),
    )  # fmt: skip
    for _ in range(2):
        a_stay(work, made.measure, social, made.social, *LONG)
    waits(work, made.measure, made.ac, date(2026, 9, 20))
    return made


def delivers(work, unit, *figures):
    who = acting(work, an_actor(work, unit_by_code(work, unit), role="contract_manager"))
    institution = {"LMMT": "SEMP", "ODAS": "SASO", "OSAS": "SMIG"}[unit]
    return deliver_month(who, DeliverMonth(institution, MONTH, figures))


def drafted(work, readers=None, known_at=None):
    return preview(work, SEPTEMBER, known_at, kind=ReportKind.MONTHLY, readers=readers or Readers(whole=True))


def test_every_sector_has_delivered(work, market):
    for unit in ("LMMT", "ODAS", "OSAS"):
        delivers(work, unit)

    values = drafted(work)

    line = values["lines"]["ATELIER/LACI"]
    days = 5 * 30 + 15 + 10
    assert (line["participants"], line["occupied_days"], line["entries"]) == (7, days, 1)
    assert (line["exits"], line["interruptions"], line["waiting"], line["allocated"]) == (1, 1, 1, 6)
    assert (line["place_days"], line["occupancy"]) == (6 * 30, "35/36")
    assert (values["total"]["participants"], values["total"]["occupied_days"]) == (9, days + 60)
    assert values["unknown"] == []
    assert [one["delivered"] for one in values["deliveries"].values()] == [True, True, True]


def test_what_a_sector_corrected_goes_before_what_is_counted(work, market):
    delivers(work, "LMMT", FigureTold("ATELIER", "LACI", 8, 190, 2, 1, 0, 1))

    line = drafted(work)["lines"]["ATELIER/LACI"]

    assert (line["participants"], line["occupied_days"], line["interruptions"]) == (8, 190, 0)
    assert line["origin"] == "entered"


def test_a_sector_that_has_not_delivered_is_named_and_its_figures_are_not_zero(work, market):
    delivers(work, "LMMT")

    values = drafted(work)

    assert values["deliveries"]["SASO"]["delivered"] is False
    assert values["lines"]["ATELIER/LACI"]["participants"] == 7
    assert values["lines"]["ATELIER/SAS"]["participants"] is None
    assert values["total"]["participants"] is None
    assert {"lines.ATELIER/SAS.participants", "total.occupancy"} <= set(values["unknown"])
    pages = printed(work, ReportKind.MONTHLY, SEPTEMBER, "fr")
    assert "Données mensuelles non remises : septembre 2026 (SASO, SMIG)." in pages
    book = load_workbook(
        io.BytesIO(render_draft(the_group(work), SEPTEMBER, "xlsx", "fr", kind=ReportKind.MONTHLY))
    )
    cells = {row[1]: row for row in book["Mesures par ligne de financemen"].iter_rows(values_only=True)}
    assert (cells["LACI"][4], cells["SAS"][4]) == (7, "–")


def test_those_who_come_by_invitation_owe_nothing(work, market):
    assert set(drafted(work)["deliveries"]) == {"SEMP", "SASO", "SMIG"}


def test_what_came_later_was_not_known(work, market):
    before = work.now
    delivers(later(work, hours=1), "LMMT")

    assert drafted(later(work, hours=2), known_at=before)["deliveries"]["SEMP"]["delivered"] is False
    assert drafted(later(work, hours=2))["deliveries"]["SEMP"]["delivered"] is True


def test_a_small_sector_is_hidden_from_the_others(work, market):
    for unit in ("LMMT", "ODAS", "OSAS"):
        delivers(work, unit)

    seen = drafted(work, Readers(frozenset({"SEMP"})))

    assert seen["lines"]["ATELIER/LACI"]["participants"] == 7
    for path in ("lines.ATELIER/SAS", "measures.ATELIER", "line_totals.SAS", "total"):
        assert {f"{path}.participants", f"{path}.occupied_days", f"{path}.occupancy"} <= set(seen["hidden"])
    assert seen["lines"]["ATELIER/SAS"]["participants"] is None
    assert drafted(work, Readers(frozenset({"SASO"})))["lines"]["ATELIER/SAS"]["participants"] == 2


def test_it_is_frozen_corrected_and_made_again_from_its_rows(work, market):
    group = the_group(work)
    first = freeze(group, SEPTEMBER, ReportKind.MONTHLY)
    refrozen(group, first)
    soon = later(work, hours=1)
    delivers(soon, "LMMT")

    second = freeze(later(group, hours=2), SEPTEMBER, ReportKind.MONTHLY)

    assert (second.version, second.previous_id) == (2, first.id)
    assert issue_values(group, first)["lines"]["ATELIER/LACI"]["participants"] is None
    assert issue_values(group, second)["lines"]["ATELIER/LACI"]["participants"] == 7
    told = list(
        csv.DictReader(io.StringIO(render(group, second, "csv", "fr").decode("utf-8-sig")), delimiter=";")
    )
    assert {row["value"] for row in told if (row["key"], row["figure"]) == ("ATELIER/LACI", "entries")} == {
        "1"
    }


def test_a_month_without_anything_says_so(work, market):
    january = Span.parse("2019-01")

    values = preview(the_group(work), january, kind=ReportKind.MONTHLY)

    assert (values["lines"], values["total"]["participants"]) == ({}, 0)
    assert "Monatsdaten der Sektoren" in printed(work, ReportKind.MONTHLY, january, "de")


def test_a_month_is_a_month(work, market):
    with pytest.raises(WrongPeriod):
        preview(work, Span.parse("2026-Q3"), kind=ReportKind.MONTHLY)
