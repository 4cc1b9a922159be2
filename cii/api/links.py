"""Signed links of a case: made, listed, revoked. Their bearers use the page behind the link, not this API."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from flask import g

from cii.access.vocabulary import LinkPurpose
from cii.api.base import PREFIX, Blueprint
from cii.partners.actions import MakeLink, address_of, make, revoke
from cii.partners.queries import LinkLine, link_lines
from cii.partners.rules import PERMITS
from cii.wire.answers import only, paged
from cii.wire.doors import needs, shown_once
from cii.wire.pages import Page

blueprint = Blueprint("api-links", __name__, url_prefix=PREFIX)
MAKERS = tuple(dict.fromkeys(PERMITS.values()))


@dataclass(frozen=True)
class LinkMade:
    """A link just made: `code` is told by telephone, `address` is given for a letter only; both this once."""

    ref: str
    purpose: LinkPurpose
    until: date
    code: str | None
    address: str | None


@dataclass(frozen=True)
class LinkRevoked:
    """The link that no longer opens."""

    ref: str


LINK = only(
    LinkLine, "ref", "purpose", "bearer", "delivery", "state", "made_by", "made_at", "until", "opened_at",
    "used_at", "revoked_at", "failed", "answer",
)  # fmt: skip


@blueprint.get("/cases/<ref:ref>/links")
@needs(*MAKERS)
@blueprint.response(200, paged(LINK))
def links(ref: str) -> Page[LinkLine]:
    """The links that my unit has made for this case, the newest first."""
    return Page(link_lines(g.work, ref))


@blueprint.post("/cases/<ref:ref>/links")
@needs(*MAKERS)
@shown_once
@blueprint.arguments(MakeLink, given=("case_ref",))
@blueprint.response(201, only(LinkMade, "ref", "purpose", "until", "code", "address"))
def made(ask: Callable[..., MakeLink], ref: str) -> LinkMade:
    """Make a link; sent again while the first stands it is refused, so it needs no key.

    Under a key the answer is not given again: code and address are shown once.
    """
    done = make(g.work, ask(case_ref=ref))
    address = address_of(g.work, done.token) if done.token else None
    return LinkMade(done.ref, done.purpose, done.until, done.code, address)


@blueprint.post("/links/<ref:ref>/revocation")
@needs(*MAKERS)
@blueprint.response(200, only(LinkRevoked, "ref"))
def revoked(ref: str) -> LinkRevoked:
    """Close a link at once."""
    return LinkRevoked(revoke(g.work, ref).ref)
