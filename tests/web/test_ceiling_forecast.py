"""The pages of the federal ceiling and of the forecast."""


def plain(page):
    """The page with apostrophes and spaces as they are typed."""
    return page.replace("&#39;", "'").replace("\N{NO-BREAK SPACE}", " ")


def test_the_ceiling_says_what_is_missing_until_the_counts_are_entered(site):
    page = plain(site.as_("finance").get("/budgets/federal-ceiling", year=2024))

    assert "il manque « population active »" in page
    assert "il manque « demandeurs d'emploi, moyenne annuelle »" in page
    site.as_("finance").get("/budgets/federal-ceiling/csv", 404, year=2024)


def test_finance_enters_the_counts_and_reads_the_statement_and_its_files(site):
    finance = site.as_("finance")
    for year, kind, value in (
        ("2026", "active_population", "100 000"),
        ("2025", "job_seekers", "6400"),
        ("2026", "job_seekers", "6000"),
    ):
        finance.post(
            "/budgets/federal-ceiling",
            year=year,
            kind=kind,
            value=value.replace(" ", ""),
            source="Relevé d'essai",
        )

    page = plain(finance.get("/budgets/federal-ceiling", year=2026))

    assert "16'120'000.00" in page
    assert "967'200.00" in page
    assert "Relevé d'essai" in page
    assert "2026;ceiling;;16120000.00" in finance.get("/budgets/federal-ceiling/csv", year=2026)
    paper = finance.client.get("/budgets/federal-ceiling/pdf?year=2026")
    assert paper.mimetype == "application/pdf"
    assert paper.data.startswith(b"%PDF")


def test_a_negative_count_of_a_year_to_come_is_refused_at_both_fields_and_keeps_the_text(site):
    page = site.as_("finance").post(
        "/budgets/federal-ceiling", 422, year="2050", kind="job_seekers", value="-5", source="Essai négatif"
    )

    assert "Essai négatif" in page
    assert page.count("nombre entier de personnes") >= 2
    assert "doit se situer entre 2009" in page


def test_nobody_but_the_finance_of_unemployment_insurance_enters_counts(site):
    sent = {"year": "2026", "kind": "job_seekers", "value": "1", "source": "Essai"}

    site.as_("coordination").post("/budgets/federal-ceiling", 403, **sent)
    site.as_("provider").get("/budgets/federal-ceiling", 403)


def test_the_forecast_says_its_method_and_what_it_rests_on(site):
    page = plain(site.as_("finance").get("/budgets/forecast", year=2026, line=site.town.lines["LACI"]))

    assert "Prévision = fourni" in page
    assert "Mois connus jusqu'au 30.09.2026" in page
    assert "prévisible" in page
    assert "Règle forecast/1" in page
    assert "pas assez" not in site.as_("finance").get("/budgets/forecast", year=2020)
    assert "granted" in site.as_("finance").get("/budgets/forecast/csv", year=2026)


def test_the_forecast_of_another_sector_does_not_exist_for_me(site):
    page = site.as_("finance").get("/budgets/forecast", year=2026)

    assert site.town.lines["LACI"] in page
    assert site.town.lines["SAS"] not in page
    site.as_("provider").get("/budgets/forecast", 403)
