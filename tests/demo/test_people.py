"""Invented persons and example files: formally valid, found again by the import, broken where promised."""

import random
from datetime import date
from pathlib import Path

import pytest

from cii.demo.measures import FILES
from cii.demo.people import FILE_COUNT, FILE_NUMBERS, Place, avs, invent
from cii.kernel.errors import Refusal
from cii.people.rules import avs_number
from cii.routing.actions_detection import read_file
from cii.store.settings import Settings, canton_directory
from tests.demo.build_examples import FAULTY, ROWS, example_file

TODAY = date(2026, 10, 15)


@pytest.mark.parametrize("number", [0, 7, 90_001, 99_999, 100_000, 123_456])
def test_a_number_of_the_demo_range_has_a_right_check_digit(number):
    made = avs(number)

    assert avs_number(made) == made
    assert made.startswith(("7569999", "7569998"))


def test_an_invented_person_has_the_age_that_was_asked_for():
    chance = random.Random(1)
    place = Place("2000", "Neuchâtel", "neuchatel")

    people = [invent(chance, number, [place], TODAY, 18, 25) for number in range(300)]

    ages = {(TODAY - one.birth_date).days // 366 for one in people}
    assert min(ages) >= 17
    assert max(ages) <= 25


def test_the_example_file_is_read_without_a_fault():
    rows = read_file((FILES / "detections_200.csv").read_bytes(), TODAY)

    assert len(rows) == ROWS
    assert all(FILE_NUMBERS <= int(avs_number(row.avs)[7:12]) < FILE_NUMBERS + FILE_COUNT for row in rows)


def test_the_faulty_file_is_refused_by_line_and_column():
    with pytest.raises(Refusal) as no:
        read_file((FILES / "detections_200_faulty.csv").read_bytes(), TODAY)

    places = {(one.facts["line"], one.field) for one in no.value.reasons}
    assert {line for line, _ in places} == {row + 1 for row in FAULTY}
    assert (144, "naissance") in places


@pytest.mark.parametrize(
    ("name", "faulty"), [("detections_200.csv", False), ("detections_200_faulty.csv", True)]
)
def test_the_files_are_those_that_the_code_would_write(name, faulty):
    regions = canton_directory(Settings().canton)["regions"]
    places = [
        Place(code, town, region)
        for region, held in regions.items()
        for code, town in held["postcodes"].items()
    ]

    written = example_file(places, faulty=faulty)

    assert written.encode() == Path(FILES / name).read_bytes()
