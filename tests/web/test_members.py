"""The pages of who sits in both bodies."""


def test_the_group_sees_its_members_and_the_turn_of_the_presidency(site):
    page = site.as_("coordination").get("/coordination/members")

    assert page.index("SASO") < page.index("OAI")
    assert "sur invitation ou à sa demande" in page
    assert "SASO (selon le tour, à désigner)" in page
    assert "Membres et présidence" in site.as_("reference").get("/coordination")


def test_the_steering_group_ends_a_seat_and_gives_it_anew(site):
    steering, account = site.as_("steering"), site.town.accounts["steering"]
    listed = steering.get("/coordination/members")
    ref = next(
        row.split("/coordination/members/")[1][:10] for row in listed.split("<tr")[1:] if "SMIG" in row
    )

    steering.get(f"/coordination/members/{ref}")
    refused = steering.post(f"/coordination/members/{ref}/end", 422, valid_to="2013-01-01")
    assert "f-valid_to-error" in refused
    steering.post(f"/coordination/members/{ref}/end", valid_to="2026-11-01")
    form = {
        "body": "coordination",
        "standing": "permanent",
        "institution": "SMIG",
        "valid_from": "2026-11-01",
    }
    steering.get("/coordination/members/new")
    assert "f-account-error" in steering.post("/coordination/members/new", 422, **form, account=account)
    steering.post("/coordination/members/new", **form, function="Cheffe d'office")

    page = steering.get("/coordination/members")
    assert "Cheffe d&#39;office" in page
    assert "31.10.2026" in page
    assert "Mettre fin" not in steering.get(f"/coordination/members/{ref}")


def test_the_group_invites_guests_alone_and_others_read_nothing(site):
    group, guest = site.as_("coordination"), site.town.accounts["reference"]
    seat = {"body": "coordination", "valid_from": "2026-10-01"}
    page = group.get("/coordination/members/new")

    assert 'value="guest"' in page
    assert 'value="permanent"' not in page
    group.post("/coordination/members/new", 403, **seat, standing="permanent", institution="SMIG")
    assert "f-account-error" in group.post("/coordination/members/new", 422, **seat, standing="guest")
    group.post("/coordination/members/new", **seat, standing="guest", account=guest)
    assert "Paul Matthey" in group.get("/coordination/members")
    site.as_("provider").get("/coordination/members", 403)
    site.as_("manager").get("/coordination/members", 403)
    site.as_("reference").get("/coordination/members/new", 403)


def test_the_form_of_the_presidency_proposes_whose_turn_it_is(site):
    page = site.as_("coordination").get("/coordination/presidency")

    assert 'value="SASO" selected' in page
    assert 'value="2027"' in page
