"""The attestation of a participant's month on paper, by the provider, for the unemployment insurance.

Source: OACI 96; product.md AC6. It tells days and kinds of absence as attested, never a reason.
"""

from collections.abc import Sequence
from datetime import date

from cii.agreements.queries import agreements_by_id
from cii.documents import pdf
from cii.documents.layout import Letter, Letterhead
from cii.institutions.queries import shown_units
from cii.kernel.errors import Refusal, refuse
from cii.kernel.period import Period, month_of
from cii.measures.queries import measures_by_id
from cii.people.queries import label
from cii.placements.queries import placement_by_ref
from cii.settlement.queries import MonthOf, minutes_in, months_of, stays_in
from cii.settlement.rules import AttendanceIncomplete, MonthNotOver, NotStarted
from cii.settlement.vocabulary import Presence
from cii.store.work import Work
from cii.texts import formats
from cii.texts.speech import say, word


def attestation(work: Work, ref: str, day: date, lang: str) -> bytes:
    """The month that holds `day` of a placement as a letter, once each expected day is attested.

    Refuses, all at once: MonthNotOver, AttendanceIncomplete; before: NotStarted, UnknownThing.
    """
    placement, month = placement_by_ref(work, ref), month_of(day)
    stays = [stay for stay in stays_in(work, month, placement_ids=[placement.id or 0]) if stay.started]
    if not stays:
        raise NotStarted(placement=placement.ref)
    (found,) = months_of(work, stays, month)
    faults: list[Refusal] = []
    if work.today < month.end:
        faults.append(MonthNotOver(last=month.last))
    if missing := found.missing:
        faults.append(AttendanceIncomplete(placement=placement.ref, days=len(missing), first=missing[0]))
    refuse(faults)
    return pdf.letter(_written(work, found, month, lang), created=work.now, lang=lang)


def _written(work: Work, found: MonthOf, month: Period, lang: str) -> Letter:
    stay, told = found.stay, formats.month(month.start, lang)
    people = label(work, [stay.person_id])
    name = people[stay.person_id].name if stay.person_id in people else stay.ref
    unit_id = stay.provider_unit_id or 0
    unit = shown_units(work, {unit_id}).get(unit_id)
    provider = unit.name if unit and unit.name else "–"
    minutes = minutes_in(work, [stay.placement_id], month).get(stay.placement_id, {})
    facts = [
        (say("documents.participant", lang), name),
        (say("documents.provider", lang), provider),
        (say("documents.measure", lang), measures_by_id(work, {stay.measure_id})[stay.measure_id].name),
        (say("documents.agreement", lang), agreements_by_id(work, [stay.key[0]])[stay.key[0]].number),
        (say("attestation.expected", lang), str(len(found.expected))),
    ]
    for presence in Presence:
        days = sorted(at for at in found.expected if found.marks.get(at) is presence)
        if days or presence is Presence.PRESENT:
            named = word(presence, lang)
            facts.append((named[:1].upper() + named[1:], _days(days, presence, lang)))
    if minutes:
        hours = sum(minutes[at] for at in found.expected if at in minutes)
        facts.append((say("attestation.hours", lang), f"{hours // 60} h {hours % 60:02}"))
    return Letter(
        Letterhead(say("reports.canton", lang), provider),
        (say("attestation.recipient", lang),),
        say("attestation.place", lang),
        work.today,
        say("attestation.subject", lang, month=told),
        say("attestation.salutation", lang),
        (say("attestation.text", lang, name=name, month=told), say("attestation.basis", lang)),
        say("attestation.closing", lang),
        ((provider, say("attestation.signature", lang)),),
        reference=f"{stay.ref} {month.start:%Y-%m}",
        facts=tuple(facts),
    )


def _days(days: Sequence[date], presence: Presence, lang: str) -> str:
    """How many days; of absences, which."""
    if presence is Presence.PRESENT or not days:
        return str(len(days))
    return f"{len(days)} ({', '.join(formats.day(at, lang) for at in days)})"
