"""An agreement that has ended takes no new place through the API."""

from sqlalchemy import text

from tests.api.test_bad_input import a_wish
from tests.journeys.caller import codes


def test_an_agreement_ended_before_the_stay_takes_no_new_place(november):
    before = november.one("SELECT count(*) FROM placement")
    with november.engine.begin() as connection:
        connection.execute(
            text("UPDATE agreement SET state = 'terminated', valid_to = '2026-12-01' WHERE ref = :ref"),
            {"ref": november.stage.agreements["LACI"]},
        )

    refused = november.as_("orp").post("/placements", a_wish(november), 409, key="late")

    assert "no-agreement-in-force" in codes(refused)
    assert november.one("SELECT count(*) FROM placement") == before
