"""The door: permit, transaction, journal. One request is up to three short transactions (house.md §2).

*claim* takes an idempotency key, *act* runs the view in one `Work` and commits it, *note* writes down what a
reading request has shown, before the answer leaves, or that an attempt was refused. A view says what it
needs:

    @page.post("/cases/<ref>/plan")
    @needs(Permit.WRITE_PLAN)
    @once                       # must carry an idempotency key
    @again(plan_page)           # a refusal shows this page again, with the reasons and what was typed
    def propose(ref: str) -> Response: ...
"""

import hashlib
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from operator import itemgetter
from types import TracebackType
from typing import Any, TypeVar

from flask import Flask, Response, g, render_template, request
from sqlalchemy import Engine
from sqlmodel import Session

from cii.journal.actions import read_rows, refused
from cii.kernel.calendar import WorkingDays
from cii.kernel.clock import Clock
from cii.kernel.errors import NotAllowed, Refusal
from cii.store.secrets import keyed_hash
from cii.store.settings import Settings
from cii.store.work import Actor, Work, working
from cii.wire import idempotency, language, sessions
from cii.wire.json import HouseJson
from cii.wire.problems import STATUS, Problem, as_refusal, problem, problem_response
from cii.wire.public import PUBLIC
from cii.wire.reading import is_api
from cii.wire.refusals import KeyMissing, NotLoggedIn, TooLong, Unavailable

SIGNED_IN = "signed-in"
"""The permit of everybody who is logged in: own account, own desk."""
VISITOR = Actor("visitor")
"""Whoever comes to a public address that works on data, until the view knows better."""
_LONGEST_KEY = 200

View = TypeVar("View", bound=Callable[..., Any])
Resolve = Callable[[Session, str, datetime], Actor | None]


@dataclass(frozen=True)
class Wiring:
    """What the doors stand on; `resolve` turns a session's token into who acts (a function of access)."""

    engine: Engine
    clock: Clock
    settings: Settings
    resolve: Resolve
    calendar: WorkingDays = field(default_factory=WorkingDays)


def needs(*permits: str) -> Callable[[View], View]:
    """The view is open to actors with one of these permits; sets `view.permit`."""
    if not permits:
        raise TypeError("name a permit, or SIGNED_IN")

    def mark(view: View) -> View:
        view.permit = frozenset(map(str, permits))  # type: ignore[attr-defined]
        return view

    return mark


def once(view: View) -> View:
    """The act must not happen twice: the request carries an Idempotency-Key (or a form's hidden key)."""
    view.once = True  # type: ignore[attr-defined]
    return view


def shown_once(view: View) -> View:
    """The answer holds a secret: under a key the act happens once, and its answer is kept nowhere."""
    view.shown_once = True  # type: ignore[attr-defined]
    return view


def again(page: Callable[..., Any]) -> Callable[[View], View]:
    """A refusal shows `page` again, called with the same parts of the address; see `reasons` and `typed`."""

    def mark(view: View) -> View:
        view.again = page  # type: ignore[attr-defined]
        return view

    return mark


def claims(first: Callable[[Work], None]) -> Callable[[View], View]:
    """Run `first` in a transaction of its own, committed before the act: login counters."""

    def mark(view: View) -> View:
        view.claims = first  # type: ignore[attr-defined]
        return view

    return mark


class House(Flask):
    """The application: Flask, with the door's transactions around each view."""

    json_provider_class = HouseJson
    wiring: Wiring

    def install(self, wiring: Wiring) -> None:
        """Stand on engine, clock and settings, and tell every refusal."""
        self.wiring = wiring
        self.register_error_handler(Exception, self.tell)

    @cached_property
    def addresses(self) -> dict[str, str]:
        """Each endpoint whose address has no parts, with that address; asked for once all are registered."""
        rules = [rule for rule in self.url_map.iter_rules() if not rule.arguments]
        return {rule.endpoint: rule.rule for rule in reversed(rules)}

    def dispatch_request(self) -> Response:
        """The view between its transactions; static files, probes and automatic OPTIONS without any."""
        endpoint = request.endpoint
        if request.routing_exception is not None or endpoint is None or request.method == "OPTIONS":
            return self.make_response(super().dispatch_request())
        public = PUBLIC.get(endpoint)
        if public is not None and not public.works:
            return self.make_response(super().dispatch_request())
        return self._pass(self.view_functions[endpoint])

    def _pass(self, view: Callable[..., Any]) -> Response:
        sessions.require_own_page(self.wiring.settings)
        kept = self._claim(view)
        if isinstance(kept, idempotency.Kept):
            headers = dict(kept.headers) | {"Idempotency-Replayed": "true"}
            return Response(kept.body, kept.status, headers)
        run = super().dispatch_request
        if request.method in sessions.SAFE:
            return self._read(view, run)
        with self._working(writing=True) as work:
            self._admit(work, view)
            answer = self.make_response(run())
            read_rows(work)
            if kept is not None:
                said = None if getattr(view, "shown_once", False) else answer.get_data(as_text=True)
                idempotency.keep(work.session, kept, answer.status_code, dict(answer.headers), said)
        return answer

    def _read(self, view: Callable[..., Any], run: Callable[[], Any]) -> Response:
        """Show, then write down what was shown, then let the answer leave."""
        with self._working(writing=False) as work:
            self._admit(work, view)
            answer = self.make_response(run())
        if work.seen or work.afterwards:
            try:
                with self._working(writing=True) as note:
                    note.actor, note.seen = work.actor, work.seen
                    read_rows(note)
                    for keep in work.afterwards:
                        keep(note)
            except Exception as no:
                raise Unavailable from no
        return answer

    def _working(self, *, writing: bool) -> "_Working":
        return _Working(self.wiring, writing=writing)

    def _admit(self, work: Work, view: Callable[..., Any]) -> None:
        """Find out who acts, in the act's own transaction, and refuse whoever has no permit for the view."""
        token = sessions.session_token(self.wiring.settings)
        actor = self.wiring.resolve(work.session, token, work.now) if token else None
        g.lang = language.choose(actor.lang if actor else None)
        if actor is None:
            if request.endpoint not in PUBLIC:
                raise NotLoggedIn
            work.actor = VISITOR
            return
        work.actor = g.actor = actor
        permit: frozenset[str] = getattr(view, "permit", frozenset())
        if request.endpoint not in PUBLIC and SIGNED_IN not in permit and not permit & actor.permits:
            raise NotAllowed

    def _claim(self, view: Callable[..., Any]) -> idempotency.Claim | idempotency.Kept | None:
        """Take the idempotency key of a change; None where there is none."""
        if request.method in sessions.SAFE:
            return None
        if first := getattr(view, "claims", None):
            with self._working(writing=True) as work:
                g.lang = language.choose()
                first(work)
        if request.endpoint in PUBLIC:
            return None
        key = request.headers.get("Idempotency-Key") or request.form.get("idempotency_key", "")
        if len(key) > _LONGEST_KEY:
            raise TooLong(field="Idempotency-Key", max=_LONGEST_KEY)
        if not key and not getattr(view, "once", False):
            return None
        with self._working(writing=True) as work:
            self._admit(work, view)
            if not key:
                raise KeyMissing
            g.claim = idempotency.claim(
                work.session,
                f"account:{work.actor.account_id}",
                key,
                _request_digest(work.settings),
                work.now,
            )
        claimed: idempotency.Claim | idempotency.Kept = g.claim
        return claimed

    def tell(self, fault: Exception) -> Response:
        """The last resort of every request: any exception becomes an answer that says no."""
        g.work = None
        no = as_refusal(fault)
        try:
            self._note(no)
        except Exception as second:  # noqa: BLE001 - the note is part of the answer: without it, 503
            no = as_refusal(second) if not isinstance(no, Unavailable) else no
        told = problem(no, language.lang())
        if is_api():
            return problem_response(told)
        return self._told_on_a_page(told)

    def _note(self, no: Refusal) -> None:
        """Give the key back and write the refused attempt into the journal."""
        claim, actor = g.get("claim"), g.get("actor")
        if not isinstance(claim, idempotency.Claim) and actor is None:
            return
        with self._working(writing=True) as work:
            if isinstance(claim, idempotency.Claim):
                idempotency.give_back(work.session, claim)
            if actor is not None:
                work.actor = actor
                ref = (request.view_args or {}).get("ref")
                refused(work, str(request.endpoint)[:60], "request", no.reasons[0].code, ref=ref and ref[:40])

    def _told_on_a_page(self, told: Problem) -> Response:
        g.reasons = told.reasons
        view = self.view_functions.get(request.endpoint or "")
        page = getattr(view, "again", None)
        if page is not None and view is not None and told.status not in (403, 500, 503):
            with suppress(Exception):
                answer = self._read(view, lambda: page(**(request.view_args or {})))
                return self._with_status(answer, told)
        name = "pages/login.html" if told.status == STATUS["closed"] else "pages/error.html"
        answer = self.make_response(render_template(name, problem=told, next=_here(), email=""))
        return self._with_status(answer, told)

    @staticmethod
    def _with_status(answer: Response, told: Problem) -> Response:
        answer.status_code = told.status
        if told.retry_after is not None:
            answer.headers["Retry-After"] = str(told.retry_after)
        return answer


class _Working:
    """A transaction of the request at hand: `g.work` inside, committed at its end."""

    def __init__(self, wiring: Wiring, *, writing: bool) -> None:
        self._inner = working(
            wiring.engine,
            VISITOR,
            wiring.clock.now(),
            calendar=wiring.calendar,
            settings=wiring.settings,
            writing=writing,
        )

    def __enter__(self) -> Work:
        work = self._inner.__enter__()
        work.correlation = g.setdefault("correlation", work.correlation)
        g.work = work
        return work

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> bool | None:
        g.work = None
        return self._inner.__exit__(kind, fault, trace)


def _here() -> str:
    """Where to go after login: the page that was asked for, if it was one to read."""
    return request.full_path.rstrip("?") if request.method == "GET" else "/"


def _request_digest(settings: Settings) -> str:
    """What makes this request the same as another: method, address, body or form without its proof, files.

    Only the house can compute it: a form may hold a number of which there are few enough to try them all.
    """
    if request.form or request.files:
        form = sorted((name, text) for name, text in request.form.items(multi=True) if name != "csrf_token")
        files = []
        for name, held in sorted(request.files.items(multi=True), key=itemgetter(0)):
            files.append((name, held.filename, hashlib.sha256(held.read()).hexdigest()))
            held.seek(0)
        body: object = [form, files]
    else:
        body = hashlib.sha256(request.get_data(cache=True)).hexdigest()
    plain = idempotency.request_digest(request.method, request.full_path, body)
    return keyed_hash(settings.secret_key.get_secret_value(), f"request {plain}")
