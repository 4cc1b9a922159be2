"""Builders of institutions and units; they name only what matters."""

from datetime import date

from cii.institutions.actions import AddInstitution, AddUnit, add_institution, add_unit, load_directory
from cii.institutions.queries import lines
from cii.institutions.tables import FundingLine, Institution, Unit
from cii.institutions.vocabulary import InstitutionKind, Sector, UnitKind
from cii.store.columns import new_ref
from cii.store.settings import HOUSE, canton_directory
from cii.store.work import Work

DIRECTORY = canton_directory(HOUSE / "config" / "canton" / "ne.toml")


def the_canton(work: Work) -> None:
    """The whole directory of Neuchâtel."""
    load_directory(work, DIRECTORY)


def an_institution(
    work: Work, sector: Sector | None = Sector.AC, *, sensitive=False, kind=InstitutionKind.SERVICE
) -> Institution:
    return add_institution(work, AddInstitution(f"I-{new_ref()}", "Institution", kind, sector, sensitive))


def a_unit(
    work: Work,
    sector: Sector | None = Sector.AC,
    kind=UnitKind.ORP,
    *,
    institution: Institution | None = None,
    **more,
) -> Unit:
    """A unit of an institution of its own, unless one is given."""
    owner = institution or an_institution(work, sector)
    return add_unit(work, AddUnit(owner.code, f"U-{new_ref()}", "Unité", kind, **more))


def line_by_code(work: Work, code: str, at: date | None = None) -> FundingLine:
    """The funding line of that code in force at the date."""
    return next(one for one in lines(work, at) if one.code == code)
