"""What a stated month costs by now is proposed as a correction with its cause; nothing is rewritten."""

from dataclasses import replace
from datetime import date

import pytest

from cii.access.vocabulary import Role
from cii.institutions.queries import unit_by_code
from cii.kernel.money import Chf
from cii.placements.life import EndPlacement, end_placement
from cii.placements.vocabulary import ExitType
from cii.settlement.corrections import correction_proposals
from cii.settlement.rules_corrections import causes
from cii.settlement.vocabulary import CorrectionCause, Presence
from cii.store.work import Work
from tests.settlement.build_settlement import NOVEMBER, a_desk

UNEXCUSED = Presence.UNEXCUSED_ABSENCE


def test_a_later_correction_of_attendance_is_proposed_with_its_cause_and_drafted_in_one_act(work: Work):
    desk = a_desk(work)
    placement = desk.stage.started()
    desk.attest(placement)
    desk.paid()
    assert correction_proposals(desk.checker) == []
    later = desk.on(date(2026, 12, 10))
    later.attest(placement, d03=UNEXCUSED)

    (proposal,) = correction_proposals(later.checker)
    draft = later.prefill()

    (place,) = proposal.places
    assert (str(place.stated), str(place.now), str(place.difference)) == ("2200.00", "2095.24", "-104.76")
    assert (place.causes, proposal.month.start) == ((CorrectionCause.ATTENDANCE,), NOVEMBER)
    assert (draft.sequence, draft.total) == (2, proposal.difference)
    assert correction_proposals(later.checker) == []


def test_a_stay_that_ended_earlier_is_proposed_as_such_and_another_sector_sees_nothing(work: Work):
    desk = a_desk(work)
    placement = desk.stage.started(days=(date(2026, 11, 2), date(2026, 12, 31)))
    desk.attest(placement)
    desk.paid()
    later = desk.on(date(2026, 12, 10))
    end_placement(
        later.stage.on(date(2026, 12, 10)),
        EndPlacement(placement.ref, date(2026, 11, 27), ExitType.ABORTED),
    )
    social = replace(later.checker, actor=desk.stage.actor(unit_by_code(work, "ODAS"), Role.FINANCE).actor)

    (proposal,) = correction_proposals(later.provider)

    assert proposal.places[0].causes == (CorrectionCause.STAY,)
    assert proposal.difference < Chf()
    assert correction_proposals(social) == []


@pytest.mark.parametrize(
    ("now", "then", "expected"),
    [
        ({"amount": 230000}, {}, (CorrectionCause.TARIFF,)),
        ({"attended": "20/21"}, {}, (CorrectionCause.ATTENDANCE,)),
        ({"last": "2026-11-27", "attended": "18/19"}, {}, (CorrectionCause.STAY,)),
        ({"last": "2026-11-27", "amount": 230000}, {}, (CorrectionCause.STAY, CorrectionCause.TARIFF)),
    ],
    ids=["tariff", "attendance", "stay", "stay and tariff"],
)
def test_the_cause_of_a_difference_is_read_from_both_computations(now, then, expected):
    told = {
        "amount": 220000, "basis": "weekdays", "first": "2026-11-02", "last": "2026-11-30",
        "attended": "1/1", "unpaid": [], "absences": {},
    }  # fmt: skip

    assert causes([told | now], [told | then]) == expected
    assert causes([], [told]) == (CorrectionCause.STAY, CorrectionCause.TARIFF)
