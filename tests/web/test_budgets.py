"""The pages of the budgets."""


def test_the_positions_say_what_is_granted_committed_and_left(site):
    page = site.as_("coordination").get("/budgets", year=2026)

    assert "CHF\u00a0640&#39;000.00" in page
    assert "dans le budget" in page
    assert "Total" in page


def test_the_left_rail_tells_the_budgets_used_in_words(site):
    assert "Budgets utilisés" in site.as_("finance").get("/measures")


def test_a_position_leads_to_its_movements_and_their_source(site):
    page = site.as_("finance").get(f"/budgets/{site.town.lines['LACI']}/2026")

    assert "Engagement" in page
    assert "disponible → engagé" in page
    assert "placement" in page
    assert "2026-LACI-01" in page


def test_movements_are_filtered_by_stage(site):
    page = site.as_("coordination").get(f"/budgets/{site.town.lines['SMIG']}/2026", stage="paid")

    assert "Aucun mouvement" in page


def test_the_budget_of_another_sector_does_not_exist_for_me(site):
    site.as_("finance").get(f"/budgets/{site.town.lines['SAS']}/2026", 404)


def test_a_budget_is_raised_with_its_reason(site):
    reader = site.as_("finance")

    where = reader.post(
        "/budgets/new",
        line_ref=site.town.lines["LACI"],
        year="2026",
        amount="10'000",
        reason="Crédit complémentaire",
        hard="yes",
    )

    page = reader.get(where)
    assert "Crédit complémentaire" in page
    assert "CHF\u00a010&#39;000.00" in page


def test_a_budget_is_not_lowered_below_what_is_committed_and_the_form_keeps_its_text(site):
    page = site.as_("finance").post(
        "/budgets/new",
        409,
        line_ref=site.town.lines["LACI"],
        year="2026",
        amount="-1300000",
        reason="Coupe",
        hard="yes",
    )

    assert "Coupe" in page
    assert "ne peut pas être réduit" in page


def test_a_reversal_is_asked_by_one_and_decided_by_another(site):
    asker, decider, line = site.as_("finance"), site.as_("finance2"), site.town.lines["LACI"]
    entry = asker.get(f"/budgets/{line}/2026").split("/budgets/entries/")[1].split("/")[0]

    asker.get(f"/budgets/entries/{entry}/reversal")
    asker.post(f"/budgets/entries/{entry}/reversal", reason="Saisi deux fois")

    assert "une autre personne doit décider" in asker.get("/budgets")
    page = decider.get("/budgets")
    assert "Saisi deux fois" in page
    asked = page.split('name="request_ref" value="')[1].split('"')[0]
    asker.post("/budgets/reversals", 403, request_ref=asked, granted="yes")
    decider.post("/budgets/reversals", request_ref=asked, granted="no")
    assert "Saisi deux fois" not in decider.get("/budgets")


def test_nobody_else_grants_a_budget(site):
    site.as_("coordination").get("/budgets/new", 403)
    site.as_("provider").get("/budgets", 403)
