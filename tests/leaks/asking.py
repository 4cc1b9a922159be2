"""Every address of the house with what it is asked about: derived from the url map, declared by what its parts name.

An address whose part is not declared in NAMES is a fault of this test (`undeclared`): say what the part names, whose it is,
and who may see it without a part in the case.
"""

import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pypdf
from sqlalchemy import Engine, text

from cii.access.permits import ROLE_PERMITS
from cii.access.vocabulary import Role
from cii.wire.doors import SIGNED_IN
from cii.wire.public import PUBLIC
from tests.api.operations import BODIES, FILES, QUERIES
from tests.leaks.planted import OBSERVED

NOBODY = "zzzzzzzzzz"
"""A well-formed outward name that nothing bears."""
PREFIX = "/api/v1"


@dataclass(frozen=True)
class Thing:
    """What a part of an address names: `sql` finds one, of the observed case if it is somebody's (`personal`)."""

    sql: str
    personal: bool = True


_OF_CASE = "SELECT ref FROM {table} WHERE case_id = :case ORDER BY id LIMIT 1"
_ANY = "SELECT ref FROM {table} ORDER BY id LIMIT 1"


def of_case(table: str) -> Thing:
    return Thing(_OF_CASE.format(table=table))


def of_the_house(table: str) -> Thing:
    return Thing(_ANY.format(table=table), personal=False)


CASE = Thing("SELECT ref FROM case_file WHERE id = :case")
PERSON = Thing("SELECT p.ref FROM person p JOIN case_file c ON c.person_id = p.id WHERE c.id = :case")
ASKED_BY_PERSON = Thing(
    "SELECT r.ref FROM person_request r JOIN case_file c ON c.person_id = r.person_id WHERE c.id = :case LIMIT 1"
)
OFFERED_TO_ARCHIVE = Thing(
    "SELECT o.ref FROM archive_offer o JOIN case_file c ON c.person_id = o.person_id WHERE c.id = :case LIMIT 1"
)
TO_BE_ERASED = Thing(
    "SELECT e.ref FROM erasure e JOIN case_file c ON c.person_id = e.whose_id WHERE c.id = :case LIMIT 1"
)
HELD = Thing(
    "SELECT h.ref FROM legal_hold h JOIN case_file c ON c.person_id = h.person_id WHERE c.id = :case LIMIT 1"
)
NAMES: Mapping[str, Thing | str] = {
    "/absences/<ref>": of_the_house("substitution"),
    "/access-questions/<ref>": of_case("access_question"),
    "/access-requests/<ref>": Thing("SELECT ref FROM access_request ORDER BY id LIMIT 1"),
    "/accounts/<ref>": of_the_house("account"),
    "/agreements/<ref>": of_the_house("agreement"),
    "/agreements/<ref>/editions/<edition>": NOBODY,
    "/appointments/<ref>": of_the_house("appointment"),
    "/deliverables/<ref>": of_the_house("deliverable"),
    "/deliverables/<ref>/submissions/<submission>": NOBODY,
    "/evaluations/<ref>": of_the_house("evaluation"),
    "/agreements/<ref>/overrun-notices/<notice>": NOBODY,
    "/agreements/<ref>/text/<name>": "principles",
    "/break-glass/<ref>": Thing("SELECT b.ref FROM break_glass b JOIN case_file c ON c.person_id = b.person_id WHERE c.id = :case"),
    "/budgets/<ref>": of_the_house("funding_line"),
    "/budgets/<ref>/<year>": "2026",
    "/budgets/entries/<ref>": of_the_house("ledger_entry"),
    "/calendar/<token>": "nothing-that-was-ever-made",
    "/payments/<ref>": of_the_house("payment"),
    "/payments/accounts/<ref>": of_the_house("provider_account"),
    "/payments/owed/<ref>": of_the_house("payment"),
    "/payments/files/<ref>": of_the_house("payment_file"),
    "/payments/files/<ref>/<form>": "csv",
    "/cases/<ref>": CASE,
    "/cases/<ref>/consents/<consent>": of_case("consent"),
    "/cases/<ref>/documents/<document>": of_case("attachment"),
    "/cases/<ref>/drafts/<place>": "note",
    "/cases/<ref>/grid/<item>": "french_oral",
    "/cases/<ref>/links/<link>": of_case("signed_link"),
    "/cases/<ref>/links/new/<purpose>": "network_view",
    "/cases/<ref>/notes/<note>": of_case("case_note"),
    "/cases/<ref>/plan/actions/<action>": Thing("SELECT a.ref FROM plan_part a JOIN plan p ON p.id = a.plan_id WHERE p.case_id = :case"),
    "/cases/<ref>/placements/<placement>": of_case("placement"),
    "/cases/<ref>/placements/<placement>/certificates/<document>": of_case("attachment"),
    "/cases/<ref>/waiting/<waiting>": of_case("waiting_entry"),
    "/checks/<ref>": of_case("outcome_check"),
    "/consents/<ref>": of_case("consent"),
    "/corrections/<ref>": of_the_house("corrective_measure"),
    "/coordination/corrections/<ref>": of_the_house("corrective_measure"),
    "/coordination/agenda-items/<ref>": of_the_house("agenda_item"),
    "/coordination/decisions/<ref>": of_the_house("body_decision"),
    "/coordination/meetings/<ref>": of_the_house("meeting"),
    "/meetings/<ref>": of_the_house("meeting"),
    "/body-decisions/<ref>": of_the_house("body_decision"),
    "/mandates/<ref>": of_the_house("group_mandate"),
    "/coordination/mandates/<ref>": of_the_house("group_mandate"),
    "/body-members/<ref>": of_the_house("body_member"),
    "/coordination/members/<ref>": of_the_house("body_member"),
    "/monthly-data/<month>": "2026-09",
    "/monthly-data/<month>/<institution>": "SEMP",
    "/coordination/months/<month>": "2026-09",
    "/coordination/months/<month>/<institution>": "SEMP",
    "/coordination/months/<month>/<institution>/<measure>": Thing(
        "SELECT m.code FROM measure m JOIN place_quota q ON q.measure_id = m.id "
        "JOIN funding_line l ON l.id = q.line_id WHERE l.code = 'LACI' ORDER BY m.id LIMIT 1",
        personal=False,
    ),
    "/coordination/months/<month>/<institution>/<measure>/<line>": "LACI",
    "/decisions/<ref>": of_case("wf_decision"),
    "/definitions/processes/<name>": "reseau-cii",
    "/definitions/tables/<name>": "detection",
    "/definitions/tables/<name>/<version>": "1",
    "/desk/filters/<ref>": of_the_house("saved_filter"),
    "/desk/news/<ref>": of_the_house("legal_news"),
    "/desk/substitutions/<ref>": of_the_house("substitution"),
    "/detections/<ref>": of_case("detection"),
    "/employers/<ref>": of_the_house("employer"),
    "/filters/<ref>": of_the_house("saved_filter"),
    "/letterbox/<number>": "1",
    "/links/<ref>": of_case("signed_link"),
    "/links/<token>": "nothing-that-was-ever-made",
    "/indicators/<code>": "reinsertion",
    "/measures/<ref>": of_the_house("measure"),
    "/news/<ref>": of_the_house("legal_news"),
    "/notices/<ref>": Thing("SELECT n.ref FROM notice n JOIN case_file c ON c.person_id = n.person_id WHERE c.id = :case"),
    "/observations/<ref>": Thing("SELECT ref FROM observation_contract ORDER BY id LIMIT 1"),
    "/observations/new/<ref>": CASE,
    "/outbox/<ref>": of_the_house("outbox"),
    "/final-accounts/<ref>": of_the_house("year_account"),
    "/final-accounts/payments/<ref>": of_the_house("account_payment"),
    "/final-accounts/surplus/<ref>": of_the_house("agreement"),
    "/wages/lines/<ref>": of_the_house("funding_line"),
    "/wages/parts/<ref>": of_the_house("wage_part"),
    "/wages/grants/<ref>": of_the_house("wage_grant"),
    "/wage-grants/<ref>": of_the_house("wage_grant"),
    "/outcomes/<ref>": of_the_house("outcome"),
    "/outcomes/claims/<ref>": of_the_house("outcome"),
    "/outcomes/schemes/<ref>": of_the_house("outcome_scheme"),
    "/outcome-schemes/<ref>": of_the_house("outcome_scheme"),
    "/merges/<ref>": Thing("SELECT m.ref FROM person_merge m JOIN case_file c ON c.person_id = m.new_person_id WHERE c.id = :case"),
    "/persons/<ref>": PERSON,
    "/persons/<ref>/consents/<consent>": of_case("consent"),
    "/persons/<ref>/merges/<merge>": Thing("SELECT m.ref FROM person_merge m JOIN case_file c ON c.person_id = m.new_person_id WHERE c.id = :case"),
    "/placements/<ref>": of_case("placement"),
    "/placements/<ref>/certificates/<document>": of_case("attachment"),
    "/placements/<ref>/interruption-notices/<notice>": NOBODY,
    "/programmes/<programme>": "youth-case-management",
    "/provider/attendance/<year>": "2026",
    "/provider/attendance/<year>/<number>": "9",
    "/provider/agreements/<ref>": of_the_house("agreement"),
    "/providers/<ref>": of_the_house("provider"),
    "/providers/<ref>/talks/<talk>": NOBODY,
    "/provider/placements/<ref>": of_case("placement"),
    "/provider/placements/<ref>/certificates/<document>": of_case("attachment"),
    "/provider/placements/<ref>/attestation/<year>": "2026",
    "/provider/placements/<ref>/attestation/<year>/<number>": "9",
    "/recognitions/<ref>": of_the_house("recognition"),
    "/referrals/<ref>": of_case("referral"),
    "/reports/<ref>": of_the_house("report_issue"),
    "/reports/<ref>/difference/<older>": of_the_house("report_issue"),
    "/reports/<ref>/comparison/<other>": of_the_house("report_issue"),
    "/reports/<ref>/files/<form>": "csv",
    "/reports/draft/files/<form>": "csv",
    "/reports/quarters/<quarter>": "2026-Q3",
    "/reports/<kind>/<period>/files/<form>": "csv",
    "/reports/<kind>": "quarterly",
    "/reports/kinds/<kind>": "quarterly",
    "/reports/<ref>/public/<form>": "csv",
    "/reports/<kind>/<period>": "2026-Q3",
    "/requests/<ref>": Thing("SELECT ref FROM access_request ORDER BY id LIMIT 1"),
    "/requests/questions/<ref>": of_case("access_question"),
    "/archive-offers/<ref>": OFFERED_TO_ARCHIVE,
    "/retention/<ref>": PERSON,
    "/rights/archive/<ref>": OFFERED_TO_ARCHIVE,
    "/rights/due/<ref>": PERSON,
    "/rights/requests/<ref>": ASKED_BY_PERSON,
    "/person-requests/<ref>": ASKED_BY_PERSON,
    "/rights/holds/<ref>": HELD,
    "/legal-holds/<ref>": HELD,
    "/rights/erasures/<ref>": TO_BE_ERASED,
    "/erasures/<ref>": TO_BE_ERASED,
    "/calls/<ref>": of_the_house("call"),
    "/offers/<ref>": of_the_house("call_offer"),
    "/offers/<ref>/papers/<paper>": NOBODY,
    "/provider/offers/<ref>": of_the_house("call_offer"),
    "/provider/calls/<ref>": of_the_house("call"),
    "/public/calls/<ref>": of_the_house("call"),
    "/published-calls/<ref>": of_the_house("call"),
    "/rounds/<ref>": of_the_house("allocation_round"),
    "/rounds/<ref>/candidates/<position>": "1",
    "/rounds/<ref>/cases/<position>": "1",
    "/rounds/<ref>/pins/<number>": "1",
    "/rounds/<ref>/report/<form>": "csv",
    "/statements/<ref>": of_the_house("statement"),
    "/tables/<name>": "triage",
    "/tasks/<ref>": Thing("SELECT ref FROM wf_task WHERE subject = 'case' AND subject_id = :case ORDER BY id DESC LIMIT 1"),
    "/waiting/<ref>": Thing("SELECT ref FROM waiting_entry WHERE case_id = :case LIMIT 1"),
    "/workflows/<name>": "reseau-cii",
}  # fmt: skip
"""The address up to a part → what the part names, or the word that stands there."""
PLAIN_FILES = {"static"}
SAME_FOR_ALL = (
    "/agreements", "/budgets", "/definitions", "/docs", "/fairness", "/healthz", "/help", "/indicators", "/lines", "/login", "/needs", "/openapi.json", "/programmes", "/readyz",
    "/reports", "/settings", "/tables", "/units", "/workflows", "/youth/figures",
)  # fmt: skip
"""Addresses without cases and persons: walked for every role, but not again for every relation to a case."""


@dataclass(frozen=True)
class Route:
    """One method of one address."""

    method: str
    rule: str
    endpoint: str
    permits: frozenset[str]
    parts: tuple[tuple[str, str, Thing | str], ...]
    """Each part as it stands in the rule, its name, and what it names."""

    @property
    def api(self) -> bool:
        return self.rule.startswith(f"{PREFIX}/")

    @property
    def public(self) -> bool:
        return self.endpoint in PUBLIC

    @property
    def personal(self) -> bool:
        """Whether it asks about something that belongs to a case or person."""
        return any(isinstance(thing, Thing) and thing.personal for _, _, thing in self.parts)

    @property
    def same_for_all(self) -> bool:
        return self.rule.removeprefix(PREFIX).startswith(SAME_FOR_ALL)

    def opens_for(self, role: Role) -> bool:
        return self.public or SIGNED_IN in self.permits or bool(self.permits & ROLE_PERMITS[role])

    def __str__(self) -> str:
        return f"{self.method} {self.rule}"


def routes(app: Any) -> list[Route]:
    """Every method of every address, those that only read first."""
    found = []
    for rule in app.url_map.iter_rules():
        if rule.endpoint in PLAIN_FILES:
            continue
        permits = frozenset(getattr(app.view_functions[rule.endpoint], "permit", ()))
        parts = tuple(_parts(rule.rule))
        found += [
            Route(method, rule.rule, rule.endpoint, permits, parts)
            for method in sorted(rule.methods - {"HEAD", "OPTIONS"})
        ]
    return sorted(found, key=lambda one: (one.method != "GET", one.rule, one.method))


def undeclared(app: Any) -> set[str]:
    """The parts of addresses of which nobody has said what they name."""
    return {
        _plain(rule.rule[: found.end()])
        for rule in app.url_map.iter_rules()
        if rule.endpoint not in PLAIN_FILES
        for found in re.finditer(r"<[^>]+>", rule.rule)
        if _plain(rule.rule[: found.end()]) not in NAMES
    }


def _parts(rule: str) -> Iterator[tuple[str, str, Thing | str]]:
    for found in re.finditer(r"<[^>]+>", rule):
        key = _plain(rule[: found.end()])
        if key in NAMES:
            yield found[0], key.rpartition("<")[2][:-1], NAMES[key]


def _plain(rule: str) -> str:
    return re.sub(r"<(?:[^:>]+:)?([^>]+)>", r"<\1>", rule).removeprefix(PREFIX)


@dataclass
class Asked:
    """An answer, all that it says, and the outward names that were asked for."""

    status: int
    said: str
    asked: frozenset[str]
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def plain(self) -> tuple[int, str, tuple[tuple[str, str], ...]]:
        """Without what differs from request to request: the names asked for, the request's mark, hidden keys."""
        mark = self.headers.get("X-Request-Id", "")
        unlike = [one for one in (*self.asked, NOBODY, mark) if one]
        shorn = re.compile("|".join(map(re.escape, unlike)))
        body = re.sub(r'name="(idempotency_key|csrf_token)" value="[^"]*"', "", shorn.sub("·", self.said))
        kept = sorted(
            (name, shorn.sub("·", value))
            for name, value in self.headers.items()
            if name not in {"X-Request-Id", "Date", "Content-Length", "Set-Cookie"}
        )
        return self.status, re.sub(r'"(correlation|instance)": ?"[^"]*"', "", body), tuple(kept)


class Asker:
    """Asks addresses about the observed case, or about nothing, with one account's clients."""

    def __init__(self, engine: Engine, client: Any, csrf: str, refs: Mapping[str, str]) -> None:
        self.engine, self.client, self.csrf, self.refs = engine, client, csrf, refs
        self.found: dict[str, str] = {}
        self.observed = OBSERVED
        self.count = 0

    def ask(self, route: Route, *, nothing: bool = False) -> Asked:
        """About the observed case's things; with `nothing`, somebody's things are replaced by nobody's name."""
        address, asked = route.rule, set()
        for written, _, thing in route.parts:
            value = thing if isinstance(thing, str) else self._one(thing)
            if isinstance(thing, Thing) and thing.personal:
                value = NOBODY if nothing else value
                asked.add(value)
            address = address.replace(written, value, 1)
        return self._told(self._send(route, address), asked)

    def _one(self, thing: Thing) -> str:
        if thing.sql not in self.found:
            with self.engine.connect() as connection:
                self.found[thing.sql] = (
                    connection.execute(text(thing.sql), {"case": self.observed}).scalar() or NOBODY
                )
        return self.found[thing.sql]

    def _send(self, route: Route, address: str) -> Any:
        self.count += 1
        path = re.sub(r"<(?:[^:>]+:)?([^>]+)>", r"{\1}", route.rule)
        if route.method == "GET":
            query = {key: value.format(**self.refs) for key, value in QUERIES.get(path, {}).items()}
            return self.client.get(address, query_string=query)
        headers = {"Idempotency-Key": f"leak-{self.count}", "If-Match": '"none.0"', "X-CSRF-Token": self.csrf}
        if not route.api:
            return self.client.open(address, method=route.method, headers=headers, data={})
        if path in FILES:
            return self.client.open(address, method=route.method, headers=headers)
        body = filled(BODIES.get(path), self.refs)
        return self.client.open(
            address, method=route.method, headers=headers, json={} if body is None else body
        )

    @staticmethod
    def _told(answer: Any, asked: set[str]) -> Asked:
        headers = dict(answer.headers)
        said = "\n".join(
            [told(answer.data, answer.mimetype), *(f"{name}: {value}" for name, value in headers.items())]
        )
        return Asked(answer.status_code, said, frozenset(asked), headers)


def filled(body: Any, refs: Mapping[str, str]) -> Any:
    """A body with the outward names in its places."""
    match body:
        case dict():
            return {key: filled(value, refs) for key, value in body.items()}
        case list():
            return [filled(value, refs) for value in body]
        case str() if re.fullmatch(r"\{\w+\}", body):
            return refs.get(body[1:-1], NOBODY)
    return body


def told(data: bytes, kind: str) -> str:
    """All that a file says: of a PDF its text, of a workbook or document each of its parts."""
    if data[:5] == b"%PDF-":
        return "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(data)).pages)
    if data[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            return "\n".join(packed.read(name).decode("utf-8", "replace") for name in packed.namelist())
    return data.decode("utf-8", "replace")
