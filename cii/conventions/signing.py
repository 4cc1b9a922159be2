"""Who has signed which edition: the payer's side by account, the provider's and third parties' as recorded.

The four eyes of the payer are the database's (`agreement.prepared_by <> signed_by`); what hinders a
signature is asked above, in `conformity`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import select
from sqlmodel import col

from cii.agreements.queries import agreement_by_ref
from cii.agreements.tables import Agreement
from cii.agreements.vocabulary import AgreementState
from cii.conventions.editions import keep_edition, newest_edition
from cii.conventions.negotiating import side_of
from cii.conventions.rules import NothingToSignYet, SignatureDayAhead, SignedTwice
from cii.conventions.tables import AgreementSignature, ConventionEdition
from cii.conventions.vocabulary import EditionCause, Side
from cii.journal.actions import wrote
from cii.kernel.clock import local_day
from cii.kernel.errors import NotAllowed, Refusal, refuse
from cii.store.work import Work


def keep_signed(work: Work, agreement: Agreement) -> ConventionEdition:
    """Keep what the payer has just signed, with the payer's signature under it.

    For the act of signing only.
    """
    edition = keep_edition(work, agreement, EditionCause.SIGNED)
    _sign(work, agreement, edition, Side.PAYER, SignedBy(work.actor.name, "", "", work.today))
    return edition


@dataclass(frozen=True)
class SignedBy:
    """Who signed, as what, where, on which day."""

    name: str = field(metadata={"min": 1, "max": 120})
    function: str = field(metadata={"max": 120})
    place: str = field(metadata={"max": 120})
    signed_on: date


@dataclass(frozen=True)
class SignForSide:
    """A signature of the provider, or of a third party, under the edition that the payer signed."""

    agreement_ref: str
    name: str = field(metadata={"min": 1, "max": 120})
    signed_on: date
    function: str = field(default="", metadata={"max": 120})
    place: str = field(default="", metadata={"max": 120})
    side: Side = Side.PROVIDER


def sign_for_side(work: Work, ask: SignForSide) -> AgreementSignature:
    """Record a signature; the provider's own people sign for it, the payer records what came on paper.

    Refuses: UnknownThing, NotAllowed; all at once NothingToSignYet, SignatureDayAhead (after today, or before
    the payer signed), SignedTwice.
    """
    agreement = agreement_by_ref(work, ask.agreement_ref)
    mine = side_of(work, agreement)
    if mine is None or ask.side is Side.PAYER or (mine is Side.PROVIDER and ask.side is not mine):
        raise NotAllowed
    edition = newest_edition(work, agreement.id or 0)
    faults: list[Refusal] = []
    first = local_day(agreement.signed_at) if agreement.signed_at else work.today
    if not first <= ask.signed_on <= work.today:
        faults.append(SignatureDayAhead(field="signed_on", first=first, last=work.today))
    if any(one.name == ask.name and one.side is ask.side for one in signatures_of(work, agreement.ref)):
        faults.append(SignedTwice(field="name", name=ask.name))
    if agreement.state is not AgreementState.SIGNED or edition is None:
        refuse([NothingToSignYet(number=agreement.number), *faults])
        raise NothingToSignYet(number=agreement.number)
    refuse(faults)
    return _sign(
        work, agreement, edition, ask.side, SignedBy(ask.name, ask.function, ask.place, ask.signed_on)
    )


def signatures_of(work: Work, ref: str) -> Sequence[AgreementSignature]:
    """The signatures under an agreement that the actor may see, in the order in which they came."""
    agreement = agreement_by_ref(work, ref)
    return work.session.scalars(
        select(AgreementSignature)
        .where(col(AgreementSignature.agreement_id) == agreement.id)
        .order_by(col(AgreementSignature.id))
    ).all()


def _sign(
    work: Work, agreement: Agreement, edition: ConventionEdition, side: Side, who: SignedBy
) -> AgreementSignature:
    made = AgreementSignature(
        agreement_id=agreement.id or 0,
        edition_id=edition.id or 0,
        side=side,
        name=who.name,
        function=who.function,
        place=who.place,
        signed_on=who.signed_on,
        recorded_at=work.now,
        account_id=work.actor.account_id,
    )
    work.session.add(made)
    work.session.flush()
    wrote(
        work, "agreement_signed_by", "agreement", agreement.id, ref=agreement.ref,
        payload={"side": side, "edition": edition.number},
    )  # fmt: skip
    return made
