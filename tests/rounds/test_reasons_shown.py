from cii.access.vocabulary import Role
from cii.rounds.reasons_shown import knows_reasons, reasons_shown
from tests.rounds.build_waiting import a_waiting_room

KEPT = [
    {
        "measure": "VENTE",
        "reasons": [
            {"code": "eligibility", "line": "LACI", "failed": [{"input": "work_capacity", "required": ">= 50", "observed": 30}], "sentences": [{"fr": "Moins de 50 %."}]},
            {"code": "missing-facts", "line": "LACI", "missing": ["age"]},
            {"code": "language", "spoken": ["de"], "needed": ["fr"]},
            {"code": "no-budget", "line": "LACI", "year": 2027},
        ],
    }
]  # fmt: skip


def test_who_may_not_know_learns_the_rule_and_nothing_of_the_person():
    (shown,) = reasons_shown(KEPT, full=False)

    assert shown == {
        "measure": "VENTE",
        "reasons": [
            {"code": "eligibility", "line": "LACI"},
            {"code": "missing-facts", "line": "LACI"},
            {"code": "language", "needed": ["fr"]},
            {"code": "no-budget", "line": "LACI", "year": 2027},
        ],
    }
    assert reasons_shown(KEPT, full=True) == KEPT


def test_the_reasons_are_open_in_full_to_the_unit_that_asked_where_it_reads_the_facts(work):
    room = a_waiting_room(work)
    case = room.waits()

    assert knows_reasons(room.actor(room.orp), case.id, room.orp.id)
    assert knows_reasons(work, case.id, room.orp.id)
    assert not knows_reasons(room.actor(room.orp, Role.FINANCE), case.id, room.orp.id)
    assert not knows_reasons(room.actor(room.gsr), case.id, room.orp.id)
