"""The desk through the API: filters, drafts, corrections, and what is not mine to give."""

from tests.journeys.caller import codes

NOBODY = "0000000000"


def test_a_filter_is_kept_and_taken_away(november):
    orp = november.as_("orp")
    kept = orp.post("/desk/filters", {"place": "desk", "name": "En retard", "query": "tab=late&x=1"}, 201)[
        "items"
    ]

    assert [(one["name"], one["query"]) for one in kept] == [("En retard", "tab=late")]
    assert (kept[0]["query"], kept[0]["default"]) == ("tab=late", False)
    assert november.as_("gsr").get("/desk/filters")["items"] == []
    orp.send("DELETE", f"/desk/filters/{kept[0]['ref']}")
    assert orp.get("/desk/filters")["items"] == []


def test_a_filter_of_the_list_of_cases_is_kept_as_its_first_view(november):
    orp = november.as_("orp")
    wish = {"place": "cases", "name": "Cas ouverts", "query": "status=open", "default": True}

    (kept,) = orp.post("/desk/filters", wish, 201)["items"]

    assert (kept["place"], kept["default"]) == ("cases", True)
    orp.send("DELETE", f"/desk/filters/{kept['ref']}")


def test_a_note_is_corrected_by_its_author(november):
    gsr, case = november.as_("gsr"), november.cases[0]
    gsr.post(f"/cases/{case}/notes", {"text": "Rendez-vous mardi."}, 201)
    note = november.one("SELECT ref FROM case_note ORDER BY id DESC LIMIT 1")

    gsr.send("POST", f"/cases/{case}/notes/{note}/correction", json={"text": "Rendez-vous mercredi."})

    texts = [one["text"] for one in gsr.get(f"/cases/{case}/notes")["items"]]
    assert "Rendez-vous mercredi." in texts
    assert "Rendez-vous mardi." not in texts


def test_a_substitution_names_members_of_the_unit(november):
    unit = november.stage.units["ORP-LITTORAL"]
    wish = {
        "unit_ref": unit, "absent_ref": NOBODY, "substitute_ref": NOBODY, "first_day": "2026-11-20",
        "last_day": "2026-11-30",
    }  # fmt: skip

    no = november.as_("orp").post("/desk/substitutions", wish, 422)

    assert codes(no) == ["not-of-your-unit", "not-of-your-unit"]
    assert november.as_("gsr").post("/desk/substitutions", wish, 404)["code"] == "unknown"


def test_a_change_of_the_law_is_told_read_and_withdrawn(november):
    group, orp = november.as_("group"), november.as_("orp")
    words = {f"{part}_{lang}": f"{part} {lang}" for part in ("title", "text") for lang in ("fr", "de", "en")}
    group.send(
        "POST", "/desk/news", json=words | {"legal_reference": "LPGA 32", "valid_from": "2027-01-01"},
        headers={"Idempotency-Key": "news-1"},
    )  # fmt: skip

    (news,) = orp.get("/desk/news")["items"]
    assert (news["title"]["de"], news["read_at"]) == ("title de", None)
    orp.send("POST", f"/desk/news/{news['ref']}/reading")
    assert orp.get("/desk/news")["items"][0]["read_at"] is not None
    group.send("POST", f"/desk/news/{news['ref']}/withdrawal")
    assert orp.get("/desk/news")["items"] == []


def test_the_inbox_is_filtered_like_the_desk(january):
    gsr = january.as_("gsr")
    everything = gsr.get("/tasks", tab="unit")["items"]

    stage = everything[0]["stage"]
    wish = {"tab": "unit", "path": "reseau-cii", "stage": stage}
    network = gsr.call("GET", "/tasks", 200, query_string=wish)["items"]

    assert everything
    assert [one["ref"] for one in network] == [one["ref"] for one in everything if one["stage"] == stage]
    assert gsr.get("/tasks", tab="unit", name="zzzz")["items"] == []
    assert codes(gsr.get("/tasks", 422, tab="unit", due="someday")) == ["not-a-choice"]
