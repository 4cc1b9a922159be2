"""Login, logout and the start page."""

from flask import current_app, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from cii.access.entering import count_attempt
from cii.access.entering import log_in as open_door
from cii.access.entering import log_out as close_door
from cii.access.vocabulary import Role
from cii.store.work import Work
from cii.web.base import Blueprint, may_open, see_other
from cii.wire import sessions
from cii.wire.doors import SIGNED_IN, again, claims, needs

page = Blueprint("login", __name__)


def _inside(address: str) -> str:
    """The address within this house where login leads; anything else leads to the start page."""
    local = address.startswith("/") and not address.startswith(("//", "/\\")) and "\\" not in address
    return address if local and address.isprintable() else "/"


@page.get("/login", endpoint="page")
def login_page() -> str:
    """The form to log in."""
    return render_template("pages/login.html", next=_inside(request.values.get("next", "/")))


def _count(work: Work) -> None:
    count_attempt(work, request.form.get("email", "")[:200])


@page.post("/login")
@claims(_count)
@again(login_page)
def log_in() -> Response:
    """Open a session and go where the reader wanted to go."""
    _, token = open_door(g.work, request.form.get("email", "")[:200], request.form.get("password", "")[:200])
    answer = redirect(_inside(request.form.get("next", "/")), 303)
    return sessions.open_session(current_app.make_response(answer), g.work.settings, token)


@page.post("/logout")
@needs(SIGNED_IN)
def log_out() -> Response:
    """End the session."""
    settings = g.work.settings
    close_door(g.work, sessions.session_token(settings) or "")
    return sessions.end_session(current_app.make_response(see_other("login.page")), settings)


WORKPLACE = {
    Role.PROVIDER: "provider.index",
    Role.FINANCE: "statements.index",
    Role.CONTRACT_MANAGER: "agreements.index",
    Role.DASHBOARD_REFERENCE: "reports.index",
    Role.STEERING: "reports.index",
    Role.AUDITOR: "journal.index",
    Role.DATA_PROTECTION_OFFICER: "journal.index",
    Role.ADMINISTRATOR: "accounts.index",
}
"""Where the day of a role begins that has no tasks of cases; every other begins at the desk."""


@page.get("/")
@needs(SIGNED_IN)
def home() -> Response:
    """The start page is the desk; for roles without tasks of cases, the page where their work waits."""
    roles = {Role(seat.role) for seat in g.work.actor.seats}
    begins = [endpoint for role, endpoint in WORKPLACE.items() if role in roles]
    own = begins if roles <= set(WORKPLACE) else []
    start = next((endpoint for endpoint in own if may_open(endpoint, g.work.actor)), "desk.page")
    return redirect(url_for(start), 303)
