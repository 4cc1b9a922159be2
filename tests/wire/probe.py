"""Views that only these tests have: one for each thing that a door must do."""

import sqlite3

from flask import Blueprint, g, request
from sqlalchemy.exc import IntegrityError, OperationalError

from cii.access.permits import Permit
from cii.access.vocabulary import Section
from cii.kernel.errors import Refusal, Refusals, UnknownThing
from cii.kernel.money import Chf
from cii.store.tables import Outgoing
from cii.wire.doors import SIGNED_IN, again, needs, once
from cii.wire.etags import require_match


class LineSpent(Refusal):
    """A refusal of this test, with money in its facts and no sentence in the catalogues."""

    code, kind = "line-spent", "conflict"


def probe(site):  # noqa: C901 - one view each
    """Views that do what the rooms' views do."""
    page = Blueprint("probe", __name__)

    def write(recipient):
        g.work.session.add(
            Outgoing(
                kind="mail", recipient=recipient, subject="s", body="b", headers={}, created_at=g.work.now
            )
        )

    @page.post("/api/v1/probe/mails")
    @needs(Permit.SEE_DESK)
    @once
    def mail():
        write(request.get_json()["to"])
        return {"to": request.get_json()["to"]}, 201

    @page.post("/api/v1/probe/spent")
    @needs(Permit.SEE_DESK)
    def spent():
        write("nobody")
        g.work.session.flush()
        raise Refusals([LineSpent(available=Chf(79_950)), UnknownThing(field="line")])

    @page.get("/api/v1/probe/persons/<ref:ref>")
    @needs(Permit.SEE_PERSON)
    def person(ref):
        if ref == "0000000000":
            raise UnknownThing
        g.work.saw("person", [7], Section.IDENTITY, "own_case")
        return {"name": "Camille"}

    @page.get("/api/v1/probe/fault/<name>")
    @needs(SIGNED_IN)
    def fault(name):
        raise {
            "locked": OperationalError("", {}, sqlite3.OperationalError("database is locked")),
            "crossed": IntegrityError("", {}, sqlite3.IntegrityError("UNIQUE")),
            "bug": KeyError("secret detail"),
            "disk": OSError(28, "No space left on device"),
        }[name]

    @page.patch("/api/v1/probe/things/<ref:ref>")
    @needs(SIGNED_IN)
    def thing(ref):
        require_match(ref, 4)
        return {"version": 5}

    @page.get("/probe/form")
    @needs(SIGNED_IN)
    def form():
        from flask import render_template_string

        return render_template_string(
            "{{ error('to') }}|{{ typed('to', 'fresh') }}|{{ csrf_token }}|{{ me.name }}"
        )

    @page.post("/probe/form")
    @needs(SIGNED_IN)
    @again(form)
    def send():
        if "@" not in request.form["to"]:
            raise UnknownThing(field="to")
        write(request.form["to"])
        return "", 303, {"Location": "/probe/form"}

    site.app.register_blueprint(page)
    return site
