"""Loads the canton's directory and adds providers' institutions and units."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlmodel import col, select

from cii.institutions.queries import institution_by_code
from cii.institutions.tables import (
    CollaborationAgreement,
    CollaborationParty,
    FundingLine,
    Institution,
    PostcodeRegion,
    Unit,
    UnitRegion,
)
from cii.institutions.vocabulary import InstitutionKind, Sector, UnitKind
from cii.journal.actions import wrote
from cii.kernel.errors import Refusal
from cii.store.work import Work

BEGINNING = date(2009, 1, 1)
"""Since when an entry of the file holds that names no date: the start of the CII archive."""


class CodeTaken(Refusal):
    """Another institution or unit has this code."""

    code, kind = "code-taken", "conflict"


@dataclass(frozen=True)
class AddInstitution:
    """A new institution, as a rule a provider or a member of a person's network."""

    code: str
    name: str
    kind: InstitutionKind
    sector: Sector | None = None
    sensitive: bool = False


@dataclass(frozen=True)
class AddUnit:
    """A new unit of an institution."""

    institution_code: str
    code: str
    name: str
    kind: UnitKind
    email: str | None = None
    valid_from: date = BEGINNING
    network_from: date | None = None
    regions: tuple[str, ...] = ()


def add_institution(work: Work, ask: AddInstitution) -> Institution:
    """Enter an institution; refuses CodeTaken."""
    if work.session.exec(select(Institution.id).where(col(Institution.code) == ask.code)).first():
        raise CodeTaken(field="code", taken=ask.code)
    row = Institution(code=ask.code, name=ask.name, kind=ask.kind, sector=ask.sector, sensitive=ask.sensitive)
    work.session.add(row)
    work.session.flush()
    wrote(work, "add_institution", "institution", row.id, ref=row.ref, payload=_named(row.code, row))
    return row


def add_unit(work: Work, ask: AddUnit) -> Unit:
    """Enter a unit of an institution; refuses CodeTaken, UnknownThing."""
    if work.session.exec(select(Unit.id).where(col(Unit.code) == ask.code)).first():
        raise CodeTaken(field="code", taken=ask.code)
    owner = institution_by_code(work, ask.institution_code)
    row = Unit(
        institution_id=owner.id or 0,
        code=ask.code,
        name=ask.name,
        kind=ask.kind,
        email=ask.email,
        valid_from=ask.valid_from,
        network_from=ask.network_from,
    )
    work.session.add(row)
    work.session.flush()
    work.session.add_all([UnitRegion(unit_id=row.id or 0, region=region) for region in ask.regions])
    work.session.flush()
    wrote(work, "add_unit", "unit", row.id, ref=row.ref, payload=_named(row.code, owner))
    return row


def _named(code: str, body: Institution) -> dict[str, object]:
    """What the journal keeps of an entry, for whoever reads it: no code of a protected institution."""
    return {"sensitive": True} if body.sensitive else {"code": code}


def load_directory(work: Work, directory: Mapping[str, Any]) -> int:
    """Enter what the canton's file holds and the database does not know yet, by code; returns how many rows.

    A second run changes nothing. Names that the file changes are taken over; nothing is ever deleted.
    """
    before = _rows(work)
    for region, entry in directory["regions"].items():
        _postcodes(work, region, entry["postcodes"])
    for entry in directory["institutions"]:
        _institution(work, entry)
    for entry in directory["funding_lines"]:
        _line(work, entry)
    for entry in directory["collaboration_agreements"]:
        _agreement(work, entry)
    work.session.flush()
    fresh = _rows(work) - before
    if fresh:
        wrote(work, "load_directory", "directory", None, payload={"rows": fresh})
    return fresh


def _rows(work: Work) -> int:
    tables = (Institution, Unit, UnitRegion, PostcodeRegion, FundingLine, CollaborationAgreement)
    return sum(len(work.session.exec(select(table.id)).all()) for table in tables)


def _postcodes(work: Work, region: str, postcodes: Mapping[str, str]) -> None:
    known = set(work.session.exec(select(PostcodeRegion.postcode)))
    work.session.add_all(
        [
            PostcodeRegion(postcode=postcode, region=region, municipality=name)
            for postcode, name in postcodes.items()
            if postcode not in known
        ]
    )


def _institution(work: Work, entry: Mapping[str, Any]) -> None:
    row = work.session.exec(select(Institution).where(col(Institution.code) == entry["code"])).first()
    if row is None:
        row = Institution(
            code=entry["code"],
            name=entry["name"],
            kind=InstitutionKind(entry["kind"]),
            sector=Sector(entry["sector"]) if "sector" in entry else None,
            sensitive=entry.get("sensitive", False),
        )
    row.name = entry["name"]
    work.session.add(row)
    work.session.flush()
    for unit in entry.get("units", []):
        _unit(work, row.id or 0, unit)


def _unit(work: Work, institution_id: int, entry: Mapping[str, Any]) -> None:
    row = work.session.exec(select(Unit).where(col(Unit.code) == entry["code"])).first()
    if row is None:
        row = Unit(
            institution_id=institution_id,
            code=entry["code"],
            name=entry["name"],
            kind=UnitKind(entry["kind"]),
            valid_from=entry.get("valid_from", BEGINNING),
        )
    row.name = entry["name"]
    row.email = entry.get("email", f"{entry['code'].lower()}@cii.example")
    row.network_from = entry.get("network_from")
    row.valid_to = entry.get("valid_to")
    work.session.add(row)
    work.session.flush()
    known = set(work.session.exec(select(UnitRegion.region).where(col(UnitRegion.unit_id) == row.id)))
    work.session.add_all(
        [UnitRegion(unit_id=row.id or 0, region=one) for one in entry.get("regions", []) if one not in known]
    )


def _line(work: Work, entry: Mapping[str, Any]) -> None:
    known = work.session.exec(
        select(FundingLine.id).where(
            col(FundingLine.code) == entry["code"], col(FundingLine.valid_from) == entry["valid_from"]
        )
    ).first()
    if known is not None:
        return
    federal, cantonal, communal = entry["permille"]
    work.session.add(
        FundingLine(
            code=entry["code"],
            name=entry["name"],
            sector=Sector(entry["sector"]),
            institution_id=institution_by_code(work, entry["institution"]).id or 0,
            valid_from=entry["valid_from"],
            valid_to=entry.get("valid_to"),
            federal_permille=federal,
            cantonal_permille=cantonal,
            communal_permille=communal,
        )
    )


def _agreement(work: Work, entry: Mapping[str, Any]) -> None:
    known = work.session.exec(
        select(CollaborationAgreement.id).where(
            col(CollaborationAgreement.title) == entry["title"],
            col(CollaborationAgreement.valid_from) == entry["valid_from"],
        )
    ).first()
    if known is not None:
        return
    row = CollaborationAgreement(
        title=entry["title"],
        scope=entry["scope"],
        reciprocal=entry["reciprocal"],
        valid_from=entry["valid_from"],
        valid_to=entry.get("valid_to"),
    )
    work.session.add(row)
    work.session.flush()
    work.session.add_all(
        [
            CollaborationParty(
                agreement_id=row.id or 0, institution_id=institution_by_code(work, code).id or 0
            )
            for code in entry["parties"]
        ]
    )
