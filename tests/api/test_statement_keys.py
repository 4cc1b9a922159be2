"""Statements and payments over the interface: once per key, one invoice number, remarks at their line."""

from datetime import UTC, datetime

from tests.journeys.caller import codes


def december(world) -> tuple[dict, dict]:
    """November attested by the provider; the wishes for the statements of both payers."""
    world.clock.moves(datetime(2026, 12, 1, 9, tzinfo=UTC) - world.clock.now())
    for ref in world.placements.values():
        world.as_("provider").post(f"/placements/{ref}/attendance", {"others_present": "2026-11-02"})
    lines, agreements = world.stage.lines, world.stage.agreements
    return tuple(
        {"agreement_ref": agreements[code], "line_ref": lines[code], "month": "2026-11-01"}
        for code in ("SAS", "LACI")
    )


def test_a_statement_and_its_payment_are_made_once_per_key(november):
    provider, finance, cashier = november.as_("provider"), november.as_("finance"), november.as_("cashier")
    _, wish = december(november)

    none = provider.send("POST", "/statements", json=wish)
    first = provider.post("/statements", wish, 201, key="made")
    again = provider.post("/statements", wish, 201, key="made")
    other = provider.post("/statements", wish | {"month": "2026-10-01"}, 422, key="made")
    path = f"/statements/{first['ref']}"
    provider.post(f"{path}/submission", {"invoice_number": "F-1"}, seen=path)
    finance.post(f"{path}/check", seen=path)
    cashier.post(f"{path}/approval", seen=path)
    unkeyed = finance.send("POST", f"{path}/payment", headers={"If-Match": '"x.1"'})
    paid = finance.post(f"{path}/payment", seen=path, key="paid")
    twice = finance.post(f"{path}/payment", status=409, seen=path, key="paid again")

    assert [one.get_json()["code"] for one in (none, unkeyed)] == ["idempotency-key-missing"] * 2
    assert (none.status_code, unkeyed.status_code) == (400, 400)
    assert again == first
    assert codes(other) == ["idempotency-key-reused"]
    assert (paid["state"], codes(twice)) == ("paid", ["illegal-move"])
    assert november.one("SELECT count(*) FROM statement") == 1
    assert november.one("SELECT count(*) FROM payment WHERE released_at IS NOT NULL") == 1


def test_an_invoice_number_serves_once_and_a_line_is_returned_with_its_remark(november):
    provider, finance = november.as_("provider"), november.as_("finance")
    social, labour = (
        f"/statements/{provider.post('/statements', one, 201)['ref']}" for one in december(november)
    )
    provider.post(f"{social}/submission", {"invoice_number": "F-2026 118"}, seen=social)

    refused = provider.post(f"{labour}/submission", {"invoice_number": "f-2026118"}, 409, seen=labour)
    provider.post(f"{labour}/submission", {"invoice_number": "F-2026 119"}, seen=labour)
    done = finance.post(f"{labour}/return", {"lines": [{"line": 1, "reason": "Absence du 17"}]}, seen=labour)

    assert codes(refused) == ["invoice-number-used"]
    assert (done["state"], done["invoice_number"], done["lines"][0]["remark"]) == (
        "returned", "F-2026 119", "Absence du 17",
    )  # fmt: skip
