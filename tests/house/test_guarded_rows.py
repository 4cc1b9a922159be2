"""Rows of money attacked one column at a time in the migrated database: what was told, decided or paid stays."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import Column, select, text, update
from sqlalchemy.exc import DBAPIError
from sqlmodel import SQLModel

from cii.store.columns import Words
from cii.store.naming import load_all_tables
from cii.store.work import Work
from tests.conftest import NOW
from tests.house.test_schema import ABOVE, COMPLETED
from tests.institutions.build_institutions import a_unit
from tests.people.build_people import a_person
from tests.rights.build_erasing import LEADING, a_written_row, officers

WHO = "a second person"
_YEAR = COMPLETED["year_account"] | {"state": "settled", "approved_by": WHO, "settled_by": WHO, "subsidy": 1}
_GRANT = COMPLETED["wage_grant"] | {"decided_by": WHO}
_RECEIVED = {"received_on": NOW.date()}
_ACCOUNT = ("provider_account", COMPLETED["provider_account"] | {"decided_by": WHO})
_STAY = ("placement", {"state": "cancelled", "provider_unit_id": None})
_UNSIGNED = ("agreement", {"signed_by": None})
BEFORE = ABOVE | {
    "account_item": [_UNSIGNED, ("year_account", COMPLETED["year_account"])],
    "receivable": [_UNSIGNED, ("year_account", COMPLETED["year_account"])],
    "opening_balance": [_UNSIGNED],
    "payment_transfer": [_ACCOUNT],
    "transfer_answer": [_ACCOUNT],
    "transfer_return": [_UNSIGNED, _ACCOUNT],
    "wage_engagement": [_STAY, ("wage_grant", _GRANT)],
    "wage_result": [_STAY, ("wage_grant", _GRANT)],
}
"""Rows that must be there before."""
SHAPES = {
    "account_payment": {"released_by": WHO},
    "carry_over": {"amount": 5, "held_before": 0, "balance": 5},
    "ceiling_fact": {"year": 2026},
    "opening_balance": {"stage": "paid"},
    "outcome_scheme_version": {"published_by": WHO},
    "payment": {"released_by": WHO},
    "payment_release": {"released_by": WHO},
    "placement_break": {"withdrawn_at": NOW},
    "provider_account": {"decided_by": WHO},
    "receivable": _RECEIVED,
    "reversal_request": {"decided_by": WHO, "decided_at": NOW, "granted": True},
    "statement": {"period_end": NOW.date().replace(day=31), "returned_reason": None, "prepared_by": None}
    | {"state": "approved", "approved_by": WHO, "approved_at": NOW},
    "surplus_clause": {"share_permille": 0},
    "transfer_answer": {"reason": ""},
    "wage_grant": _GRANT,
    "wage_part": {"state": "declined", "reason": "Non."},
    "year_account": _YEAR,
}
"""What makes the row as complete as it gets."""
SAID = ("append-only", "stays as it was", "keeps its", "keep their", "handed in")
KEPT: dict[str, tuple[str, ...]] = {
    "account_item": (),
    "account_payment": (),
    "agreement_closure": ("withdrawn_at",),
    "prices_kept": (),
    "report_comment": (),
    "report_input": (),
    "attendance": (),
    "attendance_import": (),
    "absence_notice": (),
    "carry_over": (),
    "ceiling_fact": (),
    "client_category": (),
    "incoming_payment": (),
    "ledger_entry": (),
    "opening_balance": (),
    "outcome": ("state", "version"),
    "outcome_budget": (),
    "outcome_scheme_version": (),
    "outcome_step": (),
    "paid_wage": (),
    "payment": (),
    "payment_file": (),
    "payment_file_form": (),
    "payment_release": (),
    "payment_transfer": (),
    "placement_break": (),
    "placement_category": (),
    "placement_event": (),
    "provider_account": (),
    "receivable": (),
    "reversal_request": (),
    "settled_year": (),
    "statement": ("state", "version"),
    "statement_remark": (),
    "subcontractor": ("valid_to",),
    "surplus_clause": (),
    "tariff": ("valid_to",),
    "transfer_answer": (),
    "transfer_return": (),
    "wage_engagement": (),
    "wage_grant": ("decision", "state", "version", "decided_by", "decided_at"),
    "wage_part": (),
    "wage_result": (),
    "year_account": ("version",),
}
"""Tables of money, with the columns that may still move in the row that is written here."""


ELSEWHERE = {
    "movement", "budget_account", "budget_year", "budget_ceiling", "budget_ceiling_step", "budget_transfer",
    "statement_line",
}  # fmt: skip
"""Attacked where the rest of their rules is (`tests/budgets`, `tests/settlement`)."""
MOVING = {
    "agreement": "signed once (four eyes), then ended; its prices, closures and terms are rows of their own",
    "agreement_measure": "what a draft buys",
    "deliverable": "awaited, then received",
    "finding": "stands until its cause is gone, then closed; each night may see it again",
    "indicator": "terms of a draft",
    "objective": "terms of a draft",
    "outcome_scheme": "a heading; its formula, budget and outcomes are rows of their own",
    "provider": "the register of providers",
    "reconciliation_run": "a date may be run again",
}
"""Tables of these rooms whose rows change, and why."""
ROOMS = (
    "agreements",
    "budgets",
    "final_accounts",
    "outcomes",
    "payments",
    "reconciliation",
    "settlement",
    "wages",
)


def test_every_table_of_money_is_guarded_or_says_why_not():
    load_all_tables()
    held = {
        one.local_table.name
        for one in SQLModel._sa_registry.mappers
        if one.class_.__module__.startswith(tuple(f"cii.{room}." for room in ROOMS))
    }

    assert held - set(KEPT) - ELSEWHERE == set(MOVING)


def another(column: Column, value: object) -> object:
    """Some other value of the column's kind."""
    if isinstance(column.type, Words):
        return next((one for one in column.type.words if one != value), value)
    kinds = {
        bool: lambda v: not v,
        datetime: lambda v: v + timedelta(hours=1),
        date: lambda v: v + timedelta(days=1),
        str: lambda v: "zz" + v[2:] if not v.startswith("zz") else "yy" + v[2:],
        int: lambda v: v + 1,
        dict: lambda v: v | {"more": 1},
        list: lambda v: [*v, 1],
        bytes: lambda v: v + b"1",
    }
    for kind, made in kinds.items():
        if isinstance(value, kind):
            return made(value)
    return type(value)(value.centimes + 1)


def a_row_of(work: Work, name: str) -> int:
    """One row of the table, as complete as it gets."""
    unit = a_unit(work, None)
    held = {"person": a_person(work, unit).id, "unit": unit.id}
    held["account"], other = (hand.actor.account_id for hand in officers(work))

    def known(told: dict) -> dict:
        return {key: other if one is WHO else one for key, one in told.items()}

    for above, more in BEFORE.get(name, ()):
        held[above] = a_written_row(work, above, held, known(more))

    told = COMPLETED.get(name, LEADING.get(name, {})) | SHAPES.get(name, {})
    return a_written_row(work, name, held, known(told))


def let_through(work: Work, attack) -> str:
    """What the database says to an attack, empty when it lets it happen; taken back either way."""
    point = work.session.begin_nested()
    try:
        work.session.connection().execute(attack)
    except DBAPIError as no:
        return str(no.orig)
    else:
        return ""
    finally:
        point.rollback()


@pytest.mark.parametrize("name", KEPT)
def test_a_row_of_money_is_neither_changed_nor_removed(writing: Work, name: str):
    lite = writing.session.get_bind().dialect.name == "sqlite"
    table = SQLModel.metadata.tables[name]
    at = a_row_of(writing, name)
    row = writing.session.connection().execute(select(table).where(table.c.id == at)).one()._mapping
    mine = table.c.id == at
    attacks = {
        one.name: update(table).where(mine).values({one.name: another(one, row[one.name])})
        for one in table.columns
        if row[one.name] is not None and one.name not in KEPT[name]
    }
    attacks |= {"all of it": table.delete().where(mine)}
    attacks["replaced" if lite else "emptied"] = text(
        f"REPLACE INTO {name} SELECT * FROM {name}" if lite else f"TRUNCATE {name} CASCADE"
    )

    said = {what: let_through(writing, attack) for what, attack in attacks.items()}

    assert {what: no for what, no in said.items() if not any(one in no for one in SAID)} == {}


def test_an_approved_statement_goes_on_to_its_payment_and_nowhere_else(writing: Work):
    at = a_row_of(writing, "statement")
    nobody = {"approved_by": None, "approved_at": None}
    moves = {"paid": {}, "checked": nobody, "submitted": nobody, "prefilled": nobody}
    table = SQLModel.metadata.tables["statement"]

    said = {
        state: let_through(writing, update(table).where(table.c.id == at).values(state=state, **more))
        for state, more in moves.items()
    }

    assert said.pop("paid") == ""
    assert all("stays as it was" in no for no in said.values())
