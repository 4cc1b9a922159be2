"""A canton in which every closed section of every case holds a word of its own, and who may read which of them.

The town is the lived-in one of tests/browser. `plant` writes the words; `Oracle` says, from the grants and the table of
sections alone, what an account may meet: it knows nothing of the queries that are tried.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from sqlalchemy import Engine, text
from sqlmodel import SQLModel, col, select

from cii.access.actions import AddAccount, add_account, add_membership, grant
from cii.access.restricting import name_reader, restrict_case
from cii.access.sections import Mask, effective, lead_grant, mask_for
from cii.access.tables import Account
from cii.access.vocabulary import Relation, Role, Section
from cii.cases.tables import CaseFile, CaseNote, CaseParty, GridEntry, MedicalStatement
from cii.cases.vocabulary import GridSection, ItemKind, PartyRole
from cii.institutions.actions import AddInstitution, AddUnit, add_institution, add_unit
from cii.institutions.queries import unit_by_code
from cii.institutions.vocabulary import InstitutionKind, Sector, UnitKind
from cii.people.tables import SystemStatus
from cii.people.vocabulary import StatusKind, StatusSource
from cii.store.naming import load_all_tables
from cii.store.work import Work

OBSERVED = 1
"""The case that everybody asks for: led by GSR-VAL-DE-TRAVERS, with ORP-LITTORAL, OAI-REA and MEDECINS as parties."""
RESTRICTED = 3
"""A case led by ORP-LITTORAL, for named readers only: the case manager there, not the supervisor."""
SENSITIVE = "Zuqsens0x"
WORD = re.compile(r"zuq[a-z]{2,4}\d+x", re.IGNORECASE)
"""A planted word; no name of ten drawn characters holds a u."""
NAMING = re.compile(r"zuq(?:un|uc|in|ic|sens)\d+x", re.IGNORECASE)
"""Words that stand for the name or code of a unit or institution, none of a person."""

RELATIONS = {
    "own": "GSR-VAL-DE-TRAVERS",
    "party": "ORP-LITTORAL",
    "former": "GSR-NEUCHATEL",
    "past": "GSR-LE-LOCLE",
    "foreign": "ORP-MONTAGNES",
    "agenda": "GC",
    "glass": "GSR-CHAUX-DE-FONDS",
    "sensitive": "ZUQSENS",
}
"""How an account of any role stands to the observed case, by the unit of its seat; `past` led it more than 30 days ago."""
USUAL = {
    ("case_manager", "ai"): "OAI-REA",
    ("physician", "team"): "MEDECINS",
    ("provider", "provider"): "ARBALETE",
    ("provider", "other"): "VALLON",
    ("finance", "line"): "LMMT",
    ("contract_manager", "line"): "LMMT",
    ("coordination_member", "group"): "GC",
    ("coordination_guest", "group"): "GC",
    ("steering", "body"): "GPCII",
    ("administrator", "body"): "GPCII",
    ("data_protection_officer", "body"): "DPO",
    ("auditor", "body"): "DPO",
    ("dashboard_reference", "body"): "SEMP-DIR",
}
"""The units in which a role really works, beside the ones above."""
WITHOUT_PART = ("foreign", "past", "other", "line", "body", "sensitive")
"""Relations that open nothing of the observed case."""


def email(role: str, relation: str) -> str:
    return f"{role}.{relation}@zuq.example"


def seats() -> Iterator[tuple[Role, str, str]]:
    """Role, relation, unit of every account."""
    for role in Role:
        for relation, unit in RELATIONS.items():
            yield role, relation, unit
    for (role, relation), unit in USUAL.items():
        yield Role(role), relation, unit


def plant(work: Work) -> None:
    """Words into every section of every case; a unit with a telling name; an account per role and relation."""
    secret = add_institution(
        work, AddInstitution("ZUQSENS", SENSITIVE, InstitutionKind.NETWORK, None, sensitive=True)
    )
    add_unit(work, AddUnit(secret.code, "ZUQSENS", SENSITIVE, UnitKind.NETWORK))
    for role, relation, unit in seats():
        account = add_account(work, AddAccount(email(role, relation), f"Compte {role} {relation}"))
        add_membership(work, account, unit_by_code(work, unit).id or 0, role)
    run = work.session.connection().execute
    for statement in _UPDATES:
        run(text(statement))
    for case in work.session.exec(select(CaseFile).order_by(col(CaseFile.id))).all():
        work.session.add_all(_rows(work, case))
    work.session.flush()
    restricted = work.session.get_one(CaseFile, RESTRICTED)
    restrict_case(work, RESTRICTED, restricted.ref, "Personne connue des membres de l'unité")
    name_reader(work, RESTRICTED, account_of(work, "case_manager", "party").id or 0)
    person = run(text("SELECT person_id FROM case_file WHERE id = :id"), {"id": OBSERVED}).scalar_one()
    whole = lead_grant()
    day = work.today
    for relation, until in (("former", None), ("past", work.now)):
        grant(
            work,
            unit_id=unit_by_code(work, RELATIONS[relation]).id,
            case_id=OBSERVED,
            person_id=person,
            reads=whole.reads,
            basis="own_case",
            cause=f"planted:{relation}:{day}",
            relation=Relation.FORMER,
            since=work.now.replace(year=2025),
            until=until,
        )
    for relation, tied in (("agenda", Relation.AGENDA), ("glass", Relation.BREAK_GLASS)):
        grant(
            work,
            unit_id=unit_by_code(work, RELATIONS[relation]).id,
            case_id=OBSERVED,
            person_id=person,
            reads=whole.reads | Section.MEDICAL,
            basis="MANDATE_GC_4" if relation == "agenda" else "break_glass",
            cause=f"planted:{relation}",
            relation=tied,
        )
    for statement in _PROTECTED:
        run(text(statement))


_UPDATES = (
    "UPDATE identity SET last_name = 'Zuqid' || person_id || 'x', first_name = 'Zuqfn' || person_id || 'x'",
    "UPDATE identity SET municipality = 'Zuqvi' || person_id || 'x', folded = 'zuqid' || person_id || 'x zuqfn' || person_id || 'x'",
    "UPDATE plan SET focus = 'Zuqpl' || case_id || 'x'",
    "UPDATE assessment SET synthesis = 'Zuqpl' || case_id || 'x' WHERE state = 'signed'",
    "UPDATE referral SET reason = 'Zuqrf' || case_id || 'x' WHERE case_id IS NOT NULL",
    "UPDATE placement SET refusal_reason = 'Zuqpc' || case_id || 'x' WHERE refusal_reason IS NOT NULL",
)
_PROTECTED = (
    "UPDATE institution SET sensitive = true, name = 'Zuqin' || id || 'x', code = 'ZUQIC' || id || 'X' WHERE code <> 'ZUQSENS'",
    "UPDATE unit SET name = 'Zuqun' || id || 'x', code = 'ZUQUC' || id || 'X' WHERE code <> 'ZUQSENS'",
)
"""Every name in the canton is for its own members only: wherever one is told, its word says so."""


def _rows(work: Work, case: CaseFile) -> Iterator[SQLModel]:
    """A word of its own for each section of the case."""
    c, p, day = case.id or 0, case.person_id, work.today
    for item, section, word in (
        ("target_job", GridSection.GRID, "pl"),
        ("adaptations", GridSection.FUNCTIONAL, "fu"),
        ("surroundings", GridSection.SOCIAL, "so"),
        ("debts_followed", GridSection.SOCIAL, "de"),
    ):
        yield GridEntry(
            case_id=c, template="common", template_version=1, item=item, section=section, kind=ItemKind.TEXT,
            value=f"Zuq{word}{c}x", unit_id=case.lead_unit_id, source=f"Zuq{word}{c}x", effective_on=day,
            recorded_at=work.now,
        )  # fmt: skip
    yield MedicalStatement(
        case_id=c, statement=f"Zuqme{c}x", limits=f"Zuqfu{c}x", unit_id=unit_by_code(work, "MEDECINS").id or 0,
        effective_on=day, recorded_at=work.now,
    )  # fmt: skip
    for code in ("ORP-LITTORAL", "OAI-REA", "GSR-VAL-DE-TRAVERS", "MEDECINS"):
        unit = unit_by_code(work, code).id or 0
        yield CaseNote(case_id=c, unit_id=unit, text=f"Zuqno{unit}x", at=work.now)
    yield CaseParty(
        case_id=c, unit_id=unit_by_code(work, "ZUQSENS").id or 0, role=PartyRole.PARTNER, since=work.now
    )
    yield SystemStatus(
        person_id=p, system=Sector.AS, kind=StatusKind.BENEFIT, note=f"Zuqst{p}x", source=StatusSource.ENTERED,
        effective_on=day, recorded_at=work.now, unit_id=case.lead_unit_id,
    )  # fmt: skip


SECTIONS = {
    "id": ("person", Section.IDENTITY),
    "fn": ("person", Section.IDENTITY),
    "vi": ("person", Section.IDENTITY),
    "st": ("person", Section.IDENTITY),
    "pl": ("case", Section.PLAN),
    "fu": ("case", Section.FUNCTIONAL),
    "me": ("case", Section.MEDICAL),
    "so": ("case", Section.SOCIAL),
    "de": ("case", Section.SOCIAL),
    "pc": ("case", Section.PLACEMENT),
    "rf": ("case", Section(255)),
}
"""Word → whose it is, and the section that opens it. `no` (notes), `un`, `uc` and `sens` (names) are of a unit."""


@dataclass
class Oracle:
    """What one account may meet: words of sections, names of units, outward names of cases and what hangs on them."""

    units: frozenset[int]
    institutions: frozenset[int]
    roles: frozenset[str]
    case: dict[int, Mask] = field(default_factory=dict)
    person: dict[int, Mask] = field(default_factory=dict)
    sensitive: int = 0
    received: frozenset[int] = frozenset()
    """Cases that were referred to its unit: whoever answers there reads why, though the case be restricted."""
    reviewed: frozenset[int] = frozenset()
    """Persons of openings in an emergency, of requests, holds, erasures and offers: the officer writes to them."""
    handed: frozenset[tuple[str, int]] = frozenset()
    """Persons who asked for their file, and their cases: the officer hands it out, but for notes and medical data."""
    account_id: int = 0
    mandated: frozenset[str] = frozenset()
    """Outward names that the work of its unit shows: its tasks and what they are about, placements of its own line."""

    def may(self, word: str) -> bool:
        kind, number = re.fullmatch(r"zuq([a-z]+)(\d+)x", word.lower()).groups()
        match kind:
            case "sens":
                return self.sensitive in self.units
            case "no" | "un" | "uc":
                return int(number) in self.units
            case "in" | "ic":
                return int(number) in self.institutions
        if kind == "rf" and int(number) in self.received:
            return True
        whose, section = SECTIONS[kind]
        if section is Section.IDENTITY and int(number) in self.reviewed:
            return True
        held = (self.case if whose == "case" else self.person).get(int(number), Mask())
        return bool(held.reads & section)

    def hands_out(self, word: str) -> bool:
        """Whether the word may stand in a person's own file."""
        kind, number = re.fullmatch(r"zuq([a-z]+)(\d+)x", word.lower()).groups()
        whose, section = SECTIONS.get(kind, ("", Section.NOTES))
        return section is not Section.MEDICAL and (whose, int(number)) in self.handed

    def knows(self, owner: tuple[str, int]) -> bool:
        """Whether the case or person is open to the account at all."""
        whose, number = owner
        return bool((self.case if whose == "case" else self.person).get(number, Mask()).reads)


_MANDATES = {
    "task": "SELECT t.ref, t.subject_ref, i.ref FROM wf_task t JOIN wf_instance i ON i.id = t.instance_id JOIN membership m"
    " ON m.unit_id = t.unit_id WHERE m.account_id = :id",
    "part": "SELECT t.ref, t.subject_ref, i.ref FROM wf_task t JOIN wf_instance i ON i.id = t.instance_id"
    " JOIN wf_part p ON p.instance_id = i.id JOIN membership m ON m.unit_id = p.unit_id"
    " WHERE m.account_id = :id AND i.subject <> 'case'",
    "notice": "SELECT n.ref, n.subject_ref FROM notice n JOIN membership m ON m.unit_id = n.unit_id OR m.account_id = n.account_id"
    " WHERE m.account_id = :id",
    "line": "SELECT p.ref FROM placement p JOIN placement_share s ON s.placement_id = p.id JOIN funding_line l"
    " ON l.id = s.line_id JOIN unit u ON u.institution_id = l.institution_id JOIN membership m ON m.unit_id = u.id"
    " WHERE m.account_id = :id AND m.role = 'finance'",
    "opening": "SELECT b.ref FROM break_glass b JOIN membership m ON m.account_id = :id"
    " WHERE m.role = 'data_protection_officer'",
    "right": "SELECT r.ref, p.ref FROM person_request r JOIN person p ON p.id = r.person_id"
    " JOIN membership m ON m.account_id = :id WHERE m.role = 'data_protection_officer'",
    "hold": "SELECT h.ref, p.ref FROM legal_hold h JOIN person p ON p.id = h.person_id"
    " JOIN membership m ON m.account_id = :id WHERE m.role IN ('data_protection_officer', 'administrator')",
    "erasure": "SELECT e.ref, p.ref FROM erasure e JOIN person p ON p.id = e.whose_id"
    " JOIN membership m ON m.account_id = :id WHERE m.role IN ('data_protection_officer', 'administrator')",
    "offer": "SELECT a.ref, p.ref FROM archive_offer a JOIN person p ON p.id = a.person_id"
    " JOIN membership m ON m.account_id = :id WHERE m.role = 'data_protection_officer'",
    "contract": "SELECT o.ref FROM observation_contract o JOIN membership m ON m.unit_id IN (o.unit_id, o.provider_unit_id)"
    " WHERE m.account_id = :id",
}
"""Outward names beyond a part in the case: the tasks of one's own unit and of referrals in which it has a part, contracts
that it has made, for finance the placements that a line of its institution pays, for the officer the openings in an
emergency (product.md §10) and those whose rights are in hand, for who approves erasures those. Never a word."""
_IN_HAND = (
    "SELECT person_id FROM break_glass UNION SELECT person_id FROM person_request UNION SELECT person_id FROM legal_hold"
    " UNION SELECT whose_id FROM erasure UNION SELECT person_id FROM archive_offer"
)
_HANDED = (
    "SELECT 'person', person_id FROM person_request WHERE kind = 'access' UNION SELECT 'case', c.id FROM case_file c"
    " JOIN person_request r ON r.person_id = c.person_id WHERE r.kind = 'access'"
)


def oracle(work: Work, account: Account) -> Oracle:
    """From the grants and the table of sections alone."""
    run = work.session.connection().execute
    held = run(
        text(
            "SELECT m.unit_id, m.role, i.sector, i.id AS institution FROM membership m JOIN unit u ON u.id = m.unit_id"
            " JOIN institution i ON i.id = u.institution_id WHERE m.account_id = :id"
        ),
        {"id": account.id},
    ).all()
    made = Oracle(
        frozenset(one.unit_id for one in held),
        frozenset(one.institution for one in held),
        frozenset(one.role for one in held),
        account_id=account.id or 0,
    )
    made.received = frozenset(
        run(
            text(
                "SELECT r.case_id FROM referral r JOIN membership m ON m.unit_id = r.to_unit_id"
                " WHERE m.account_id = :id AND r.case_id IS NOT NULL"
            ),
            {"id": account.id},
        ).scalars()
    )
    if Role.DATA_PROTECTION_OFFICER.value in made.roles:
        made.reviewed = frozenset(run(text(_IN_HAND)).scalars())
        made.handed = frozenset((whose, number) for whose, number in run(text(_HANDED)))
    elif Role.ADMINISTRATOR.value in made.roles:
        made.reviewed = frozenset(run(text("SELECT whose_id FROM erasure")).scalars())
    made.mandated = frozenset(
        name
        for sql in _MANDATES.values()
        for row in run(text(sql), {"id": account.id})
        for name in row
        if name
    )
    made.sensitive = unit_by_code(work, "ZUQSENS").id or 0
    grants = run(
        text(
            "SELECT case_id, person_id, unit_id, account_id, relation, reads, writes FROM access_grant"
            " WHERE closed_at IS NULL AND valid_from <= :at AND (valid_until IS NULL OR valid_until > :at)"
        ),
        {"at": work.now.replace(tzinfo=None)},
    ).all()
    named = run(
        text("SELECT case_id FROM case_reader WHERE account_id = :id AND closed_at IS NULL"),
        {"id": account.id},
    )
    closed = {RESTRICTED} - set(named.scalars())
    for one in grants:
        if one.case_id in closed:
            continue
        opened = Mask(Section(one.reads), Section(one.writes))
        masks = [
            (opened, mask_for(seat.role, one.relation, seat.sector))
            for seat in held
            if seat.unit_id == one.unit_id or (one.account_id and one.account_id == account.id)
        ]
        for kept, number in ((made.case, one.case_id), (made.person, one.person_id)):
            if masks and number is not None:
                kept[number] = kept.get(number, Mask()) | effective(masks)
    return made


def outward_names(engine: Engine) -> dict[str, frozenset[tuple[str, int]]]:
    """Every outward name that hangs on a case or person → whom it belongs to, found in all tables of the house."""
    found: dict[str, set[tuple[str, int]]] = {}
    with engine.connect() as connection:
        for table in load_all_tables().sorted_tables:
            held = {column.name for column in table.columns}
            if "ref" not in held or table.name in NOBODYS:
                continue
            owners = {"case_id": "case", "person_id": "person", "subject_id": "case"}
            for name in owners.keys() & held:
                if name == "subject_id" and "case_id" in held:
                    continue
                only = " AND subject = 'case'" if name == "subject_id" and "subject" in held else ""
                rows = connection.execute(
                    text(f"SELECT ref, {name} FROM {table.name} WHERE {name} IS NOT NULL{only}")
                )
                for ref, number in rows:
                    found.setdefault(ref, set()).add((owners[name], number))
        for ref, number, id_, person in connection.execute(
            text("SELECT ref, number, id, person_id FROM case_file")
        ):
            found[ref] = found[number] = {("case", id_), ("person", person)}
        for ref, id_ in connection.execute(text("SELECT ref, id FROM person")):
            found[ref] = {("person", id_)}
    return {name: frozenset(owners) for name, owners in found.items()}


NOBODYS = {"access_grant", "account"}
"""Their outward names are not shown to anybody, or are not of a case."""


def account_of(work: Work, role: str, relation: str) -> Account:
    return work.session.exec(select(Account).where(col(Account.email) == email(role, relation))).one()
