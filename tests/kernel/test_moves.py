import pytest

from cii.kernel.errors import NotAllowed, Refusal, Refusals, UnknownThing, refuse
from cii.kernel.money import NotMoney
from cii.kernel.moves import IllegalMove, move, open_moves

STATEMENT = {
    "draft": {"submit": "submitted"},
    "submitted": {"approve": "approved", "return": "draft"},
    "approved": {"pay": "paid"},
}


def test_a_statement_moves_as_its_table_says():
    assert move(STATEMENT, "submitted", "return") == "draft"
    assert open_moves(STATEMENT, "submitted") == ("approve", "return")
    assert open_moves(STATEMENT, "paid") == ()


def test_an_illegal_move_lists_those_that_are_open():
    with pytest.raises(IllegalMove) as no:
        move(STATEMENT, "submitted", "pay")

    assert no.value.facts == {"state": "submitted", "event": "pay", "open": "approve, return"}
    assert no.value.kind == "conflict"


def test_nothing_moves_out_of_a_last_state():
    with pytest.raises(IllegalMove) as no:
        move(STATEMENT, "paid", "pay")
    assert no.value.facts["open"] == ""


def test_all_reasons_for_no_come_at_once_and_the_gravest_names_the_kind():
    with pytest.raises(Refusals) as no:
        refuse([NotMoney(text="x", field="cost"), NotAllowed(), Refusals([UnknownThing()])])

    assert [one.code for one in no.value.reasons] == ["not-money", "not-allowed", "unknown"]
    assert no.value.kind == "unknown"
    assert no.value.reasons[0].field == "cost"
    assert str(no.value) == "not-money(text=x); not-allowed(); unknown()"


def test_one_reason_is_raised_as_itself_and_none_not_at_all():
    with pytest.raises(NotMoney):
        refuse([NotMoney(text="x")])

    assert refuse(iter([])) is None
    with pytest.raises(ValueError, match="needs a reason"):
        Refusals([])


def test_a_simple_refusal_is_its_own_reason():
    no = Refusal(cause="late")

    assert no.reasons == (no,)
    assert (no.code, no.kind, str(no)) == ("refused", "unfit", "refused(cause=late)")
