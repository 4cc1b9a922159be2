"""Editions: an agreement kept whole as it stood, under a digest, and read back to the same value.

An edition is kept when a draft is laid before the provider or the steering group and when it is signed;
nothing in it ever changes. What is compared, printed or signed later is the edition, not the rows of today.
"""

from collections.abc import Sequence
from dataclasses import asdict
from functools import cache
from typing import Any

from sqlalchemy import func, select
from sqlmodel import col

from cii.access.vocabulary import Role
from cii.agreements.queries import agreement_by_ref, agreement_view, reads_laid_only
from cii.agreements.tables import Agreement
from cii.conventions.parts import Text
from cii.conventions.queries import convention, text_of, whole_of
from cii.conventions.tables import ConventionEdition
from cii.conventions.vocabulary import EditionCause
from cii.conventions.whole import Convention
from cii.journal.actions import wrote
from cii.kernel.digest import digest
from cii.kernel.errors import UnknownThing
from cii.store.work import HOUSE, Work
from cii.wire.answers import answer_schema
from cii.wire.schema import load_with, request_schema


def as_plain(whole: Convention) -> dict[str, Any]:
    """The whole as JSON says it: words by value, money as text, days in ISO form."""
    told: dict[str, Any] = answer_schema(Convention)().dump(whole)
    return told


def read_back(told: object) -> Convention:
    """The value that `as_plain` told; fields that a later shape has and an older edition lacks are empty."""
    read: Convention = load_with(_schema()(), told)
    return read


@cache
def _schema() -> Any:  # noqa: ANN401 - marshmallow's own class
    return request_schema(Convention)


def digest_of(whole: Convention) -> str:
    """The SHA-256 of what was agreed: of everything but the state and the version in which it stands.

    Two drafts that say the same have the same digest, whenever they were kept.
    """
    said = asdict(whole)
    said["header"].pop("state")
    return digest(said)


def keep_edition(work: Work, agreement: Agreement, cause: EditionCause, note: str = "") -> ConventionEdition:
    """Keep the agreement whole as it stands; the newest edition is returned again when nothing has changed.

    No visibility and no state: the caller found the agreement as one it may act on.
    """
    whole = whole_of(work, agreement_view(work, agreement.ref))
    said, newest = digest_of(whole), newest_edition(work, agreement.id or 0)
    if newest is not None and (newest.digest, newest.cause) == (said, cause):
        return newest
    made = ConventionEdition(
        agreement_id=agreement.id or 0,
        number=(newest.number if newest else 0) + 1,
        cause=cause,
        note=note,
        whole=as_plain(whole),
        digest=said,
        recorded_at=work.now,
        account_id=work.actor.account_id,
    )
    work.session.add(made)
    work.session.flush()
    wrote(
        work, "edition_kept", "agreement", agreement.id, ref=agreement.ref,
        payload={"edition": made.number, "cause": cause, "digest": said},
    )  # fmt: skip
    return made


def current_digest(work: Work, agreement: Agreement) -> str:
    """The digest of the agreement as it stands now."""
    return digest_of(whole_of(work, agreement_view(work, agreement.ref)))


def newest_edition(work: Work, agreement_id: int) -> ConventionEdition | None:
    """The last edition that was kept, if any."""
    return work.session.scalars(
        select(ConventionEdition)
        .where(col(ConventionEdition.agreement_id) == agreement_id)
        .order_by(col(ConventionEdition.number).desc())
        .limit(1)
    ).first()


def editions_of(work: Work, ref: str) -> Sequence[ConventionEdition]:
    """The editions of an agreement that the actor may see, the newest first; refuses UnknownThing.

    A provider sees what was laid before it and what was signed, not what the payer submitted elsewhere.
    """
    agreement = agreement_by_ref(work, ref)
    wanted = [col(ConventionEdition.agreement_id) == agreement.id]
    if work.actor != HOUSE and work.actor.has_role(Role.PROVIDER):
        wanted.append(col(ConventionEdition.cause).in_((EditionCause.ROUND, EditionCause.SIGNED)))
    return work.session.scalars(
        select(ConventionEdition).where(*wanted).order_by(col(ConventionEdition.number).desc())
    ).all()


def edition_by_ref(work: Work, agreement_ref: str, ref: str) -> ConventionEdition:
    """An edition of an agreement that the actor may see; refuses UnknownThing."""
    found = next((one for one in editions_of(work, agreement_ref) if one.ref == ref), None)
    if found is None:
        raise UnknownThing(field="edition_ref")
    return found


def laid_edition(work: Work, ref: str) -> ConventionEdition | None:
    """The last edition that was laid before the provider or signed; refuses UnknownThing (the agreement)."""
    laid = (EditionCause.ROUND, EditionCause.SIGNED)
    return next((one for one in editions_of(work, ref) if one.cause in laid), None)


def whole_read(work: Work, ref: str) -> Convention:
    """The whole agreement as the actor may read it; refuses UnknownThing, also while nothing was laid yet."""
    if not reads_laid_only(work, agreement_by_ref(work, ref)):
        return convention(work, ref)
    laid = laid_edition(work, ref)
    if laid is None:
        raise UnknownThing(field="agreement_ref")
    return edition_whole(laid)


def text_read(work: Work, agreement: Agreement) -> Text:
    """The text as the actor may read it: as it stands, or as it was last laid before its provider."""
    if not reads_laid_only(work, agreement):
        return text_of(work, agreement.id or 0)
    laid = laid_edition(work, agreement.ref)
    return edition_whole(laid).text if laid is not None else Text()


def edition_whole(row: ConventionEdition) -> Convention:
    """What the edition says, as a value."""
    return read_back(row.whole)


def editions_counted(work: Work, agreement_id: int) -> int:
    """How many editions were kept."""
    wanted = select(func.count(col(ConventionEdition.id))).where(
        col(ConventionEdition.agreement_id) == agreement_id
    )
    return int(work.session.execute(wanted).scalar_one())
