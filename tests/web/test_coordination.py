"""The pages of the coordination group."""


def the_version(page: str) -> str:
    return page.split('name="version" value="')[1].split('"', maxsplit=1)[0].replace("&#34;", '"')


def test_the_group_reads_what_it_owes(site):
    page = site.as_("coordination").get("/coordination")

    assert "Données mensuelles manquantes\xa0: SASO, septembre 2026" in page
    assert "Les absences dépassent le minimum convenu." in page


def test_a_meeting_is_planned_held_and_its_minutes_are_there(site):
    reader = site.as_("coordination")
    plan = {"body": "coordination", "planned_on": "2026-10-14", "topic": "Places de l'atelier"}
    reader.get("/coordination/meetings/new")
    ref = reader.post("/coordination/meetings/new", **plan).rsplit("/", 1)[1]
    version = the_version(reader.get(f"/coordination/meetings/{ref}"))

    held = {"held_on": "2026-10-14", "summary": "Décidé à l'unanimité."}
    reader.post(f"/coordination/meetings/{ref}/holding", version=version, **held)

    page = reader.get(f"/coordination/meetings/{ref}")
    assert "tenue" in page
    assert "Décidé à l&#39;unanimité." in page


def test_a_meeting_that_has_not_been_is_not_recorded_as_held(site):
    reader, ref = site.as_("coordination"), site.town.meeting
    version = the_version(reader.get(f"/coordination/meetings/{ref}"))

    held = {"held_on": "2026-12-01", "summary": "Trop tôt"}
    page = reader.post(f"/coordination/meetings/{ref}/holding", 422, version=version, **held)

    assert "Trop tôt" in page
    assert "f-held_on-error" in page


def test_a_meeting_is_called_off(site):
    reader, ref = site.as_("coordination"), site.town.meeting
    version = the_version(reader.get(f"/coordination/meetings/{ref}"))

    refused = reader.post(f"/coordination/meetings/{ref}/invitations", 409, version=version)
    reader.post(f"/coordination/meetings/{ref}/cancellation", version=version, reason="Pas de quorum")

    assert "Retenez au moins un objet" in refused
    assert "annulée" in reader.get(f"/coordination/meetings/{ref}")


def test_a_corrective_measure_shows_only_the_moves_of_the_readers_body(site):
    ref = site.town.correction

    assert "Traiter dans le cadre" in site.as_("coordination").get(f"/coordination/corrections/{ref}")
    assert "n&#39;attend rien de votre groupe" in site.as_("steering").get(f"/coordination/corrections/{ref}")


def test_an_observation_goes_on_through_the_respondent_service(site):
    reader, agreement = site.as_("coordination"), site.town.agreements["SAS"]
    seen = {"agreement_ref": agreement, "wording": "Rapports en retard", "observed_on": "2026-10-12"}
    reader.get("/coordination/corrections/new")
    ref = reader.post("/coordination/corrections/new", **seen).rsplit("/", 1)[1]

    def move(event, due_on="", status=303):
        version = the_version(reader.get(f"/coordination/corrections/{ref}"))
        form = {"version": version, "event": event, "note": "Merci de livrer", "due_on": due_on}
        return reader.post(f"/coordination/corrections/{ref}/moves", status, **form)

    move("keep_within_contract")
    assert "Merci de livrer" in move("ask", status=422)
    move("ask", due_on="2026-11-30")

    page = reader.get(f"/coordination/corrections/{ref}")
    assert "30.11.2026" in page
    assert "Simone Vuille" in page


def test_nobody_presides_two_years_in_a_row(site):
    reader = site.as_("coordination")
    reader.get("/coordination/presidency")
    reader.post("/coordination/presidency", year="2027", institution="SASO")

    page = reader.post("/coordination/presidency", 422, year="2028", institution="SASO")

    assert 'value="2028"' in page


def test_others_do_not_read_the_groups_business(site):
    site.as_("provider").get("/coordination", 403)
    site.as_("finance").get("/coordination", 403)


def test_the_respondent_service_reports_and_the_group_verifies_on_the_pages(site):
    group, service, ref = site.as_("coordination"), site.as_("contracts"), site.town.correction

    def move(reader, event, status=303, **more):
        version = the_version(reader.get(f"/coordination/corrections/{ref}"))
        return reader.post(
            f"/coordination/corrections/{ref}/moves", status, version=version, event=event, **more
        )

    assert "Les absences dépassent" in service.get("/coordination/corrections")
    move(group, "keep_within_contract")
    move(group, "ask", due_on="2026-11-30")
    assert "Vérifier et clore" not in service.get(f"/coordination/corrections/{ref}")
    move(service, "do", note="Annoncée réalisée par le prestataire")
    assert "f-note-error" in move(group, "reopen", 422, due_on="2026-12-15")
    move(group, "verify")

    page = group.get("/coordination/corrections", state="verified")
    assert "vérifiée par le groupe" in page
    assert "Les absences dépassent" not in group.get("/coordination/corrections", state="observed")
    assert "Les absences dépassent" not in group.get("/coordination")
    site.as_("provider").get("/coordination/corrections", 403)
    site.as_("provider").get(f"/coordination/corrections/{ref}", 403)
