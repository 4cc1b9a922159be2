"""Rows of institutions, units, regions, funding lines and collaboration agreements."""

from datetime import date

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import SQLModel

from cii.institutions.vocabulary import InstitutionKind, Sector, UnitKind
from cii.store.columns import day, key, link, ref, text, word


class Institution(SQLModel, table=True):
    """A service, office, enterprise or body of the network.

    `sensitive`: its very name tells something about the person (debt advice, addiction), so that it is shown
    to its own members only.
    """

    __tablename__ = "institution"

    id: int | None = key()
    ref: str = ref()
    code: str = text(40, unique=True)
    name: str = text(200)
    kind: InstitutionKind = word(InstitutionKind)
    sector: Sector | None = word(Sector, nullable=True)
    sensitive: bool = False


class Unit(SQLModel, table=True):
    """A unit of an institution: the holder of cases, tasks and visibility.

    `network_from`: since when the unit belongs to the perimeter of the CII network; None is outside.
    """

    __tablename__ = "unit"
    __table_args__ = (CheckConstraint("valid_to IS NULL OR valid_to > valid_from", name="dates_in_order"),)

    id: int | None = key()
    ref: str = ref()
    institution_id: int = link("institution.id")
    code: str = text(40, unique=True)
    name: str = text(200)
    kind: UnitKind = word(UnitKind, index=True)
    email: str | None = text(200, nullable=True)
    network_from: date | None = day(nullable=True)
    valid_from: date = day()
    valid_to: date | None = day(nullable=True)


class UnitRegion(SQLModel, table=True):
    """A region that a unit serves; a unit without any serves the whole canton."""

    __tablename__ = "unit_region"
    __table_args__ = (UniqueConstraint("unit_id", "region"),)

    id: int | None = key()
    unit_id: int = link("unit.id")
    region: str = text(40, index=True)


class PostcodeRegion(SQLModel, table=True):
    """The region in which a postcode lies."""

    __tablename__ = "postcode_region"

    id: int | None = key()
    postcode: str = text(4, unique=True)
    region: str = text(40)
    municipality: str = text(80)


class FundingLine(SQLModel, table=True):
    """A line from which measures are paid; the shares of Confederation, canton, communes are in permille."""

    __tablename__ = "funding_line"
    __table_args__ = (
        UniqueConstraint("code", "valid_from"),
        CheckConstraint("valid_to IS NULL OR valid_to > valid_from", name="dates_in_order"),
        CheckConstraint(
            "federal_permille >= 0 AND cantonal_permille >= 0 AND communal_permille >= 0 "
            "AND federal_permille + cantonal_permille + communal_permille = 1000",
            name="shares_make_the_whole",
        ),
    )

    id: int | None = key()
    ref: str = ref()
    code: str = text(40)
    name: str = text(200)
    sector: Sector = word(Sector)
    institution_id: int = link("institution.id")
    valid_from: date = day()
    valid_to: date | None = day(nullable=True)
    federal_permille: int
    cantonal_permille: int
    communal_permille: int


class CollaborationAgreement(SQLModel, table=True):
    """A written agreement between institutions; `reciprocal` opens LACI 85f al. 2 between its parties."""

    __tablename__ = "collaboration_agreement"
    __table_args__ = (
        UniqueConstraint("title", "valid_from"),
        CheckConstraint("valid_to IS NULL OR valid_to > valid_from", name="dates_in_order"),
    )

    id: int | None = key()
    ref: str = ref()
    title: str = text(200)
    scope: str = text(400)
    reciprocal: bool
    valid_from: date = day()
    valid_to: date | None = day(nullable=True)


class CollaborationParty(SQLModel, table=True):
    """An institution that signed a collaboration agreement."""

    __tablename__ = "collaboration_party"
    __table_args__ = (UniqueConstraint("agreement_id", "institution_id"),)

    id: int | None = key()
    agreement_id: int = link("collaboration_agreement.id")
    institution_id: int = link("institution.id")
