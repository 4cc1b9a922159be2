"""Chapters 6 to 10 of the paper: delivery, evaluation, reports, term, disputes, signature (000, table 1)."""

from cii.conventions.paper_words import Sheet
from cii.conventions.vocabulary import EvaluationMode, Incentive
from cii.documents.agreement import Block
from cii.documents.table import Cell, Column, Table
from cii.kernel.period import ONE_DAY


def duties(on: Sheet) -> list[Block]:
    """General duties, what is excluded, subcontracting (i.25)."""
    held = on.whole.text.principles
    excluded = [
        on.say(key)
        for key, said in (
            ("paper.no-competition", held.no_competition),
            ("paper.no-profit-shared", held.no_profit_shared),
            ("paper.no-new-rights", held.no_new_rights),
        )
        if said
    ]
    return [
        *on.points([*(one.wording for one in held.duties), *excluded]),
        *on.led("paper.subcontracting", held.subcontracting),
    ]


def quality(on: Sheet) -> list[Block]:
    """Standards, each or an equivalent one; rules beyond them (i.21-i.23)."""
    held = on.whole.text.principles
    rows: list[tuple[Cell, ...]] = [
        (
            on.word("area", one.area),
            on.say("paper.or-equivalent", name=one.name) if one.or_equivalent else one.name,
            on.say("paper.audit-accepted" if one.audit_accepted else "paper.audit-own"),
        )
        for one in held.standards
    ]
    heads = ("paper.area", "paper.standard", "paper.evidence")
    table: list[Block] = [Table("", [Column(on.say(key)) for key in heads], rows)] if rows else []
    extra = [f"{on.word('area', one.area)} – {one.wording}" for one in held.extra_rules]
    lead = on.led("paper.extra-rules", on.say("paper.extra-rules-lead")) if extra else []
    return [*table, *lead, *on.points(extra)]


def organisation(on: Sheet) -> list[Block]:
    """Internal control, and what the payer is told and when (i.24)."""
    held = on.whole.text.principles
    rows: list[tuple[Cell, ...]] = [
        (
            one.wording or on.word("informed_event", one.event),
            on.say("paper.within", n=one.working_days) if one.working_days else on.say("paper.at-once"),
        )
        for one in held.information
    ]
    columns = [Column(on.say("paper.event")), Column(on.say("paper.deadline"))]
    lead = on.led("paper.information", on.say("paper.information-lead")) if rows else []
    return [
        *on.led("paper.internal-control", held.internal_control),
        *lead,
        *([Table("", columns, rows)] if rows else []),
    ]


def accounting(on: Sheet) -> list[Block]:
    """Accounts and their audit."""
    held = on.whole.text.principles
    return on.prose(held.accounting)


def data_protection(on: Sheet) -> list[Block]:
    """Data of the persons placed, secrecy, how long files are kept."""
    held = on.whole.text.principles
    return [
        *on.prose(held.data_protection),
        *on.led("paper.secrecy", held.secrecy),
        *on.led("paper.records", held.records),
    ]


def criteria(on: Sheet) -> list[Block]:
    """By what results are judged, what follows missed ones, how results are rewarded (i.26-i.28)."""
    held = on.whole.text.evaluation
    modes = {EvaluationMode.RANKED: "paper.ranked", EvaluationMode.WEIGHTED: "paper.weighted"}
    mode = on.say(modes[held.mode]) if held.mode is not None else ""
    basics = [one.wording.rstrip(".") for one in on.whole.goals if one.basic]
    basic = on.say("paper.basics", goals=on.series(basics)) if basics else ""
    by = on.say("paper.missed-by", n=held.missed_months) if held.missed_months else ""
    return [
        *on.prose(held.principles),
        *on.prose(f"{mode} {basic}".strip()),
        *(on.led("paper.criteria", on.say("paper.criteria-lead")) if held.criteria else []),
        *on.points(one.wording or one.code for one in held.criteria),
        *on.led("paper.missed", f"{by} {held.missed_criteria}".strip()),
        *on.prose(held.missed_steps),
        *on.led("paper.incentive", _incentive(on)),
    ]


def reports(on: Sheet) -> list[Block]:
    """The closed list of what is reported, individual reports, talks, visits (i.29-i.37)."""
    held = on.whole.text.reports
    owed = {one.kind: on.word("frequency", one.frequency) for one in on.whole.owed}
    rows: list[tuple[Cell, ...]] = [
        (
            one.wording,
            on.word("deliverable_kind", one.deliverable),
            owed.get(one.deliverable, "") if one.deliverable is not None else "",
            on.say(f"paper.data.{one.data.value}") if one.data is not None else "",
        )
        for one in held.items
    ]
    heads = ("paper.report", "paper.deliverable", "paper.frequency", "paper.form")
    lead = on.say("paper.closed-list" if held.closed_list else "paper.list") if rows else ""
    template = ""
    if held.template:
        template = on.say("paper.template", title=held.template, version=held.template_version)
    return [
        *on.prose(lead),
        *([Table("", [Column(on.say(key)) for key in heads], rows)] if rows else []),
        *on.led("paper.channel", f"{held.channel} {template}".strip()),
        *on.led("paper.individual", held.individual_role),
        *on.led("paper.talks", _talks(on)),
        *on.led("paper.visits", _visits(on)),
    ]


def duration(on: Sheet) -> list[Block]:
    """From when to when it runs, and what it follows."""
    head = on.whole.header
    first = on.day(head.valid_from)
    said = (
        on.say("paper.open-ended", first=first)
        if head.valid_to is None
        else on.say("paper.from-to", first=first, last=on.day(head.valid_to - ONE_DAY))
    )
    if head.follows_as is not None and on.former is not None:
        said += " " + on.say(f"paper.follows.{head.follows_as.value}", number=on.former.header.number)
    return on.prose(said)


def changes(on: Sheet) -> list[Block]:
    """How it is changed, extended and ended (i.38, i.39)."""
    held, head = on.whole.text.term, on.whole.header
    price = on.say("paper.prices-change" if held.price_changes_in_term else "paper.prices-stay")
    notice = on.say("paper.notice", n=head.notice_months)
    option = on.say("paper.option", n=held.option_months) if held.option_months else ""
    if not (held.changes or held.extension or held.termination):
        return on.led("paper.termination", notice)
    return [
        *on.led("paper.changes", f"{held.changes} {price}".strip()),
        *on.led("paper.extension", f"{held.extension} {option}".strip()),
        *on.led("paper.renegotiation", held.renegotiation),
        *on.led("paper.termination", f"{notice} {held.termination}".strip()),
        *on.led("paper.early-end", held.early_end_money),
        *on.led("paper.differences-reason", held.differences_reason),
    ]


def procedure(on: Sheet) -> list[Block]:
    """What happens when the parties disagree."""
    return on.prose(on.whole.text.disputes.procedure)


def venue(on: Sheet) -> list[Block]:
    """Which law, which court."""
    held = on.whole.text.disputes
    law = on.say("paper.law", law=held.law) if held.law else ""
    court = on.say("paper.venue", venue=held.venue) if held.venue else ""
    return on.prose(f"{law} {court}".strip())


def signature(on: Sheet) -> list[Block]:
    """What the signatures are put under."""
    return on.prose(on.say("paper.signature-lead"))


def _incentive(on: Sheet) -> str:
    held = on.whole.text.evaluation
    if held.incentive is Incentive.NONE:
        return on.say("paper.incentive.none") if held.mode is not None else ""
    scheme = on.say("paper.scheme", scheme=held.scheme_ref) if held.scheme_ref else ""
    said = [on.say(f"paper.incentive.{held.incentive.value}"), held.incentive_formula, scheme]
    return " ".join(one for one in said if one)


def _talks(on: Sheet) -> str:
    held = on.whole.text.talks
    if not held.times_a_year:
        return ""
    words = [on.word("talk_purpose", one) for one in held.purposes]
    purposes = on.listed(words if on.lang == "de" else [one.lower() for one in words])
    said = on.say("paper.talks-a-year", n=held.times_a_year)
    return f"{said} {on.say('paper.talks-about', purposes=purposes)}" if purposes else said


def _visits(on: Sheet) -> str:
    held = on.whole.text.talks
    if not held.visits:
        return ""
    said = [on.say("paper.visits-two-steps" if held.visits_in_two_steps else "paper.visits-held")]
    return " ".join([*said, held.visit_criteria]).strip()
