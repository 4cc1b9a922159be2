"""How the demo's agreements in force came about: the draft that the provider accepted, the edition signed.

Written as rows of their days; the texts are those that stand in the database.
"""

from datetime import UTC, date, datetime, timedelta

from sqlmodel import col, select

from cii.agreements.queries import agreement_view
from cii.agreements.tables import Agreement
from cii.agreements.vocabulary import AgreementState
from cii.conventions.editions import as_plain, digest_of
from cii.conventions.queries import whole_of
from cii.conventions.vocabulary import CommentStand, EditionCause, Side
from cii.demo.directory import House
from cii.demo.sheet import Sheet
from cii.store.work import Work

_PLACE = "Neuchâtel"


def put_signatures(work: Work, house: House, sheet: Sheet) -> None:
    """Keep what was negotiated and signed for each agreement in force, with both signatures."""
    held = work.session.scalars(
        select(Agreement).where(col(Agreement.state) == AgreementState.IN_FORCE).order_by(col(Agreement.id))
    ).all()
    for one in held:
        with sheet.apart(f"signing {one.id}"):
            _put(work, house, sheet, one)


def _put(work: Work, house: House, sheet: Sheet, one: Agreement) -> None:
    view = agreement_view(work, one.ref)
    whole = whole_of(work, view)
    signed = one.signed_at or datetime(2024, 8, 27, 9, tzinfo=UTC)
    laid, day = signed - timedelta(days=48), signed.date()
    acts_for = house.by_unit[view.provider.unit_id]
    said, digest = as_plain(whole), digest_of(whole)
    editions = [
        sheet.put(
            "convention_edition", agreement_id=one.id, number=number, cause=cause, whole=said, digest=digest,
            recorded_at=at, account_id=by,
        )
        for number, cause, at, by in (
            (1, EditionCause.ROUND, laid, one.prepared_by),
            (2, EditionCause.SIGNED, signed, one.signed_by),
        )
    ]  # fmt: skip
    sheet.put(
        "negotiation_round", agreement_id=one.id, number=1, edition_id=editions[0], opened_at=laid,
        opened_by=one.prepared_by, due_on=_after(day, -20), stand=CommentStand.ACCEPTS,
        answered_at=laid + timedelta(days=24), answered_by=acts_for,
    )  # fmt: skip
    parties = whole.text.parties
    for side, signs, on, by in (
        (Side.PAYER, parties.authority_signs, day, one.signed_by),
        (Side.PROVIDER, parties.organiser_signs, _after(day, 6), acts_for),
    ):
        for who in signs:
            sheet.put(
                "agreement_signature", agreement_id=one.id, edition_id=editions[1], side=side, name=who.name,
                function=who.function, place=_PLACE, signed_on=on, recorded_at=signed, account_id=by,
            )  # fmt: skip


def _after(day: date, days: int) -> date:
    return day + timedelta(days=days)
