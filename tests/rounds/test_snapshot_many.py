"""A round of 300 cases before 40 measures: laid out in a moment, on both engines."""

from datetime import date, timedelta
from random import Random
from time import process_time

import pytest

from cii.budgets.actions import grant_budget
from cii.kernel.money import Chf
from cii.measures.actions import PublishRule, publish_rule
from cii.measures.vocabulary import TargetGroup
from tests.measures.build_measures import CONDITIONS
from tests.rounds.build_waiting import a_waiting_room

CASES, MEASURES = 300, 40


@pytest.mark.slow
def test_three_hundred_cases_before_forty_measures_are_laid_out_in_two_seconds(work):
    room, draw = a_waiting_room(work), Random(1)
    grant_budget(work, room.market.ac.id, 2027, Chf.parse("900000.00"))
    groups = list(TargetGroup)
    for at in range(MEASURES - 1):
        made = room.other(
            f"LOT-{at:02d}",
            {"LACI": draw.randint(1, 5), "SAS": 2},
            region=draw.choice(["", "neuchatel", "le-locle"]),
            languages=("fr",),
            target_groups=(draw.choice(groups),),
            until=date(2027, 12, 31),
        )
        least = 18 + at % 8
        table = CONDITIONS.replace("| >= 50 |", "| - |").replace(
            "| rate | >= 18 | < 50 | no | little |\n", ""
        )
        table = table.replace('  little: {fr: "Moins de 50 %.", de: "Unter 50 %.", en: "Under 50 %."}\n', "")
        table = table.replace(">= 18", f">= {least}").replace("< 18", f"< {least}")
        publish_rule(work, PublishRule(made.ref, table, work.today))
    for _ in range(CASES):
        first = date(2026, 11, 1) + timedelta(days=draw.randrange(90))
        chosen = draw.choice([room.measure, *room.more])
        room.waits(
            room.born(draw), measure=chosen, days=(first, first + timedelta(days=draw.randint(30, 200)))
        )
    work.session.flush()
    work.session.expunge_all()

    room.seen()
    took = []
    for _ in range(3):
        began = process_time()
        seen = room.seen()
        took.append(process_time() - began)

    print(f"{len(seen.problem.candidates)} cases, {len(seen.problem)} options in {min(took):.2f} s")
    assert len(seen.wanted) == CASES
    assert len(seen.problem) > CASES * MEASURES // 2
    assert min(took) < 2
