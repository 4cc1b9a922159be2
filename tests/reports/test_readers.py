"""What is hidden from whom, and what differs between versions; no database."""

from cii.reports.readers import Readers, shown
from cii.reports.rules import Change, difference
from cii.reports.values import DAYS, MONEY, PEOPLE


def a_row(n: int, **more) -> dict:
    return {
        **dict.fromkeys(PEOPLE, n),
        **dict.fromkeys(DAYS, n * 10),
        "occupancy": "1/2",
        "cost_per_day": "12.00",
        "cost": f"{n * 120}.00",
        "invoiced": f"{n * 100}.00",
        **more,
    }


def a_pack(counts: dict[tuple[str, str], int], owners: dict[str, str], **more) -> dict:
    """Participants, exits and all other counts of persons are the same number in each cell."""
    measures = {measure for measure, _ in counts}
    return {
        "lines": {
            f"{m}/{line}": a_row(
                n, measure=m, line=line, institution=owners[line], exit_types={"training": n}
            )
            for (m, line), n in counts.items()
        },
        "measures": {m: a_row(sum(n for (one, _), n in counts.items() if one == m)) for m in measures},
        "line_totals": {
            line: a_row(sum(n for (_, one), n in counts.items() if one == line)) for line in owners
        },
        "total": a_row(sum(counts.values())),
        "exit_types": {"training": {"interruption": False, "persons": sum(counts.values())}},
        "waiting": {},
        "indicators": {},
        "unattested": {},
        **more,
    }


OWNERS = {"LACI": "SEMP", "SAS": "SASO", "SMIG": "SMIG"}


def test_the_group_sees_everything():
    pack = a_pack({("A", "LACI"): 1, ("A", "SAS"): 2}, {"LACI": "SEMP", "SAS": "SASO"})

    assert shown(pack, Readers(whole=True), 5) == {**pack, "hidden": []}


def test_days_and_occupancy_are_hidden_with_the_persons_they_tell_of():
    pack = a_pack({("A", "LACI"): 2, ("A", "SAS"): 8, ("A", "SMIG"): 9}, OWNERS)

    seen = shown(pack, Readers(), 5)

    assert seen["lines"]["A/LACI"]["participants"] is None
    assert seen["lines"]["A/LACI"]["attended_days"] is None
    assert seen["lines"]["A/LACI"]["occupancy"] is None
    assert [seen["lines"]["A/LACI"][one] for one in MONEY] == [None] * 3, "money by a price counts persons"
    hidden = [key for key, row in seen["lines"].items() if row["participants"] is None]
    assert len(hidden) == 2
    assert seen["lines"]["A/SMIG"]["exit_types"] is None
    assert pack["lines"]["A/LACI"]["participants"] == 2


def test_an_institution_keeps_its_own_and_cannot_compute_the_other():
    pack = a_pack({("A", "LACI"): 20, ("A", "SAS"): 2}, {"LACI": "SEMP", "SAS": "SASO"})

    seen = shown(pack, Readers(frozenset({"SEMP"})), 5)

    assert seen["lines"]["A/LACI"]["entries"] == 20
    assert seen["lines"]["A/SAS"]["entries"] is None
    assert seen["measures"]["A"]["entries"] is None
    assert seen["total"]["entries"] is None
    assert seen["exit_types"]["training"]["persons"] is None


def an_indicator(numerator: int, denominator: int, about: int | None = None) -> dict:
    people = denominator if about is None else None
    value = {
        "numerator": numerator, "denominator": denominator, "people": people, "about": about, "value": "0/1",
    }  # fmt: skip
    return {
        "agreement": "C-1", "institutions": ["SEMP"], "definition": "any", "light": "red",
        "year": value, "quarter": None,
    }  # fmt: skip


def test_a_rate_of_few_persons_is_hidden_with_its_light():
    pack = a_pack({}, {}, indicators={"few": an_indicator(2, 40), "many": an_indicator(12, 40)})
    pack["total"] = a_row(0)

    seen = shown(pack, Readers(), 5)
    own = shown(pack, Readers(frozenset({"SEMP"})), 5)

    assert (seen["indicators"]["few"]["year"], seen["indicators"]["few"]["light"]) == (None, None)
    assert seen["indicators"]["many"]["light"] == "red"
    assert own["indicators"]["few"]["light"] == "red"


def test_a_value_of_days_or_francs_is_hidden_where_few_stays_stand_behind_it():
    pack = a_pack(
        {}, {}, indicators={"few": an_indicator(400, 920, 4), "enough": an_indicator(400, 920, 5)},
        total=a_row(0),
    )  # fmt: skip

    seen = shown(pack, Readers(), 5)["indicators"]
    own = shown(pack, Readers(frozenset({"SEMP"})), 5)["indicators"]

    assert (seen["few"]["year"], seen["few"]["light"]) == (None, None)
    assert (seen["enough"]["year"]["about"], seen["enough"]["light"]) == (5, "red")
    assert own["few"]["year"]["about"] == 4


def test_that_nobody_attested_a_day_is_not_said_of_hidden_persons():
    said = {key: {"measure": "A", "line": key[2:], "whole": True} for key in ("A/LACI", "A/SAS")}
    pack = a_pack(
        {("A", "LACI"): 20, ("A", "SAS"): 2}, {"LACI": "SEMP", "SAS": "SASO"}, unattested=said
    )  # fmt: skip

    assert list(shown(pack, Readers(frozenset({"SEMP"})), 5)["unattested"]) == ["A/LACI"]
    assert shown(pack, Readers(whole=True), 5)["unattested"] == said


def test_few_who_wait_are_not_named_to_others():
    row = {"institution": "SEMP", "waiting": 3, "urgent": 0, "before": 7, "longest_days": 40}
    seen = shown(a_pack({}, {}, waiting={"A/LACI": row}, total=a_row(0)), Readers(), 5)

    assert seen["waiting"]["A/LACI"] == {**row, "waiting": None, "longest_days": None}


def test_two_versions_differ_by_path():
    old = {
        "quarter": "2026-Q3",
        "lines": {"A/LACI": {"exits": 3, "entries": 4}},
        "missing": {"SEMP/2026-07": {"month": 7}},
    }
    new = {
        "quarter": "2026-Q3",
        "lines": {"A/LACI": {"exits": 4, "entries": 4}},
        "agreements": ["C-1", "C-2"],
    }

    assert difference(old, new) == [
        Change("agreements", None, "C-1, C-2"),
        Change("lines.A/LACI.exits", 3, 4),
        Change("missing.SEMP/2026-07.month", 7, None),
    ]
