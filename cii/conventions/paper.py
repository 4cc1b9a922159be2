"""An agreement on paper: the ten chapters of the guide's table 1, signatures, annexes; a draft says so.

What was signed is printed from its edition, an open text as it stands now; always in the agreement's own
language. Source: 000, table 1 and i.1 (five to ten pages, annexes apart).
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, time

from cii.agreements.queries import AgreementView, agreement_view, reads_laid_only
from cii.agreements.rules import OPEN_STATES
from cii.agreements.tables import Agreement
from cii.agreements.vocabulary import AgreementState, Profile
from cii.conventions import paper_conduct, paper_deal
from cii.conventions.editions import digest_of, edition_by_ref, edition_whole, editions_of, laid_edition
from cii.conventions.paper_annexes import annexes
from cii.conventions.paper_words import Sheet
from cii.conventions.parts_deal import OtherParty
from cii.conventions.queries import convention, whole_of
from cii.conventions.signing import signatures_of
from cii.conventions.tables import AgreementSignature, ConventionEdition
from cii.conventions.vocabulary import EditionCause, Side
from cii.conventions.whole import Convention
from cii.documents.agreement import AgreementPage, Block, Chapter, Item, Party, Signer, agreement, body_pages
from cii.documents.layout import Letterhead
from cii.kernel.clock import ZURICH
from cii.kernel.errors import UnknownThing
from cii.kernel.period import ONE_DAY
from cii.store.work import Work

_UNSAFE = re.compile(r"[^A-Za-z0-9-]+")
"""Signs of a number that no file name bears."""
_UNSIGNED = {*OPEN_STATES, AgreementState.DROPPED}
_ELSEWHERE = frozenset({Profile.FR_IAE, Profile.BE_POIAS})
"""Profiles whose authority is not one of the canton."""
Tells = Callable[[Sheet], list[Block]]
_Item = tuple[str, Tells]
CHAPTERS: Sequence[tuple[str, Sequence[_Item]]] = (
    (
        "paper.chapter.parties",
        (("paper.item.parties", paper_deal.parties), ("paper.item.others", paper_deal.others)),
    ),
    (
        "paper.chapter.bases",
        (
            ("paper.item.subject", paper_deal.subject),
            ("paper.item.legal-bases", paper_deal.legal_bases),
            ("paper.item.other-bases", paper_deal.other_bases),
            ("paper.item.scope", paper_deal.scope),
        ),
    ),
    (
        "paper.chapter.aims",
        (
            ("paper.item.outcomes", paper_deal.outcomes),
            ("paper.item.enterprise", paper_deal.enterprise),
            ("paper.item.beneficiaries", paper_deal.beneficiaries),
            ("paper.item.requirements", paper_deal.requirements),
            ("paper.item.indicators", paper_deal.indicators),
            ("paper.item.trajectory", paper_deal.trajectory),
        ),
    ),
    (
        "paper.chapter.services",
        (
            ("paper.item.offers", paper_deal.offers),
            ("paper.item.target-groups", paper_deal.target_groups),
            ("paper.item.placement", paper_deal.placement),
            ("paper.item.axes", paper_deal.axes),
            ("paper.item.categories", paper_deal.categories),
        ),
    ),
    (
        "paper.chapter.money",
        (
            ("paper.item.volume", paper_deal.volume),
            ("paper.item.price", paper_deal.price),
            ("paper.item.settling", paper_deal.settling),
            ("paper.item.surplus", paper_deal.surplus),
        ),
    ),
    (
        "paper.chapter.principles",
        (
            ("paper.item.duties", paper_conduct.duties),
            ("paper.item.quality", paper_conduct.quality),
            ("paper.item.organisation", paper_conduct.organisation),
            ("paper.item.accounting", paper_conduct.accounting),
            ("paper.item.data-protection", paper_conduct.data_protection),
        ),
    ),
    (
        "paper.chapter.evaluation",
        (("paper.item.criteria", paper_conduct.criteria), ("paper.item.reports", paper_conduct.reports)),
    ),
    (
        "paper.chapter.term",
        (("paper.item.duration", paper_conduct.duration), ("paper.item.changes", paper_conduct.changes)),
    ),
    (
        "paper.chapter.disputes",
        (("paper.item.procedure", paper_conduct.procedure), ("paper.item.venue", paper_conduct.venue)),
    ),
    ("paper.chapter.signature", (("paper.item.signature", paper_conduct.signature),)),
)
"""The ten chapters of table 1 with their items, each with what tells it."""
_ONLY_WHEN: dict[str, Callable[[Sheet], bool]] = {
    "paper.item.others": paper_deal.has_others,
    "paper.item.trajectory": paper_deal.of_insertion,
    "paper.item.axes": paper_deal.of_insertion,
    "paper.item.categories": paper_deal.of_outcome_pay,
}
"""Items that not every agreement has."""


@dataclass(frozen=True, slots=True)
class Paper:
    """A file and its name."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class _Printed:
    """What is printed: the value, the edition it comes from if any, and its day."""

    whole: Convention
    agreement: Agreement
    edition: ConventionEdition | None
    at: datetime


def agreement_paper(work: Work, ref: str, edition_ref: str | None = None) -> Paper:
    """The agreement as PDF: as it was signed, or as it stands while it is open; with an edition, that one.

    Refuses: UnknownThing.
    """
    printed = _printed(work, agreement_view(work, ref), edition_ref)
    lang = printed.whole.header.lang
    content = agreement(_page(work, printed), created=printed.at, lang=lang)
    number = f"-{printed.edition.number}" if edition_ref and printed.edition else ""
    return Paper(f"{_UNSAFE.sub('-', printed.whole.header.number)}{number}.pdf", content)


def pages(work: Work, ref: str) -> int:
    """How many pages the body takes when it is printed, annexes apart (i.1); refuses UnknownThing."""
    return pages_of(work, agreement_view(work, ref))


def pages_of(work: Work, view: AgreementView) -> int:
    """How many pages the body of an agreement takes that was read."""
    printed = _printed(work, view, None)
    return body_pages(_page(work, printed), created=printed.at, lang=printed.whole.header.lang)


def _printed(work: Work, view: AgreementView, edition_ref: str | None) -> _Printed:
    held = view.agreement
    today = datetime.combine(work.today, time(), ZURICH)
    if edition_ref is not None:
        chosen = edition_by_ref(work, held.ref, edition_ref)
        return _Printed(edition_whole(chosen), held, chosen, chosen.recorded_at)
    if reads_laid_only(work, held):
        laid = laid_edition(work, held.ref)
        if laid is None:
            raise UnknownThing(field="agreement_ref")
        return _Printed(edition_whole(laid), held, laid, laid.recorded_at)
    if held.state not in _UNSIGNED:
        kept = (one for one in editions_of(work, held.ref) if one.cause is EditionCause.SIGNED)
        if (signed := next(kept, None)) is not None:
            return _Printed(edition_whole(signed), held, signed, signed.recorded_at)
    return _Printed(whole_of(work, view), held, None, held.signed_at or today)


def _page(work: Work, printed: _Printed) -> AgreementPage:
    whole, held = printed.whole, printed.agreement
    signed = held.state not in _UNSIGNED and (
        printed.edition is None or printed.edition.cause is EditionCause.SIGNED
    )
    on = Sheet(whole, whole.header.lang, not signed, _former(work, whole))
    head = whole.header
    instrument = on.word("instrument", head.instrument)
    digest = printed.edition.digest if printed.edition is not None else digest_of(whole)
    signatures = signatures_of(work, held.ref) if signed else ()
    return AgreementPage(
        letterhead=_letterhead(on),
        title=instrument,
        subtitle=on.say(
            "paper.between",
            authority=whole.text.parties.authority or on.say("paper.mandant"),
            organiser=whole.text.parties.organiser or on.say("paper.mandatary"),
        ),
        facts=_facts(on, printed, signed=signed),
        chapters=_chapters(on),
        parties=_parties(on, signatures),
        annexes=annexes(on),
        foot=f"{instrument} {head.number}",
        sha256=digest,
        draft="" if signed else on.say("paper.draft"),
        draft_note="" if signed else on.say("paper.draft-note"),
        lines=(on.say("paper.place-and-date"), on.say("paper.signature")),
        words={"name": on.say("paper.name")},
    )


def _letterhead(on: Sheet) -> Letterhead:
    """Who issues it: the canton with its authority; under the rules of others their authority alone."""
    head, authority = on.whole.header, on.whole.text.parties.authority
    profile = on.word("profile", head.profile)
    if head.profile in _ELSEWHERE:
        return Letterhead(authority or profile, profile if authority else "")
    return Letterhead(on.say("reports.canton"), authority or profile)


def _former(work: Work, whole: Convention) -> Convention | None:
    """The agreement before, when the reader may see it."""
    if whole.header.follows_ref is None:
        return None
    try:
        return convention(work, whole.header.follows_ref)
    except UnknownThing:
        return None


def _facts(on: Sheet, printed: _Printed, *, signed: bool) -> list[tuple[str, str]]:
    head = on.whole.header
    term = (
        on.say("paper.term-open", first=on.day(head.valid_from))
        if head.valid_to is None
        else on.say("paper.term", first=on.day(head.valid_from), last=on.day(head.valid_to - ONE_DAY))
    )
    bought = dict.fromkeys(one.measure_name for one in on.whole.bought)
    lines = dict.fromkeys(one.line_code for one in on.whole.bought)
    state = on.say("paper.signed-state" if signed else "paper.draft-state")
    if printed.edition is not None:
        state = f"{state}, {on.say('paper.edition', number=printed.edition.number)}"
    return [
        (on.say("paper.number"), head.number),
        (on.say("paper.payer"), on.word("profile", head.profile)),
        (on.say("paper.lines"), on.listed(lines)),
        (on.say("paper.bought"), on.listed(bought)),
        (on.say("paper.item.duration"), term),
        (on.say("paper.state"), state),
    ]


def _chapters(on: Sheet) -> list[Chapter]:
    found = []
    for number, (title, items) in enumerate(CHAPTERS, start=1):
        shown = [one for one in items if one[0] not in _ONLY_WHEN or _ONLY_WHEN[one[0]](on)]
        found.append(
            Chapter(
                str(number),
                on.say(title),
                [
                    Item(f"{number}.{at}", on.say(key), on.told(tells(on)))
                    for at, (key, tells) in enumerate(shown, start=1)
                ],
            )
        )
    return found


def _parties(on: Sheet, signatures: Sequence[AgreementSignature]) -> list[Party]:
    held = on.whole.text.parties
    payers = [(one.name, one.function) for one in held.authority_signs]
    providers = [(one.name, one.function) for one in held.organiser_signs]
    by = {side: [one for one in signatures if one.side is side] for side in Side}
    third = [
        Party(
            on.word("party_role", one.role),
            one.name,
            _third(on, one, by[Side.OTHER]),
        )
        for one in held.others
    ]
    return [
        Party(
            on.say("paper.for-mandant"),
            held.authority or on.say("paper.mandant"),
            _signers(on, payers, by[Side.PAYER]),
        ),
        Party(
            on.say("paper.for-mandatary"),
            held.organiser or on.say("paper.mandatary"),
            _signers(on, providers, by[Side.PROVIDER]),
        ),
        *third,
    ]


def _third(on: Sheet, party: OtherParty, done: Sequence[AgreementSignature]) -> list[Signer]:
    """The signature of a third party, under its name or by whom the record names; else its place to sign."""
    found = [
        one for one in done if one.name == party.name or (party.function and one.function == party.function)
    ]
    return [Signer(one.name, one.function, _signed(on, one)) for one in found] or [Signer("", party.function)]


def _signers(on: Sheet, foreseen: list[tuple[str, str]], done: Sequence[AgreementSignature]) -> list[Signer]:
    """Who has signed, then who is foreseen and has not; one empty place at least."""
    functions = dict(foreseen)
    found = [Signer(one.name, one.function or functions.get(one.name, ""), _signed(on, one)) for one in done]
    names = {one.name for one in done}
    found += [Signer(name, function) for name, function in foreseen if name not in names]
    return found or [Signer()]


def _signed(on: Sheet, one: AgreementSignature) -> str:
    day = on.day(one.signed_on)
    return (
        on.say("paper.signed-at", place=one.place, day=day)
        if one.place
        else on.say("paper.signed-on", day=day)
    )
