"""Every page of the house and an address of each: what the walks of the browser and of tests/house go through.

A page is a GET rule of the url map that belongs to `cii.web`, or the API page. One with parts in its address needs an example here.
"""

from dataclasses import dataclass

from sqlalchemy import text

from cii import web

APART = frozenset({"login.home"})
"""Rules that only lead elsewhere."""


API_PAGES = frozenset({"openapi.page", "openapi.shapes"})
"""The document of the API, to read."""


@dataclass(frozen=True)
class Answer:
    """What somebody gets at an address: the status, and the page if it is one (None for a file)."""

    endpoint: str
    url: str
    status: int
    page: str | None


def answers(town, who):
    """What that person gets at every address; asked once per town."""
    if who not in town.answers:
        client = town.reader(who)
        town.answers[who] = []
        for one in addresses(town):
            answer = client.get(one.url)
            shown = answer.text if answer.mimetype == "text/html" else None
            town.answers[who].append(Answer(one.endpoint, one.url, answer.status_code, shown))
    return town.answers[who]


def opened(town, who):
    """The pages that open for that person."""
    return [one for one in answers(town, who) if one.status == 200 and one.page is not None]


def shared_out(town, roles):
    """Each page that opens for one of these roles, given to one of them: to whom fewest have been given yet."""
    given = {who: [] for who in roles}
    by_page = {}
    for who in roles:
        for one in opened(town, who):
            by_page.setdefault(one.endpoint, {})[who] = one
    for may in sorted(by_page.values(), key=len):
        who = min(may, key=lambda who: len(given[who]))
        given[who].append(may[who])
    return given


@dataclass(frozen=True)
class Address:
    """An address to look at, and the rule it belongs to."""

    endpoint: str
    url: str


def rules(app):
    """The GET rules that are pages, in the order of their addresses."""
    found = [
        rule
        for rule in app.url_map.iter_rules()
        if "GET" in rule.methods
        and rule.endpoint not in APART
        and (rule.endpoint.partition(".")[0] in web.BLUEPRINTS or rule.endpoint in API_PAGES)
    ]
    return sorted(found, key=lambda rule: rule.rule)


def addresses(town):
    """One address for each page; raises KeyError, naming the page for which nobody has thought of an example."""
    known = _examples(town)
    found = []
    with town.app.test_request_context():
        for rule in rules(town.app):
            blueprint = rule.endpoint.partition(".")[0]
            values = known.get(rule.endpoint, known.get(blueprint, {})) if rule.arguments else {}
            missing = rule.arguments - values.keys()
            if missing:
                raise KeyError(f"{rule.endpoint} {rule.rule}: no example for {', '.join(sorted(missing))}")
            found.append(
                Address(
                    rule.endpoint,
                    town.app.url_for(
                        rule.endpoint, _external=False, **{name: values[name] for name in rule.arguments}
                    ),
                )
            )
    return found


def _examples(town):
    """Parts of addresses, by page or else by blueprint."""
    stage, refs = town.canton.stage, town.canton.refs
    return {
        "accounts": {"ref": refs["account"], "seat": 1},
        "agreements": {"ref": stage.agreements["LACI"]},
        "agreement_paper": {"ref": refs["draft_agreement"], "edition": refs["edition"]},
        "calls": {"ref": _one(town, "SELECT ref FROM call ORDER BY id LIMIT 1")},
        "offers": {"ref": refs["offer"], "paper": refs["paper"]},
        "direct_awards": {"ref": refs["draft_agreement"]},
        "offers.form": {"ref": refs["open_call"]},
        "tariffs": {"ref": stage.agreements["LACI"]},
        "closures": {"ref": stage.agreements["LACI"]},
        "margins": {"ref": stage.agreements["LACI"]},
        "conformity": {"ref": stage.agreements["LACI"]},
        "providers": {
            "ref": _one(town, "SELECT ref FROM provider ORDER BY id LIMIT 1"),
            "talk": "zzzzzzzzzz",
        },
        "conventions": {"ref": refs["draft_agreement"], "name": "principles"},
        "indicator_catalogue": {"code": "reinsertion"},
        "indicator_values": {"ref": stage.agreements["LACI"]},
        "goals": {"ref": refs["draft_agreement"]},
        "owed": {"ref": refs["draft_agreement"]},
        "negotiation": {"ref": refs["draft_agreement"]},
        "agreement_versions": {"ref": stage.agreements["LACI"]},
        "evaluations": {"ref": refs["evaluation"]},
        "deliverables": {"ref": refs["deliverable"], "submission": refs["submission"]},
        "appointments": {"ref": refs["appointment"]},
        "appointments.agreement": {"ref": stage.agreements["LACI"]},
        "appointments.visit": {"ref": stage.agreements["LACI"]},
        "evaluations.index": {"ref": stage.agreements["LACI"]},
        "budgets": {"ref": stage.lines["LACI"], "year": 2026},
        "budget_steering": {"ref": stage.lines["LACI"], "year": 2026},
        "budget_books": {"ref": stage.lines["LACI"], "year": 2026},
        "budgets.reversal": {"ref": _one(town, "SELECT ref FROM ledger_entry ORDER BY id LIMIT 1")},
        "payments": {"ref": _one(town, "SELECT ref FROM payment ORDER BY id LIMIT 1"), "form": "csv"},
        "public_calls": {
            "ref": _one(town, "SELECT ref FROM call WHERE published_on IS NOT NULL ORDER BY id LIMIT 1")
        },
        "calendars": {"token": "no-such-address"},
        "cases": {"ref": refs["case"]},
        "places": {"ref": refs["case"]},
        "case_links": {"ref": refs["case"], "purpose": "satisfaction"},
        "case_links.objectives": {"ref": refs["case"], "placement": refs["placement:shared"]},
        "stays": {
            "ref": refs["case"],
            "placement": refs["placement:shared"],
            "document": refs["document"],
        },
        "stays.provider_certificate": {
            "ref": refs["placement:shared"],
            "document": refs["document"],
        },
        "links": {"token": refs["link"]},
        "rounds": {"ref": refs["open_round"]},
        "round_cases": {"ref": refs["open_round"], "position": 1},
        "round_results": {"ref": refs["round"], "form": "csv"},
        "case_rounds": {"ref": refs["case"]},
        "definitions.decision_table": {"name": "detection", "version": 1},
        "whatif": {"name": "triage"},
        "definitions.process": {"name": "reseau-cii"},
        "definitions.process_bpmn": {"name": "reseau-cii"},
        "case_process": {"ref": refs["case"]},
        "case_notes": {"ref": refs["case"]},
        "case_plan": {"ref": refs["case"], "action": refs["action"]},
        "case_moments": {"ref": refs["case"]},
        "employers": {"ref": refs["employer"]},
        "checks": {"ref": refs["check"]},
        "employers.of_case": {"ref": refs["case"]},
        "standing": {"name": "reseau-cii"},
        "programmes": {"programme": "youth-case-management"},
        "detections": {"ref": refs["detection"]},
        "referrals": {"ref": refs["new_case:referral"]},
        "requests": {"ref": refs["request"]},
        "requests.question": {"ref": refs["question"]},
        "glass": {"ref": refs["glass"]},
        "rights": {"ref": refs["person_request"]},
        "retention": {"ref": refs["archive_offer"]},
        "retention.person": {"ref": refs["archived"]},
        "erasures": {"ref": refs["erasure"]},
        "erasures.one_hold": {"ref": refs["hold"]},
        "restricting": {"ref": refs["case"]},
        "mandate.one": {"ref": refs["mandate"]},
        "members.one": {"ref": refs["seat"]},
        "meetings": {"ref": refs["meeting"]},
        "minutes": {"ref": refs["meeting_held"]},
        "report_public": {"ref": refs["report"], "form": "csv"},
        "decisions": {"ref": refs["decision"]},
        "monthly": {
            "month": "2026-09",
            "institution": "SEMP",
            "line": "LACI",
            "measure": _one(
                town,
                "SELECT m.code FROM measure m JOIN place_quota q ON q.measure_id = m.id "
                "JOIN funding_line l ON l.id = q.line_id WHERE l.code = 'LACI' ORDER BY m.id LIMIT 1",
            ),
        },
        "corrections.one": {"ref": refs["corrective"]},
        "admission": {"ref": refs["case:candidate"]},
        "observations": {"ref": refs["observation"]},
        "observations.new": {"ref": refs["case:observed"]},
        "observing": {"ref": refs["placement:shared"]},
        "observing.candidate": {"ref": refs["observation"]},
        "recognitions": {"ref": refs["recognition"]},
        "notices": {"ref": _one(town, "SELECT ref FROM notice ORDER BY id LIMIT 1")},
        "attachments": {"ref": refs["case"], "document": refs["document"]},
        "catcher": {"number": 1},
        "provider": {"ref": refs["placement:asked"], "year": 2026, "number": 9},
        "foreseen.interruption": {"ref": refs["placement:shared"]},
        "foreseen.overrun": {"ref": stage.agreements["LACI"]},
        "statements": {"ref": refs["statement:SAS"]},
        "attestations": {"ref": refs["placement:shared"], "year": 2026, "number": 9},
        "statement_files": {"ref": refs["statement:SAS"]},
        "final_accounts": {"ref": refs["year_account"]},
        "surplus": {"ref": stage.agreements["LACI"]},
        "wages": {"ref": stage.lines["SAS"]},
        "wage_grants": {"ref": refs["wage_grant"]},
        "outcomes": {"ref": refs["scheme"]},
        "outcome_simulation": {"ref": refs["scheme"]},
        "outcome_claims": {"ref": refs["outcome"]},
        "report_rows": {"ref": refs["report"]},
        "reports": {
            "ref": refs["report"],
            "quarter": "2026-Q3",
            "kind": "quarterly",
            "period": "2026-Q3",
            "form": "csv",
        },
        "measures": {"ref": stage.measure},
        "catalogue": {"ref": stage.measure},
        "conditions": {"ref": stage.measure},
        "persons": {
            "ref": _one(
                town,
                "SELECT p.ref FROM person p JOIN case_file c ON c.person_id = p.id ORDER BY c.id LIMIT 1",
            )
        },
    }


def _one(town, sql):
    with town.engine.connect() as connection:
        return connection.execute(text(sql)).scalar_one()
