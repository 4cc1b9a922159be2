"""Accounts: who may enter, with which seats. The administration sees no case content."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from flask import g, render_template
from werkzeug.wrappers import Response

from cii.access.actions import (
    SHORTEST_PASSWORD,
    AddAccount,
    add_account,
    add_membership,
    close_account,
    end_membership,
    set_password,
)
from cii.access.permits import Permit
from cii.access.queries import account_by_ref
from cii.access.roster import AccountLine, Chair, account_line, accounts, membership_of
from cii.access.vocabulary import Role
from cii.institutions.queries import unit_by_ref, units
from cii.store.work import Work
from cii.web.base import Blueprint, see_other
from cii.web.choices import options, t, text_asked, word
from cii.wire.doors import again, needs, once
from cii.wire.reading import asked

page = Blueprint("accounts", __name__)
_PAGE = 50


@dataclass(frozen=True)
class GiveSeat:
    """A seat for an account; from today when no day is named. `last_day` is its last day."""

    unit_ref: str
    role: Role
    valid_from: date | None = None


@dataclass(frozen=True)
class EndSeat:
    """Which seat of the account ends."""

    seat: int


@dataclass(frozen=True)
class NewPassword:
    """Another password for an account."""

    password: str = field(metadata={"secret": True, "max": 200})


@page.get("/accounts", endpoint="index")
@needs(Permit.MANAGE_ACCOUNTS)
def accounts_page() -> str:
    """The accounts."""
    return render_template("pages/accounts/index.html", **_roster(g.work))


@page.get("/accounts/new")
@needs(Permit.MANAGE_ACCOUNTS)
def new() -> str:
    """The form that opens an account."""
    return render_template("pages/accounts/new.html", least=SHORTEST_PASSWORD)


@page.post("/accounts/new")
@needs(Permit.MANAGE_ACCOUNTS)
@once
@again(new)
def add() -> Response:
    """Open an account."""
    made = add_account(g.work, asked(AddAccount))
    return see_other("accounts.one", ref=made.ref)


@page.get("/accounts/<ref:ref>")
@needs(Permit.MANAGE_ACCOUNTS)
def one(ref: str) -> str:
    """One account with its seats."""
    return render_template("pages/accounts/one.html", **_account(g.work, ref))


@page.post("/accounts/<ref:ref>/seats")
@needs(Permit.MANAGE_ACCOUNTS)
@once
@again(one)
def give_seat(ref: str) -> Response:
    """Give the account a seat in a unit."""
    ask = asked(GiveSeat)
    unit = unit_by_ref(g.work, ask.unit_ref)
    add_membership(g.work, account_by_ref(g.work, ref), unit.id or 0, ask.role, valid_from=ask.valid_from)
    return see_other("accounts.one", ref=ref)


@page.post("/accounts/<ref:ref>/seats/end")
@needs(Permit.MANAGE_ACCOUNTS)
@once
@again(one)
def end_seat(ref: str) -> Response:
    """End a seat today."""
    end_membership(g.work, membership_of(g.work, ref, asked(EndSeat).seat))
    return see_other("accounts.one", ref=ref)


@page.get("/accounts/<ref:ref>/password")
@needs(Permit.MANAGE_ACCOUNTS)
def password(ref: str) -> str:
    """The form that gives another password."""
    return render_template(
        "pages/accounts/password.html", account=account_line(g.work, ref), least=SHORTEST_PASSWORD
    )


@page.post("/accounts/<ref:ref>/password")
@needs(Permit.MANAGE_ACCOUNTS)
@once
@again(password)
def change_password(ref: str) -> Response:
    """Give the account another password; its open sessions end."""
    set_password(g.work, account_by_ref(g.work, ref), asked(NewPassword).password)
    return see_other("accounts.one", ref=ref)


@page.post("/accounts/<ref:ref>/closing")
@needs(Permit.MANAGE_ACCOUNTS)
@once
@again(one)
def close(ref: str) -> Response:
    """Close an account: nobody enters with it any more."""
    close_account(g.work, account_by_ref(g.work, ref))
    return see_other("accounts.one", ref=ref)


def _roster(work: Work) -> dict[str, Any]:
    text = text_asked("text")
    found = accounts(work, text=text, after=text_asked("after"), limit=_PAGE + 1)
    kept = found[:_PAGE]
    return {
        "text": text,
        "rows": [_row(one) for one in kept],
        "next_mark": kept[-1].email if len(found) > _PAGE else None,
    }


def _row(line: AccountLine) -> dict[str, Any]:
    return {
        "ref": line.ref,
        "name": line.name,
        "email": line.email,
        "seats": "; ".join(f"{word(one.role)}, {one.unit.code}" for one in line.chairs) or None,
        "last_login": line.last_login,
        "state": _state(line),
        "tone": None if line.active else "quiet",
    }


def _state(line: AccountLine) -> dict[str, str]:
    if not line.active:
        return {"label": t("web.accounts.closed"), "tone": "neutral"}
    if not line.has_password:
        return {"label": t("web.accounts.no-password"), "tone": "warn"}
    return {"label": t("web.accounts.active"), "tone": "good"}


def _account(work: Work, ref: str) -> dict[str, Any]:
    line = account_line(work, ref)
    return {
        "account": line,
        "state": _state(line),
        "own": work.actor.account_id == account_by_ref(work, ref).id,
        "chairs": [_chair(one) for one in line.chairs],
        "units": [{"value": one.ref, "label": f"{one.code}, {one.name}"} for one in units(work)],
        "roles": options(Role),
    }


def _chair(chair: Chair) -> dict[str, Any]:
    state = {"label": t("web.accounts.seat-live"), "tone": "good"} if chair.live else None
    return {
        "id": chair.id,
        "unit": f"{chair.unit.name} ({chair.unit.code})",
        "role": word(chair.role),
        "since": chair.since,
        "until": chair.until,
        "live": chair.live,
        "state": state,
        "tone": None if chair.live else "quiet",
    }
