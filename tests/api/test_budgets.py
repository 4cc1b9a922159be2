"""Decisions about budgets through the API: granted, transferred, capped, closed, begun, told to the state."""

import pytest

from tests.journeys.caller import codes

PACTE = "PACTE"


def line(world, code: str) -> str:
    """A funding line by its code."""
    return next(one["ref"] for one in world.as_("finance").get("/lines")["items"] if code in one["code"])


def position(world, code: str, year: int) -> dict:
    rows = world.as_("finance").get("/budgets", year=year)["items"]
    return next(row for row in rows if code in row["line"])


def test_a_budget_is_granted_transferred_by_two_persons_and_closed(november):
    one, other = november.as_("finance"), november.as_("cashier")
    for code, amount in (("LACI", "1000.00"), (PACTE, "50.00")):
        wish = {"line_ref": line(november, code), "year": 2031, "amount": amount, "reason": "Budget 2031"}
        assert one.post("/budgets/decisions", wish, 201)["kind"] == "budget"
    wish = {"line_ref": line(november, "LACI"), "to_line_ref": line(november, PACTE), "year": 2031,
            "amount": "250.00", "decision": "ACE 31-1", "reason": "Besoin"}  # fmt: skip

    asked = one.post("/budgets/transfers", wish, 201, key="transfer-31")
    again = one.post("/budgets/transfers", wish, 201, key="transfer-31")
    (waiting,) = other.get("/budgets/transfers")["items"]
    answer = {"transfer_ref": asked["ref"], "granted": True}

    assert asked == again
    assert (waiting["giver"], waiting["amount"]) == ("LACI", "250.00")
    assert codes(one.post("/budgets/transfers/decisions", answer, 403)) == ["transfer-by-asker"]
    assert other.post("/budgets/transfers/decisions", answer)["granted"] is True
    assert codes(other.post("/budgets/transfers/decisions", answer, 409)) == ["transfer-decided"]
    assert position(november, "LACI", 2031)["granted"] == "750.00"
    assert position(november, PACTE, 2031)["available"] == "300.00"
    closing = {"line_ref": line(november, PACTE), "year": 2031}
    assert one.post("/budgets/closings", closing)["state"] == "closed"
    late = {**closing, "amount": "1.00", "reason": "Complément"}
    assert codes(one.post("/budgets/decisions", late, 409)) == ["budget-year-closed"]
    assert codes(november.as_("group").post("/budgets/closings", closing, 403)) == ["not-allowed"]


def test_a_budget_is_not_lowered_below_what_is_committed_and_the_sums_are_named(november):
    held = position(november, "LACI", 2026)
    lower = {
        "line_ref": line(november, "LACI"),
        "year": 2026,
        "amount": f"-{held['granted']}",
        "reason": "Coupe",
    }

    refused = november.as_("finance").post("/budgets/decisions", lower, 409)

    (reason,) = refused["reasons"]
    assert reason["code"] == "budget-below-committed"
    assert reason["facts"]["available"] in {held["available"], int(held["available"].replace(".", ""))}


def test_a_ceiling_is_set_and_read_with_what_is_bound_under_it(november):
    finance, ref = november.as_("finance"), line(november, "LACI")
    wish = {"line_ref": ref, "year": 2026, "decision": "D-9", "reason": "Plan",
            "agreement_ref": november.stage.agreements["LACI"]}  # fmt: skip

    assert codes(finance.post("/budgets/ceilings", wish | {"amount": "0.05"}, 409)) == [
        "budget-ceiling-below-used"
    ]
    made = finance.post("/budgets/ceilings", wish | {"amount": "30000.00"})["items"]

    assert made == finance.get(f"/budgets/{ref}/ceilings", year=2026)["items"]
    assert (made[0]["amount"], made[0]["decision"], made[0]["warning"]) == ("30000.00", "D-9", False)
    assert made[0]["used"] != "0.00"
    assert november.as_("provider").get(f"/budgets/{ref}/ceilings", 403)


@pytest.mark.parametrize("amount", ["NaN", "1e400", "-0.01", "0.123", "1'000", 10, 0.5, "0.00"])
def test_no_other_writing_of_a_sum_is_transferred(november, amount):
    wish = {"line_ref": line(november, "LACI"), "to_line_ref": line(november, PACTE), "year": 2026,
            "amount": amount, "decision": "D", "reason": "R"}  # fmt: skip

    refused = november.as_("finance").post("/budgets/transfers", wish, 422)

    assert [one["field"] for one in refused["reasons"]] == ["amount"]


def test_opening_balances_come_by_file_all_rows_or_none_and_postings_leave_by_period(november):
    finance = november.as_("finance")
    head = "Ligne;Année;Convention;Stade;Montant;Date\n"
    good, bad = "LACI;2030;;disponible;1'234.50;01.01.2030\n", "LACI;2030;;engagé;1;2030-01-01\n"

    refused = finance.upload("/budgets/opening", "s.csv", (head + good + bad).encode(), 422)
    tried = finance.upload("/budgets/opening", "s.csv", (head + good).encode(), dry_run="true")
    done = finance.upload("/budgets/opening", "s.csv", (head + good).encode("cp1252"))
    again = finance.upload("/budgets/opening", "s.csv", (head + good).encode())

    assert [(one["facts"]["line"], one["field"]) for one in refused["reasons"]] == [(3, "agreement")]
    assert (tried["added"], done["added"], again["added"], again["known"]) == (1, 1, 0, 1)
    assert position(november, "LACI", 2030)["available"] == "1234.50"
    told = finance.get("/budgets/postings", first="2026-01-01", last="2031-12-31").decode("utf-8-sig")
    assert ";1234.50;opening;opening_balance;" in told
    assert finance.get("/budgets/postings", 422, first="2026-02-01", last="2026-01-01")
    assert finance.get("/budgets/postings", first="2026-01-01", last="2031-12-31", form="xlsx")[:2] == b"PK"
