"""Help and settings."""


def test_help_sets_the_legal_word_beside_the_plain_word(site):
    page = site.as_("manager").get("/help")

    assert "Effet tourniquet" in page
    assert "la vôtre" in page


def test_help_speaks_german_and_english(site):
    assert "Drehtüreffekt" in site.as_("manager", "de").get("/help")
    assert "Revolving-door" in site.as_("manager", "en").get("/help")


def test_settings_lead_only_where_one_may_go(site):
    assert "Journal" in site.as_("officer").get("/settings")
    assert "Journal" not in site.as_("manager").get("/settings")
