"""A program logs in, asks who it is, logs out."""

from dataclasses import dataclass, field

from flask import g

from cii.access.entering import count_attempt
from cii.access.entering import log_in as open_door
from cii.access.entering import log_out as close_door
from cii.api.base import PREFIX, Blueprint
from cii.store.work import Work
from cii.texts.speech import word
from cii.wire import language, reading, sessions
from cii.wire.answers import answer_schema
from cii.wire.doors import SIGNED_IN, claims, needs
from cii.wire.schema import load

blueprint = Blueprint("session", __name__, url_prefix=f"{PREFIX}/session")


@dataclass(frozen=True)
class LogIn:
    """Who wants in, and the proof."""

    email: str
    password: str = field(metadata={"secret": True}, repr=False)


@dataclass(frozen=True)
class OpenSession:
    """The token to send as `Authorization: Bearer`, shown this once."""

    token: str
    name: str
    lang: str


@dataclass(frozen=True)
class SeatShown:
    """One function in one unit."""

    role: str
    role_name: str
    sector: str | None


@dataclass(frozen=True)
class MeShown:
    """Who is logged in, with which functions and permits; `csrf_token` goes with a session by cookie."""

    name: str
    lang: str
    seats: tuple[SeatShown, ...]
    permits: tuple[str, ...]
    csrf_token: str


def _count(work: Work) -> None:
    count_attempt(work, load(LogIn, reading.body()).email)


@blueprint.post("")
@claims(_count)
@blueprint.arguments(LogIn)
@blueprint.response(201, answer_schema(OpenSession))
def log_in(ask: LogIn) -> OpenSession:
    """Open a session and receive its token."""
    account, token = open_door(g.work, ask.email, ask.password)
    return OpenSession(token, account.name, account.lang)


@blueprint.get("")
@needs(SIGNED_IN)
@blueprint.response(200, answer_schema(MeShown))
def me() -> MeShown:
    """Who this session belongs to, and what they may do."""
    actor, lang = g.work.actor, language.lang()
    seats = tuple(SeatShown(one.role, word(one.role, lang, "role"), one.sector) for one in actor.seats)
    proof = sessions.csrf_token(g.work.settings)
    return MeShown(actor.name, actor.lang, seats, tuple(sorted(actor.permits)), proof)


@blueprint.delete("")
@needs(SIGNED_IN)
@blueprint.response(204)
def log_out() -> None:
    """End the session."""
    close_door(g.work, sessions.session_token(g.work.settings) or "")
