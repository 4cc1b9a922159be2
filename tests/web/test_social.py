"""Youth case management, NE-ESO and recognition, walked on the pages and through the API by those whose work it is."""

from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest

from cii.access.actions import AddAccount, add_account, add_membership
from cii.access.vocabulary import Role
from cii.institutions.queries import unit_by_code
from cii.routing.vocabulary_social import Criterion
from tests.people.build_people import an_avs
from tests.web.build_town import PASSWORD

PEOPLE = {
    "jeunes": ("Line Vaucher", "OFIJ", Role.CASE_MANAGER),
    "aide": ("Théo Borel", "GSR-VAL-DE-TRAVERS", Role.CASE_MANAGER),
}
FIT = {"already_followed": "no", "able_to_work": "yes", "grave_psychic_disorder": "no", "addiction": "no"}


@dataclass
class Program:
    """Somebody's program at the API."""

    client: Any
    token: str

    def ask(self, method: str, url: str, status: int = 200, seen: str | None = None, **body: Any) -> Any:
        head = {"Authorization": f"Bearer {self.token}", "Idempotency-Key": uuid4().hex}
        if seen is not None:
            head["If-Match"] = seen
        answer = self.client.open(
            url, method=method, headers=head, **({"json": body} if method != "GET" else {})
        )
        assert answer.status_code == status, f"{url}: {answer.status_code} {answer.text[:600]}"
        return answer.get_json()

    def move(self, url: str, act: str, status: int = 200, **body: Any) -> Any:
        """Act on what stands there now."""
        seen = self.client.get(url, headers={"Authorization": f"Bearer {self.token}"}).headers["ETag"]
        return self.ask("POST", f"{url}/{act}", status, seen, **body)


@pytest.fixture
def staffed(site):
    """The canton with a youth case manager and one of social aid."""
    with site.work() as work:
        for key, (name, unit, role) in PEOPLE.items():
            account = add_account(work, AddAccount(f"{key}@cii.example", name, password=PASSWORD))
            add_membership(work, account, unit_by_code(work, unit).id, role)
    return site


def program(site, who) -> Program:
    client = site.app.test_client()
    told = client.post("/api/v1/session", json={"email": f"{who}@cii.example", "password": PASSWORD})
    return Program(site.app.test_client(), told.get_json()["token"])


def a_person(first: str, born: str) -> dict[str, str]:
    return {
        "avs": an_avs(), "last_name": "Exemple", "first_name": first, "birth_date": born, "postcode": "2114",
        "municipality": "Fleurier",
    }  # fmt: skip


def test_a_youth_case_manager_admits_on_the_pages(staffed):
    manager, youth = staffed.as_("manager"), staffed.as_("jeunes")
    assert "Annoncer un ou une jeune" in manager.get("/admission/youth")
    where = manager.post(
        "/admission/youth", **a_person("Lou", "2009-03-02"), origin="still_at_school", problems="3",
        consent_given_on="2026-10-14", reason="Aucune place d'apprentissage",
    )  # fmt: skip
    case = where.split("/cases/")[1][:10]

    assert f"/cases/{case}/admission" in youth.get("/desk?tab=unit")
    page = youth.get(f"/cases/{case}/admission")
    assert "Aucune place d&#39;apprentissage" in page
    assert "Addiction" in page
    assert "Domaines de problèmes" not in page.split('id="state"')[1]
    again = youth.post(f"/cases/{case}/admission", 422, **FIT, finish="yes")
    assert 'name="pregnancy"' in again
    youth.post(f"/cases/{case}/admission", **FIT, pregnancy="no", finish="yes")
    assert "la personne est admise" in youth.get(f"/cases/{case}/admission")
    refused = youth.post(f"/cases/{case}/admission/confirmation", 422, admitted="no")
    assert "Vous vous écartez de la réponse de la table" in refused
    youth.post(f"/cases/{case}/admission/confirmation", admitted="yes")

    assert "Faire le point" in youth.get(f"/cases/{case}")
    manager.get(f"/cases/{case}/admission", 403)


def test_a_candidate_is_screened_observed_and_hired_on_the_pages(staffed):
    aid, enterprise = staffed.as_("aide"), staffed.as_("provider")
    assert "entreprise sociale" in aid.get("/admission/candidate")
    where = aid.post("/admission/candidate", **a_person("Sacha", "1978-05-02"))
    case = where.split("/cases/")[1][:10]
    assert "la sélection vient d&#39;abord" in aid.get(f"/observations/new/{case}")
    facts = {"productivity": "75", "dependants": "0", "heavy_social_problem": "no", "debts": "10'000.00"}
    aid.post(f"/cases/{case}/admission", **facts, finish="yes")
    aid.post(f"/cases/{case}/admission/confirmation", admitted="yes")
    form = aid.get(f"/observations/new/{case}")
    unit = form.split("Fondation de l&#39;Arbalète")[0].rsplit('value="', 1)[1][:10]
    days = {"starts_on": "2026-10-15", "ends_on": "2027-01-15"}
    too_long = aid.post(f"/observations/new/{case}", 422, provider_unit_ref=unit, **days)
    assert "14.01.2027" in too_long
    days["ends_on"] = "2026-12-15"
    ref = aid.post(f"/observations/new/{case}", provider_unit_ref=unit, **days).split("/observations/")[1][
        :10
    ]

    for who, party in ((aid, "person"), (enterprise, "enterprise"), (aid, "institution")):
        version = _version(who.get(f"/observations/{ref}"))
        who.post(f"/observations/{ref}/sign", party=party, version=version)
    assert "Exemple Sacha" in enterprise.get("/observations")
    assert f"/observations/{ref}/grid" in enterprise.get(f"/observations/{ref}")
    enterprise.post(f"/observations/{ref}/grid", effective_on="2026-10-15", **{"answers-quality": "3"})
    assert "3 sur 4" in enterprise.get(f"/observations/{ref}/grid")
    observed = program(staffed, "provider").ask("GET", f"/api/v1/observations/{ref}/grid")["items"]
    assert [one["item"] for one in observed] == ["quality"]
    aid.get(f"/observations/{ref}/grid", 403)
    aid.post(f"/observations/{ref}/evaluate", 403, suited="yes", report="Bien")
    version = _version(aid.get(f"/observations/{ref}"))
    aid.post(f"/observations/{ref}/extend", version=version, ends_on="2027-01-14", reason="Congé")
    version = _version(enterprise.get(f"/observations/{ref}"))
    enterprise.post(f"/observations/{ref}/evaluate", version=version, suited="yes", report="Régulier")

    assert "Bilan annuel" in aid.get(f"/cases/{case}")
    assert program(staffed, "aide").ask("GET", f"/api/v1/observations/{ref}")["ref"] == ref
    staffed.as_("other_provider").get(f"/observations/{ref}", 404)
    enterprise.post(f"/observations/{ref}/end", 412, version=f'"{ref}.1"', reason="Trop tard")


def _version(page: str) -> str:
    """The version in the first form of the page, or of the last one seen."""
    marked = page.split('name="version" value="')
    return marked[1].split('"')[0].replace("&#34;", '"') if len(marked) > 1 else '"none.0"'


def test_an_enterprise_is_recognised_on_the_pages(staffed):
    provider, group, steering = (staffed.as_(who) for who in ("provider", "coordination", "steering"))
    ref = provider.post("/recognitions").split("/recognitions/")[1][:10]
    said = {}
    for at, one in enumerate(Criterion):
        said |= {f"entries-{at}-criterion": one.value, f"entries-{at}-said": f"Statuts, art. {at + 1}"}
    version = _version(provider.get(f"/recognitions/{ref}"))
    provider.post(f"/recognitions/{ref}/evidence", version=version, **said, finished="yes")
    found = {}
    for at, one in enumerate(Criterion):
        found |= {
            f"entries-{at}-criterion": one.value,
            f"entries-{at}-finding": "met",
            f"entries-{at}-said": "",
        }
    version = _version(group.get(f"/recognitions/{ref}"))
    group.post(f"/recognitions/{ref}/findings", version=version, **found, finished="yes")
    version = _version(steering.get(f"/recognitions/{ref}"))
    steering.post(
        f"/recognitions/{ref}/decision", version=version, recognised="yes", reason="Critères remplis"
    )

    assert "14.10.2027" in provider.get("/recognitions")
    aid = staffed.as_("aide")
    case = aid.post("/admission/candidate", **a_person("Ariane", "1981-07-02")).split("/cases/")[1][:10]
    facts = {"productivity": "75", "dependants": "0", "heavy_social_problem": "no", "debts": "0"}
    aid.post(f"/cases/{case}/admission", **facts, finish="yes")
    aid.post(f"/cases/{case}/admission/confirmation", admitted="yes")
    choice = aid.get(f"/observations/new/{case}")
    assert choice.count("(entreprise sociale reconnue)") == 1
    assert "Fondation de l&#39;Arbalète (entreprise sociale reconnue)" in choice
    version = _version(group.get(f"/recognitions/{ref}"))
    group.post(f"/recognitions/{ref}/review", version=version, outcome="ended", reason="Cessation d'activité")
    assert "terminée" in provider.get(f"/recognitions/{ref}")
    assert program(staffed, "provider").ask("GET", f"/api/v1/recognitions/{ref}")["ref"] == ref


def test_the_same_walks_through_the_api(staffed):
    manager, youth, aid = (program(staffed, who) for who in ("manager", "jeunes", "aide"))
    case = manager.ask(
        "POST", "/api/v1/youth", 201, **a_person("Noa", "2009-03-02"), origin="school_leaver", problems=2,
        reason="Motif", consent_given_on="2026-10-14",
    )["case_ref"]  # fmt: skip
    at = f"/api/v1/cases/{case}/admission"
    asked = youth.ask("GET", f"/api/v1/cases/{case}/admission")
    assert set(asked["missing"]) == {
        "already_followed", "able_to_work", "grave_psychic_disorder", "addiction", "pregnancy",
    }  # fmt: skip
    told = youth.ask("POST", f"{at}/youth", already_followed=True, finish=True)
    assert (told["stage"], told["admits"]) == ("admissibility", False)
    youth.ask("POST", f"{at}/confirmation", admitted=False)
    figures = youth.ask("GET", "/api/v1/youth/figures")
    assert figures["outcomes"]["out_of_criteria"] >= 1

    one = aid.ask("POST", "/api/v1/candidates", 201, **a_person("Kim", "1963-01-01"), on="2012-06-01")
    known = aid.ask("GET", f"/api/v1/cases/{one['case_ref']}/admission")
    assert (known["version"], known["facts"]["age"]) == (2, 49)
    assert aid.ask("GET", "/api/v1/observations")["items"] is not None
    assert program(staffed, "provider").ask("GET", "/api/v1/recognitions")["items"] is not None


def test_an_enterprise_is_recognised_through_the_api_by_who_has_seen_the_version(staffed):
    provider, group, steering = (
        program(staffed, who) for who in ("other_provider", "coordination", "steering")
    )
    at = f"/api/v1/recognitions/{provider.ask('POST', '/api/v1/recognitions', 201)['ref']}"
    said = [{"criterion": one.value, "said": "Statuts"} for one in Criterion]
    found = [{"criterion": one.value, "finding": "met"} for one in Criterion]

    blind = provider.ask("POST", f"{at}/evidence", 428, entries=said, finished=True)
    provider.move(at, "evidence", entries=said, finished=True)
    late = provider.ask("POST", f"{at}/evidence", 412, blind["reasons"][0]["facts"]["current"], entries=said)
    unknown = group.move(at, "findings", 422, entries=found, version=1)
    for act, body in (
        ("findings", {"entries": found, "finished": True}),
        ("review", {"outcome": "keep"}),
    ):
        group.ask("POST", f"{at}/{act}", 428, **body)
    group.move(at, "findings", entries=found, finished=True)
    steering.ask("POST", f"{at}/decision", 428, recognised=True, reason="Critères remplis")
    steering.move(at, "decision", recognised=True, reason="Critères remplis")
    done = group.move(at, "review", outcome="ended", reason="Cessation d'activité")

    assert [one["reasons"][0]["code"] for one in (blind, late, unknown)] == [
        "precondition-required", "stale", "unknown-field",
    ]  # fmt: skip
    assert done["state"] == "ended"


def test_an_observation_is_walked_through_the_api_by_who_has_seen_the_version(staffed):
    aid, enterprise = program(staffed, "aide"), program(staffed, "provider")
    case = aid.ask("POST", "/api/v1/candidates", 201, **a_person("Maël", "1979-04-01"))["case_ref"]
    facts = {"productivity": 75, "dependants": 0, "heavy_social_problem": False, "debts": "10000.00"}
    aid.ask("POST", f"/api/v1/cases/{case}/admission/candidate", **facts, finish=True)
    aid.ask("POST", f"/api/v1/cases/{case}/admission/confirmation", admitted=True)
    days = {"starts_on": "2026-10-15", "ends_on": "2026-12-15"}
    with staffed.work() as work:
        body = {"case_ref": case, "provider_unit_ref": unit_by_code(work, "ARBALETE").ref, **days}
    at = f"/api/v1/observations/{aid.ask('POST', '/api/v1/observations', 201, **body)['ref']}"
    acts: list[tuple[Program, str, dict[str, Any]]] = [
        (aid, "signature", {"party": "person"}),
        (enterprise, "signature", {"party": "enterprise"}),
        (aid, "signature", {"party": "institution"}),
        (aid, "extension", {"ends_on": "2027-01-14", "reason": "Congé"}),
        (enterprise, "evaluation", {"suited": True, "report": "Régulier"}),
    ]

    for who, act, said in acts:
        blind = who.ask("POST", f"{at}/{act}", 428, **said)
        done = who.move(at, act, **said)
        who.ask("POST", f"{at}/{act}", 412, blind["reasons"][0]["facts"]["current"], **said)
    aid.ask("POST", f"{at}/early-end", 428, reason="Motif")

    assert done["state"] == "evaluated"
    assert [one["move"] for one in done["events"]] == ["sign", "sign", "conclude", "extend", "evaluate"]
