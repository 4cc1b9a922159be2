from datetime import date

import pytest
from sqlalchemy.exc import IntegrityError

from cii.institutions.actions import AddInstitution, CodeTaken, add_institution, load_directory
from cii.institutions.calendar import calendar_of
from cii.institutions.queries import (
    NoUnitForRegion,
    in_network,
    institution_by_code,
    institutions,
    lines,
    reciprocity_between,
    region_of,
    unit_by_code,
    unit_by_ref,
    unit_for,
    units_by_id,
)
from cii.institutions.tables import FundingLine
from cii.institutions.vocabulary import InstitutionKind, Sector, UnitKind
from cii.kernel.errors import UnknownThing
from tests.institutions.build_institutions import DIRECTORY, a_unit, an_institution, the_canton


def test_loading_the_directory_twice_changes_nothing(work):
    assert load_directory(work, DIRECTORY) > 50
    assert load_directory(work, DIRECTORY) == 0


def test_a_person_from_couvet_belongs_to_the_val_de_travers_counter(work):
    the_canton(work)

    region = region_of(work, "2108")

    assert unit_for(work, UnitKind.GSR, region).code == "GSR-VAL-DE-TRAVERS"
    assert unit_for(work, UnitKind.ORP, region).code == "ORP-LITTORAL"
    assert unit_for(work, UnitKind.AI_OFFICE, region).code == "OAI-REA"


def test_an_unknown_region_has_no_counter_of_its_own(work):
    the_canton(work)

    assert region_of(work, "1003") is None
    with pytest.raises(NoUnitForRegion):
        unit_for(work, UnitKind.GSR, None)


def test_the_pilot_counters_entered_the_network_before_the_others(work):
    the_canton(work)
    first, later = unit_by_code(work, "GSR-LITTORAL-OUEST"), unit_by_code(work, "GSR-LE-LOCLE")

    assert in_network(work, first.id, date(2012, 1, 1))
    assert not in_network(work, later.id, date(2012, 1, 1))
    assert in_network(work, later.id)


def test_mip_gave_way_to_pacte_in_2017(work):
    the_canton(work)

    codes = {year: {line.code for line in lines(work, date(year, 12, 31))} for year in (2016, 2017)}

    assert codes[2016] - codes[2017] == {"MIP"}
    assert codes[2017] - codes[2016] == {"PACTE"}


def test_the_shares_of_a_line_make_the_whole(work):
    owner = an_institution(work)
    work.session.add(
        FundingLine(
            code="X",
            name="X",
            sector=Sector.AC,
            institution_id=owner.id,
            valid_from=date(2020, 1, 1),
            federal_permille=500,
            cantonal_permille=300,
            communal_permille=100,
        )
    )

    with pytest.raises(IntegrityError):
        work.session.flush()


def test_reciprocity_is_read_from_the_register_of_agreements(work):
    the_canton(work)
    semp, oai, saso, smig = (institution_by_code(work, c).id for c in ("SEMP", "OAI", "SASO", "SMIG"))

    assert reciprocity_between(work, semp, oai)
    assert reciprocity_between(work, saso, oai)
    assert reciprocity_between(work, semp, semp)
    assert not reciprocity_between(work, semp, smig)
    assert not reciprocity_between(work, oai, smig)
    assert not reciprocity_between(work, semp, oai, date(2008, 12, 31))


def test_a_unit_is_found_by_its_outward_name_only(work):
    unit = a_unit(work)

    assert unit_by_ref(work, unit.ref).id == unit.id
    with pytest.raises(UnknownThing):
        unit_by_ref(work, str(unit.id))


def test_a_label_says_unit_institution_and_sector(work):
    the_canton(work)
    orp = unit_by_code(work, "ORP-LITTORAL")

    label = units_by_id(work, [orp.id])[orp.id]

    assert (label.code, label.institution, label.sector) == ("ORP-LITTORAL", "SEMP", Sector.AC)


def test_an_institution_whose_name_tells_a_secret_is_not_listed_to_others(work):
    open_one = an_institution(work)
    secret = an_institution(work, None, sensitive=True)

    listed = {one.code for one in institutions(work)}

    assert open_one.code in listed
    assert secret.code not in listed


def test_a_code_is_given_once(work):
    an = AddInstitution("TWICE", "Une", InstitutionKind.PROVIDER)
    add_institution(work, an)

    with pytest.raises(CodeTaken):
        add_institution(work, an)


@pytest.mark.parametrize(
    ("year", "month", "expected"), [(2027, 1, date(2027, 1, 6)), (2027, 3, date(2027, 3, 4))]
)
def test_the_attestation_is_due_on_the_third_working_day(year, month, expected):
    assert calendar_of(DIRECTORY).nth_of_month(year, month, 3) == expected


def test_fete_dieu_is_a_working_day_in_neuchatel_every_year():
    calendar = calendar_of(DIRECTORY)

    assert all(calendar.is_working(day) for day in (date(2024, 5, 30), date(2025, 6, 19), date(2026, 6, 4)))


@pytest.mark.parametrize(
    ("day", "working"),
    [
        (date(2023, 1, 2), False),
        (date(2026, 1, 2), True),
        (date(2022, 12, 26), False),
        (date(2028, 12, 26), True),
    ],
)
def test_the_day_after_new_year_and_christmas_counts_only_after_a_sunday(day, working):
    assert calendar_of(DIRECTORY).is_working(day) is working


def test_office_closing_days_move_no_legal_deadline():
    calendar = calendar_of(DIRECTORY)

    assert calendar.is_working(date(2026, 12, 31))
    assert not calendar.is_working(date(2026, 12, 31), closing_days=True)
