"""The page of the mandate: tasks, rules, what the GP CII adds."""

from hashlib import sha256
from io import BytesIO


def test_each_task_leads_to_its_page_and_says_what_waits(site):
    page = site.as_("coordination").get("/coordination/mandate")

    for address in (
        "/reports", "/unit-prices", "/coordination/corrections", "/needs", "/rounds", "/coordination/months",
        "/coordination/members",
    ):  # fmt: skip
        assert f'href="{address}"' in page
    assert "1 en attente" in page
    assert "tâche 9" in page
    assert "Ein zweites Jahr in Folge" in site.as_("coordination", "de").get("/coordination/mandate")
    assert "/coordination/mandate" in site.as_("steering").get("/coordination")
    site.as_("provider").get("/coordination/mandate", 403)


def test_the_steering_group_gives_a_mandate_with_the_digest_of_its_document(site):
    steering = site.as_("steering")
    steering.get("/coordination/mandates/new")
    form = {"number": "GP-2026-1", "title": "Jeunes", "wording": "Analyser.", "issued_on": "2026-10-01"}
    assert "f-until-error" in steering.post("/coordination/mandates/new", 422, **form, until="2026-09-01")
    file = (BytesIO(b"mandat"), "mandat.pdf")
    ref = steering.post("/coordination/mandates/new", **form, until="2027-01-31", file=file).rsplit("/", 1)[1]

    page = steering.get(f"/coordination/mandates/{ref}")
    assert sha256(b"mandat").hexdigest() in page
    assert "31.01.2027" in page
    group = site.as_("coordination")
    assert "GP-2026-1" in group.get("/coordination/mandate")
    group.get("/coordination/mandates/new", 403)
    group.post(f"/coordination/mandates/{ref}/end", 403, ended_on="2026-10-10")
    assert "f-ended_on-error" in steering.post(
        f"/coordination/mandates/{ref}/end", 422, ended_on="2026-09-01"
    )
    steering.post(f"/coordination/mandates/{ref}/end", ended_on="2026-10-10")
    assert "terminé" in group.get(f"/coordination/mandates/{ref}")
