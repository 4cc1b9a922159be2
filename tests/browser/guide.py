"""A small application of its own that serves the style guide as the real one serves its pages: same templates, same policy."""

from functools import partial

from flask import Flask, Response, abort, redirect, render_template, request
from jinja2 import StrictUndefined

from cii.texts import formats
from cii.texts.speech import say
from cii.web import assets
from cii.web.rows import table_rows
from cii.wire.headers import CSP
from tests.browser.sample import NOW, SAMPLE

NAV = [
    "desk",
    "cases",
    "detections",
    "measures",
    "agreements",
    "budgets",
    "statements",
    "coordination",
    "reports",
    "settings",
]


def create_guide():
    """Serves `/` (all parts), `/bare`, `/list` (a partial), `/slow` (an answer that takes a while) and the assets."""
    app = Flask(__name__, template_folder=str(assets.STATIC.parent / "templates"), static_folder=None)
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = False
    app.posts = []

    @app.context_processor
    def frame():
        lang = request.args.get("lang", "fr")
        return {
            "lang": lang,
            "t": lambda key, **facts: say(key, lang, **facts),
            "money": formats.money,
            "day": lambda at: formats.day(at, lang),
            "moment": lambda at: formats.moment(at, lang),
            "percent": lambda share: formats.percent(share, lang),
            "number": lambda n: formats.number(n, lang),
            "table_rows": partial(table_rows, lang),
            "asset": assets.asset,
            "banners": list,
            "now": NOW,
            "demo": True,
            "csrf_token": "invented-token",
            "color_scheme": request.cookies.get("color_scheme", "auto"),
            "lang_urls": {code: f"{request.path}?lang={code}" for code in ("fr", "de", "en")},
            "nav": [{"key": key, "url": f"/?at={key}", "current": key == "cases", "count": {"desk": 12, "statements": 3}.get(key)} for key in NAV],
            "me": {"name": "Amélie Rochat", "unit": "ORP Littoral", "roles": ["Gestionnaire de cas"]},
            "shortcuts": [{"key": "n", "label": say("web.case.new", lang), "url": "/bare"}],
            "urls": {"desk": "/", "search": "/", "new_case": "/", "logout": "/slow", "settings": "/", "help": "/", "api": "/"},
            "query": "",
            "sample": SAMPLE,
        }  # fmt: skip

    @app.after_request
    def guard(response):
        response.headers["Content-Security-Policy"] = CSP
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response

    @app.get("/")
    def guide():
        return render_template("layout/styleguide.html")

    @app.get("/bare")
    def bare():
        return render_template("layout/styleguide_bare.html")

    @app.post("/slow")
    def slow():
        app.posts.append(request.form.to_dict())
        return redirect("/bare", 303)

    @app.get("/static/<path:name>")
    def static(name):
        found = assets.read(name) or abort(404)
        return Response(found.packed, headers={"Content-Type": found.media_type, "Content-Encoding": "gzip"})

    return app
