"""Institutions, accounts and the published files: the house before its first case."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row

from cii.access.passwords import hashed
from cii.access.vocabulary import Role
from cii.agreements.vocabulary import LegalForm
from cii.cases.actions import publish_grids
from cii.decisions.rulebook import Table
from cii.demo.people import Place
from cii.demo.sheet import Sheet
from cii.demo.stories import Rules
from cii.demo.uids import uid_of
from cii.institutions.actions import load_directory
from cii.institutions.vocabulary import InstitutionKind, UnitKind
from cii.store.parameters import publish_parameters
from cii.store.settings import canton_directory
from cii.store.work import Work
from cii.workflow.publishing import publish
from cii.workflow.queries import parsed, parsed_table

PASSWORD = "canton-demo-2026"  # noqa: S105 - printed for whoever tries the demo, useless elsewhere
"""The one password of all demo accounts."""

SINCE = date(2009, 1, 1)
R = Role
ACCOUNTS: tuple[tuple[str, str, str, Role], ...] = (
    ("orp", "Nadège Colomb", "ORP-LITTORAL", R.CASE_MANAGER),
    ("orp.2", "Loïc Perregaux", "ORP-LITTORAL", R.CASE_MANAGER),
    ("orp.chef", "Irène Dubied", "ORP-LITTORAL", R.SUPERVISOR),
    ("orp.montagnes", "Samuel Brandt", "ORP-MONTAGNES", R.CASE_MANAGER),
    ("oai", "Claudine Jornod", "OAI-REA", R.CASE_MANAGER),
    ("oai.2", "Hervé Maumary", "OAI-REA", R.CASE_MANAGER),
    ("oai.chef", "Yolande Calame", "OAI-REA", R.SUPERVISOR),
    ("gsr.ouest", "Mireille Ribaux", "GSR-LITTORAL-OUEST", R.CASE_MANAGER),
    ("gsr.vdt", "Alain Othenin", "GSR-VAL-DE-TRAVERS", R.CASE_MANAGER),
    ("gsr.cdf", "Fabienne Cuche", "GSR-CHAUX-DE-FONDS", R.CASE_MANAGER),
    ("gsr.neuchatel", "Tristan Vuille", "GSR-NEUCHATEL", R.CASE_MANAGER),
    ("gsr.neuchatel.chef", "Odile Berberat", "GSR-NEUCHATEL", R.SUPERVISOR),
    ("gsr.vdr", "Sonia Debrot", "GSR-VAL-DE-RUZ", R.CASE_MANAGER),
    ("gsr.locle", "Patrick Huguenin", "GSR-LE-LOCLE", R.CASE_MANAGER),
    ("ofij", "Laure Montandon", "OFIJ", R.CASE_MANAGER),
    ("ocosp", "Denis Gertsch", "OCOSP", R.CASE_MANAGER),
    ("ocosp.orientation", "Maëlle Wenger", "OCOSP", R.REFERRAL_SERVICE),
    ("osas", "Farid Amstutz", "OSAS", R.CASE_MANAGER),
    ("medecin", "Dr Hélène Sandoz", "MEDECINS", R.PHYSICIAN),
    ("lmmt.contrats", "Raymond Bolle", "LMMT", R.CONTRACT_MANAGER),
    ("lmmt.direction", "Viviane Tissot", "LMMT", R.CONTRACT_MANAGER),
    ("lmmt.finances", "Ursule Graber", "LMMT", R.FINANCE),
    ("caisse.finances", "Gilles Nardin", "CAISSE", R.FINANCE),
    ("lmmt.reference", "Cosette Jacot", "LMMT", R.DASHBOARD_REFERENCE),
    ("odas.contrats", "Blaise Ducommun", "ODAS", R.CONTRACT_MANAGER),
    ("odas.direction", "Noëlle Farine", "ODAS", R.CONTRACT_MANAGER),
    ("odas.finances", "Edmond Rossel", "ODAS", R.FINANCE),
    ("odas.comptabilite", "Lydia Steiner", "ODAS", R.FINANCE),
    ("oai.contrats", "Josiane Leuba", "OAI-REA", R.CONTRACT_MANAGER),
    ("oai.direction", "Bertrand Piaget", "OAI-REA", R.CONTRACT_MANAGER),
    ("oai.finances", "Monika Zaugg", "OAI-REA", R.FINANCE),
    ("oai.comptabilite", "Serge Veuve", "OAI-REA", R.FINANCE),
    ("osas.contrats", "Rosalie Tharin", "OSAS", R.CONTRACT_MANAGER),
    ("osas.direction", "Emil Widmer", "OSAS", R.CONTRACT_MANAGER),
    ("osas.finances", "Danièle Morel", "OSAS", R.FINANCE),
    ("osas.comptabilite", "Ivo Costa", "OSAS", R.FINANCE),
    ("ofij.contrats", "Agnès Quartier", "OFIJ", R.CONTRACT_MANAGER),
    ("ofij.direction", "Jean-Luc Evard", "OFIJ", R.CONTRACT_MANAGER),
    ("ofij.finances", "Carole Imer", "OFIJ", R.FINANCE),
    ("ofij.comptabilite", "Rolf Hofer", "OFIJ", R.FINANCE),
    ("gc", "Béatrice Vaucher", "GC", R.COORDINATION_MEMBER),
    ("gc.2", "Michel Grandjean", "GC", R.COORDINATION_MEMBER),
    ("gc.invite", "Sibylle Racine", "GC", R.COORDINATION_GUEST),
    ("gpcii", "Armand Girardin", "GPCII", R.STEERING),
    ("dpo", "Marianne Schwab", "DPO", R.DATA_PROTECTION_OFFICER),
    ("audit", "Konrad Bader", "DPO", R.AUDITOR),
    ("admin", "Tamara Lopes", "SEMP-DIR", R.ADMINISTRATOR),
)  # fmt: skip
"""Local part of the address, name (invented), unit, role."""
IN_THE_GROUP = {
    "SASO": "odas.direction", "SEMP": "lmmt.direction", "SMIG": "osas.direction", "OAI": "oai.direction",
    "SFPO": "ofij.direction",
}  # fmt: skip
"""Who sits for an institution in the coordination group, beside the work at home."""


CROWDED = {"2000": 12, "2034": 4, "2300": 16, "2400": 5, "2017": 3, "2114": 2, "2053": 3, "2074": 3}
"""Postcodes that count more than once when an address is drawn: where people live."""


@dataclass(frozen=True, slots=True)
class ProviderSpec:
    """An invented provider of measures."""

    code: str
    name: str
    legal_form: LegalForm
    person: str
    login: str


PROVIDERS = (
    ProviderSpec("ETABLI", "Fondation L'Établi", LegalForm.FOUNDATION, "Anouchka Baume", "etabli"),
    ProviderSpec(
        "TREMPLIN", "Association Tremplin des Montagnes", LegalForm.ASSOCIATION, "Régis Pellaton", "tremplin"
    ),
    ProviderSpec(
        "TROIS-LACS", "Coopérative des Trois-Lacs", LegalForm.COOPERATIVE, "Gisèle Roulet", "troislacs"
    ),
    ProviderSpec("VALLON", "Ateliers du Vallon Sàrl", LegalForm.LLC, "Quentin Loup", "vallon"),
    ProviderSpec("HORIZON", "Fondation Horizon-Métiers", LegalForm.FOUNDATION, "Flavia Thiébaud", "horizon"),
    ProviderSpec("ELAN", "Association Élan jeunes", LegalForm.ASSOCIATION, "Noé Haldimann", "elan"),
)


@dataclass(frozen=True, slots=True)
class House:
    """What the loader must know of the directory: ids by code, who works where, the files in force."""

    units: Mapping[str, int]
    unit_institution: Mapping[int, int]
    institutions: Mapping[str, int]
    lines: Mapping[str, int]
    accounts: Mapping[str, int]
    """By the local part of the address."""
    by_unit: Mapping[int, int]
    """Who acts for a unit: the first case manager, physician, provider … with a seat there."""
    unit_of: Mapping[tuple[str, str | None], int]
    """Unit by kind and region; region None for those that serve the whole canton."""
    places: tuple[Place, ...]
    providers: Mapping[str, int]
    provider_units: Mapping[str, int]
    rules: Rules

    def institution_of_provider(self, code: str) -> int:
        """The institution that a provider is."""
        return self.unit_institution[self.provider_units[code]]

    def unit_for(self, kind: UnitKind, region: str) -> int:
        """The unit of that kind which serves a region."""
        return self.unit_of.get((kind.value, region)) or self.unit_of[kind.value, None]


def build_house(work: Work, sheet: Sheet) -> House:
    """Directory, published files and parameters by their own actions; accounts and providers as rows."""
    directory = canton_directory(work.settings.canton)
    load_directory(work, directory)
    numbers = work.settings.workflows_dir / "parameters"
    publish_parameters(work.session, numbers, work.now)
    publish(work, work.settings.workflows_dir)
    publish_grids(work, work.settings.workflows_dir / "grids")
    work.session.flush()
    providers, provider_units = _providers(sheet)
    sheet.write()
    units = _ids(sheet, "unit")
    accounts = _accounts(sheet, units, work.now)
    sheet.write()
    places = tuple(
        Place(postcode, municipality, region)
        for region, entry in directory["regions"].items()
        for postcode, municipality in entry["postcodes"].items()
        for _ in range(CROWDED.get(postcode, 1))
    )
    lines = {row.code: row.id for row in _all(sheet, "funding_line") if row.valid_to is None}
    lines["MIP"] = next(row.id for row in _all(sheet, "funding_line") if row.code == "MIP")
    return House(
        units=units,
        unit_institution={row.id: row.institution_id for row in _all(sheet, "unit")},
        institutions=_ids(sheet, "institution"),
        lines=lines,
        accounts=accounts,
        by_unit=_by_unit(sheet),
        unit_of=_unit_of(sheet),
        places=places,
        providers=providers,
        provider_units=provider_units,
        rules=_rules(sheet),
    )


def _all(sheet: Sheet, name: str) -> Sequence[Row[Any]]:
    table = sheet.table(name)
    return sheet.session.execute(table.select().order_by(table.c.id)).all()


def _ids(sheet: Sheet, name: str) -> dict[str, int]:
    return {row.code: row.id for row in _all(sheet, name)}


def _providers(sheet: Sheet) -> tuple[dict[str, int], dict[str, int]]:
    providers: dict[str, int] = {}
    units: dict[str, int] = {}
    for spec in PROVIDERS:
        institution = sheet.put(
            "institution", code=spec.code, name=spec.name, kind=InstitutionKind.PROVIDER, sensitive=False
        )
        units[spec.code] = sheet.put(
            "unit",
            institution_id=institution,
            code=f"{spec.code}-ENC",
            name=f"{spec.name}, encadrement",
            kind=UnitKind.PROVIDER,
            email=f"{spec.login}@cii.example",
            valid_from=SINCE,
        )
        providers[spec.code] = sheet.put(
            "provider",
            institution_id=institution,
            unit_id=units[spec.code],
            legal_form=spec.legal_form,
            uid=uid_of(spec.code),
        )
    return providers, units


def _accounts(sheet: Sheet, units: Mapping[str, int], now: datetime) -> dict[str, int]:
    """All accounts share one password, hashed once."""
    secret = hashed(PASSWORD)
    found: dict[str, int] = {}
    staff = [(one.login, one.person, f"{one.code}-ENC", R.PROVIDER) for one in PROVIDERS]
    for login, name, unit, role in (*ACCOUNTS, *staff):
        found[login] = sheet.put(
            "account", email=f"{login}@cii.example", name=name, password_hash=secret, created_at=now
        )
        sheet.put("membership", account_id=found[login], unit_id=units[unit], role=role, valid_from=SINCE)
    for login in IN_THE_GROUP.values():
        sheet.put(
            "membership", account_id=found[login], unit_id=units["GC"], role=R.COORDINATION_MEMBER,
            valid_from=SINCE,
        )  # fmt: skip
    return found


_ACTING = (R.CASE_MANAGER, R.PHYSICIAN, R.PROVIDER, R.COORDINATION_MEMBER, R.CONTRACT_MANAGER, R.STEERING)


def _by_unit(sheet: Sheet) -> dict[int, int]:
    found: dict[int, tuple[int, int]] = {}
    for row in _all(sheet, "membership"):
        rank = _ACTING.index(row.role) if row.role in _ACTING else len(_ACTING)
        held = found.get(row.unit_id)
        if held is None or rank < held[0]:
            found[row.unit_id] = (rank, row.account_id)
    return {unit: account for unit, (_, account) in found.items()}


def _unit_of(sheet: Sheet) -> dict[tuple[str, str | None], int]:
    regions: dict[int, list[str]] = {}
    for row in _all(sheet, "unit_region"):
        regions.setdefault(row.unit_id, []).append(row.region)
    found: dict[tuple[str, str | None], int] = {}
    for row in _all(sheet, "unit"):
        served: Sequence[str | None] = regions.get(row.id) or (None,)
        for region in served:
            found.setdefault((row.kind.value, region), row.id)
    return found


def _rules(sheet: Sheet) -> Rules:
    definitions = {
        row.name: (row.id, parsed(row.source, f"{row.name} {row.version}"))
        for row in sorted(_all(sheet, "wf_definition"), key=lambda one: one.version)
    }
    tables: dict[str, list[tuple[int, Table]]] = {}
    for row in _all(sheet, "wf_table"):
        tables.setdefault(row.name, []).append(
            (row.id, parsed_table(row.source, f"{row.name} {row.version}"))
        )
    return Rules(
        definitions,
        {name: tuple(sorted(rows, key=lambda one: one[1].valid_from)) for name, rows in tables.items()},
    )


def accounts_shown() -> list[tuple[str, str, str]]:
    """Address, role, unit of one account per role, for whoever starts the demo."""
    seen: dict[str, tuple[str, str, str]] = {}
    staff = [(one.login, one.person, f"{one.code}-ENC", R.PROVIDER) for one in PROVIDERS]
    for login, _, unit, role in (*ACCOUNTS, *staff):
        seen.setdefault(role.value, (f"{login}@cii.example", role.value, unit))
    return list(seen.values())
