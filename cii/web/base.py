"""What every page knows: the reader's language and its formats, who is logged in, where the navigation leads.

Templates get (context names of `templates/layout`): lang, t, money, day, moment, percent, number, word,
nav, may_open(endpoint), me, csrf_token, now, demo, color_scheme, lang_urls, shortcuts, urls, query, asset;
banners(); and for forms: errors, error(name), typed(name, default), new_key().
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint as FlaskBlueprint
from flask import current_app, g, redirect, request, url_for
from werkzeug.wrappers import Response

from cii.store.work import Actor
from cii.texts import formats
from cii.texts.languages import LANGUAGES
from cii.texts.speech import say
from cii.texts.speech import word as word_of
from cii.web.assets import asset
from cii.web.banners import banners
from cii.web.rows import table_rows
from cii.wire import language, sessions
from cii.wire.doors import SIGNED_IN, House

NAV: tuple[tuple[str, str], ...] = (
    ("desk", "desk.page"),
    ("provider", "provider.index"),
    ("cases", "cases.index"),
    ("requests", "requests.index"),
    ("reviews", "glass.reviews"),
    ("rights", "rights.index"),
    ("detections", "detections.index"),
    ("measures", "measures.index"),
    ("rounds", "rounds.index"),
    ("agreements", "agreements.index"),
    ("budgets", "budgets.index"),
    ("statements", "statements.index"),
    ("final_accounts", "final_accounts.index"),
    ("outcomes", "outcomes.index"),
    ("wages", "wages.index"),
    ("coordination", "coordination.index"),
    ("reports", "reports.index"),
    ("settings", "settings.index"),
)
"""Key of text and icon, endpoint; shown when the page exists and the reader has a permit for it."""
URLS: Mapping[str, str] = {
    "desk": "desk.page",
    "search": "search.index",
    "suggest": "search.suggestions",
    "new_case": "detections.new",
    "logout": "login.log_out",
    "settings": "settings.index",
    "help": "help.index",
    "api": "openapi.page",
}
PARENTS: Mapping[str, str] = {
    "admission": "cases",
    "observations": "cases",
    "observing": "provider",
    "recognitions": "coordination",
    "meetings": "coordination",
    "agendas": "coordination",
    "minutes": "coordination",
    "decisions": "coordination",
    "report_public": "reports",
    "corrections": "coordination",
    "case_acts": "cases",
    "persons": "cases",
    "restricting": "cases",
    "case_notes": "cases",
    "visits": "cases",
    "load": "desk",
    "calendars": "desk",
    "absences": "desk",
    "news": "desk",
    "case_plan": "cases",
    "case_moments": "cases",
    "employers": "measures",
    "checks": "cases",
    "catalogue": "measures",
    "indicator_catalogue": "measures",
    "indicator_values": "agreements",
    "conditions": "measures",
    "stays": "cases",
    "case_process": "cases",
    "case_rounds": "cases",
    "round_cases": "rounds",
    "round_results": "rounds",
    "case_links": "cases",
    "tariffs": "agreements",
    "conformity": "agreements",
    "margins": "agreements",
    "providers": "agreements",
    "provider_tells": "provider",
    "unit_prices": "agreements",
    "conventions": "agreements",
    "goals": "agreements",
    "owed": "agreements",
    "negotiation": "agreements",
    "agreement_versions": "agreements",
    "calls": "agreements",
    "offers": "provider",
    "direct_awards": "agreements",
    "agreement_dates": "agreements",
    "appointments": "agreements",
    "closures": "agreements",
    "deliverables": "agreements",
    "deliverables.provider": "provider",
    "foreseen": "provider",
    "evaluations": "agreements",
    "reconciliation": "budgets",
    "budget_steering": "budgets",
    "budget_books": "budgets",
    "federal_ceiling": "budgets",
    "forecast": "budgets",
    "payments": "statements",
    "surplus": "final_accounts",
    "wage_grants": "wages",
    "paid_wages": "wages",
    "outcome_claims": "outcomes",
    "outcome_categories": "outcomes",
    "outcome_simulation": "outcomes",
    "monthly": "reports",
    "standing": "reports",
    "programmes": "reports",
    "needs": "reports",
    "fairness": "reports",
    "search": "cases",
    "definitions": "settings",
    "whatif": "settings",
    "journal": "settings",
    "journal_lookup": "settings",
    "accounts": "settings",
    "attachments": "cases",
    "erasures": "rights",
    "retention": "rights",
    "help": "settings",
    "notices": "settings",
    "outbox": "settings",
    "jobs": "settings",
    "catcher": "settings",
}
"""Pages that stand under another one of the navigation, by blueprint or by endpoint."""
SCHEMES = ("auto", "light", "dark")


class Blueprint(FlaskBlueprint):
    """A set of pages; a module of `cii.web` calls its own `page`."""


@dataclass(frozen=True)
class Me:
    """Who is logged in, as the top bar says it."""

    name: str
    unit: str
    roles: tuple[str, ...]


def context() -> dict[str, Any]:
    """The names that every template may use."""
    site: House = current_app  # type: ignore[assignment]
    settings, lang = site.wiring.settings, language.lang()
    actor: Actor | None = g.get("actor")
    reasons = g.get("reasons") or ()
    scheme = request.cookies.get("color_scheme", "auto")
    return {
        **speech(lang),
        "parts_made": {},
        "asset": asset,
        "now": site.wiring.clock.now(),
        "demo": settings.mode == "demo",
        "color_scheme": scheme if scheme in SCHEMES else "auto",
        "csrf_token": sessions.csrf_token(settings),
        "lang_urls": {code: _same_page_in(code) for code in LANGUAGES},
        "nav": _nav(actor) if actor else [],
        "may_open": lambda endpoint: may_open(endpoint, actor),
        "me": _me(actor, lang) if actor else None,
        "urls": _urls(actor),
        "banners": banners,
        "shortcuts": [],
        "query": request.args.get("q", "")[:200],
        "errors": [{"field": _input(one.field), "text": one.text} for one in reasons],
        "error": lambda name: next((one.text for one in reasons if _input(one.field) == name), None),
        "typed": _typed if reasons else lambda _, default="": default,
        "new_key": lambda: secrets.token_hex(16),
    }


def speech(lang: str) -> dict[str, Any]:
    """The texts and formats of one language."""
    return {
        "lang": lang,
        "t": lambda key, **facts: say(key, lang, **facts),
        "word": lambda value, group=None: word_of(value, lang, group),
        "money": formats.money,
        "day": lambda at: formats.day(at, lang),
        "moment": lambda at: formats.moment(at, lang),
        "percent": lambda share, decimals=None: formats.percent(share, lang, decimals),
        "number": lambda value, decimals=None: formats.number(value, lang, decimals),
        "table_rows": partial(table_rows, lang),
    }


def see_other(endpoint: str, **values: Any) -> Response:  # noqa: ANN401
    """The answer to a form that was accepted: go and read the page (303)."""
    return redirect(url_for(endpoint, **values), 303)


def address(endpoint: str) -> str:
    """The address of a page without parts, as `url_for` tells it; the frame of every page tells a dozen."""
    house: House = current_app  # type: ignore[assignment]
    return request.script_root + house.addresses[endpoint]


def may_open(endpoint: str, actor: Actor | None) -> bool:
    """Whether the page exists and the actor has a permit for it."""
    view = current_app.view_functions.get(endpoint)
    permit: frozenset[str] = getattr(view, "permit", frozenset())
    if view is None or actor is None:
        return False
    return SIGNED_IN in permit or bool(permit & actor.permits)


def _input(field: str | None) -> str | None:
    """The name of the input that stands for a field of a command: `parts.0.goal` is `parts-0-goal`."""
    return field.replace(".", "-") if field else None


def _typed(name: str, default: object = "") -> object:
    return request.form.get(name, default)


def _nav(actor: Actor) -> list[dict[str, object]]:
    return [
        {
            "key": key,
            "url": address(endpoint),
            "current": _stands_under() == endpoint.partition(".")[0],
            "count": None,
        }
        for key, endpoint in NAV
        if may_open(endpoint, actor)
    ]


def _stands_under() -> str | None:
    """What this page stands under: its own entry, or that of its blueprint, else the blueprint itself."""
    at = request.blueprint or ""
    return PARENTS.get(request.endpoint or "", PARENTS.get(at, at))


def _urls(actor: Actor | None) -> dict[str, str | None]:
    """Addresses of the frame; `new_case`, `search` and `suggest` are none without the right."""
    found: dict[str, str | None] = {}
    for name, endpoint in URLS.items():
        found[name] = address(endpoint) if endpoint in current_app.view_functions else "/"
    for name in ("new_case", "search", "suggest"):
        if not may_open(URLS[name], actor):
            found[name] = None
    return found


def _me(actor: Actor, lang: str) -> Me:
    units = ", ".join(dict.fromkeys(seat.unit for seat in actor.seats if seat.unit))
    roles = tuple(dict.fromkeys(word_of(seat.role, lang, "role") for seat in actor.seats))
    return Me(actor.name, units, roles)


def _same_page_in(lang: str) -> str:
    path = request.path if request.method == "GET" else "/"
    kept = [(name, value) for name, value in request.args.items(multi=True) if name != "lang"]
    return f"{path}?{urlencode([*kept, ('lang', lang)])}"
