"""Changes of the law: to read and to acknowledge; for who publishes, also to write and to follow."""

from collections.abc import Mapping
from typing import Any

from flask import g, render_template
from werkzeug.wrappers import Response

from cii.access.permits import Permit
from cii.access.vocabulary import Role
from cii.desk.announcing import (
    NewsShown,
    PublishNews,
    acknowledge,
    news_for_me,
    publish_news,
    published_news,
    withdraw_news,
)
from cii.institutions.queries import institutions
from cii.web.base import Blueprint, see_other
from cii.web.choices import options
from cii.wire import language
from cii.wire.doors import again, needs, once
from cii.wire.reading import asked

page = Blueprint("news", __name__)


@page.get("/news")
@needs(Permit.SEE_DESK)
def index() -> str:
    """The changes of the law that concern me; those I have not read first."""
    rows = sorted(news_for_me(g.work), key=lambda one: one.read_at is not None)
    publishes = Permit.PUBLISH_NEWS.value in g.work.actor.permits
    return render_template("pages/news/index.html", rows=[told(one) for one in rows], publishes=publishes)


@page.get("/news/published")
@needs(Permit.PUBLISH_NEWS)
def published() -> str:
    """Every news with who has read it and who has not, and the form of a new one."""
    return render_template(
        "pages/news/published.html",
        rows=[
            {
                **told(one),
                "readers": [{"name": reader.name, "read_at": reader.read_at} for reader in readers],
                "read": sum(reader.read_at is not None for reader in readers),
                "of": len(readers),
            }
            for one, readers in published_news(g.work)
        ],
        roles=options(Role, "role"),
        bodies=[{"value": one.code, "label": one.name} for one in institutions(g.work)],
        langs=("fr", "de", "en"),
        today=g.work.today.isoformat(),
    )


@page.post("/news/published")
@needs(Permit.PUBLISH_NEWS)
@once
@again(published)
def publish() -> Response:
    """Tell a change of the law."""
    publish_news(g.work, asked(PublishNews))
    return see_other("news.published")


def _index_again(ref: str) -> str:  # noqa: ARG001 - the address of the act
    return index()


def _published_again(ref: str) -> str:  # noqa: ARG001
    return published()


@page.post("/news/<ref:ref>/read")
@needs(Permit.SEE_DESK)
@once
@again(_index_again)
def read(ref: str) -> Response:
    """I have read it."""
    acknowledge(g.work, ref)
    return see_other("news.index")


@page.post("/news/<ref:ref>/withdraw")
@needs(Permit.PUBLISH_NEWS)
@once
@again(_published_again)
def withdraw(ref: str) -> Response:
    """Take it back."""
    withdraw_news(g.work, ref)
    return see_other("news.published")


def told(one: NewsShown) -> dict[str, Any]:
    """A news in the reader's language."""
    return {
        "ref": one.ref,
        "title": _in_mine(one.title),
        "text": _in_mine(one.body),
        "law": one.legal_reference,
        "valid_from": one.valid_from,
        "at": one.published_at,
        "read_at": one.read_at,
    }


def _in_mine(said: Mapping[str, str]) -> str:
    return said.get(language.lang()) or said["fr"]
