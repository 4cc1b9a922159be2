"""The example files of insured persons: 200 invented rows, and the same with two faulty ones."""

import csv
import random
from collections.abc import Iterator, Sequence
from datetime import date
from io import StringIO

from cii.demo.people import FILE_NUMBERS, Invented, Place, invent
from cii.people.rules import avs_written
from cii.people.vocabulary import Sex
from cii.routing.rules import HEADERS

ROWS, SEED = 200, 756
COMPLEX, DOUBLE = 34, 40
"""Of a hundred rows those that meet a criterion; of those some followed by two systems."""
DAY = date(2026, 10, 15)
FAULTY = {57: "number", 143: "cells"}
"""Rows (from 1, without the head) that the faulty file breaks: a wrong check digit; a day and a count."""


def example_file(places: Sequence[Place], *, faulty: bool) -> str:
    """The file as a sector would send it: semicolons, a head, one person a line."""
    out = StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(HEADERS)
    writer.writerows(_rows(places, faulty=faulty))
    return out.getvalue()


def _rows(places: Sequence[Place], *, faulty: bool) -> Iterator[list[str]]:
    chance = random.Random(SEED)
    for number in range(1, ROWS + 1):
        person = invent(chance, FILE_NUMBERS + number, places, DAY, 19, 61)
        cells = _cells(chance, person)
        if faulty and FAULTY.get(number) == "number":
            cells[0] = cells[0][:-1] + str((int(cells[0][-1]) + 1) % 10)
        elif faulty and FAULTY.get(number) == "cells":
            cells[3], cells[-3] = "31.02.1987", "cent"
        yield cells


def _cells(chance: random.Random, person: Invented) -> list[str]:
    """One person: about a third meet a criterion of detection."""
    complex_ = chance.randrange(100) < COMPLEX
    owe = chance.choice(("AI", "AS", "AI,AS")) if complex_ else chance.choice(("", "", "", "AS"))
    double = complex_ and owe == "AI" and chance.randrange(100) < DOUBLE
    return [
        avs_written(person.avs),
        person.last_name,
        person.first_name,
        f"{person.birth_date:%d.%m.%Y}",
        person.postcode,
        person.municipality,
        person.language,
        "AC,AS" if double else "AC",
        owe,
        str(chance.randint(8, 26) if complex_ else chance.randint(1, 11)),
        str(chance.randint(20, 150) if complex_ else chance.randint(100, 390)),
        str(chance.randint(6, 18) if complex_ else chance.randint(0, 3)),
        "0",
        str(chance.choice((40, 50, 60, 70)) if complex_ else 100),
        str(chance.randint(2, 5) if complex_ else chance.randint(0, 2)),
        {Sex.MALE: "1", Sex.FEMALE: "2"}.get(person.sex, ""),
    ]
