"""Chapters 1 to 5 of the paper: parties, bases, aims, services, volume and money (000, table 1)."""

from collections.abc import Iterable

from cii.agreements.vocabulary import ObjectiveLevel, Profile
from cii.conventions.paper_words import Sheet
from cii.conventions.parts_deal import Price, Reference, Signatory
from cii.conventions.vocabulary import ReferenceKind, RiskSharing
from cii.conventions.whole import Goal
from cii.documents.agreement import Block, Missing, Name, Pairs
from cii.documents.table import Cell, Column, Table
from cii.texts import formats

_LEGAL = frozenset({ReferenceKind.LAW, ReferenceKind.REGULATION})


def parties(on: Sheet) -> list[Block]:
    """Mandant and mandatary, who stands for each."""
    held, head = on.whole.text.parties, on.whole.header
    if not held.authority and not held.organiser:
        return []
    mandatary = [
        (on.say("paper.mandatary"), held.organiser),
        (on.say("paper.address"), held.organiser_address),
        (on.say("paper.legal-form"), on.word("legal_form", head.legal_form)),
        (on.say("paper.uid"), head.uid or ""),
        (on.say("paper.stands-for"), _people(on, held.organiser_signs)),
    ]
    mandant = [
        (on.say("paper.mandant"), held.authority),
        (on.say("paper.address"), held.authority_address),
        (on.say("paper.stands-for"), _people(on, held.authority_signs)),
    ]
    return [_pairs(mandant), _pairs(mandatary)]


def others(on: Sheet) -> list[Block]:
    """Who signs or pays beside the two."""
    held = on.whole.text.parties.others
    return [_pairs([(on.word("party_role", one.role), _person(one.name, one.function)) for one in held])]


def subject(on: Sheet) -> list[Block]:
    """What the agreement is about and what the provider is charged with."""
    held = on.whole.text.bases
    return [*on.prose(held.subject), *on.led("paper.mandate", held.mandate)]


def legal_bases(on: Sheet) -> list[Block]:
    """Laws and regulations with their version."""
    return on.points(_reference(one) for one in on.whole.text.bases.references if one.kind in _LEGAL)


def other_bases(on: Sheet) -> list[Block]:
    """Directives, models, concepts, specifications and annexes, each with its version (i.2)."""
    return on.points(
        _named(on.word("reference_kind", one.kind), _reference(one))
        for one in on.whole.text.bases.references
        if one.kind not in _LEGAL
    )


def scope(on: Sheet) -> list[Block]:
    """How far it reaches."""
    return on.prose(on.whole.text.bases.scope)


def outcomes(on: Sheet) -> list[Block]:
    """Why, and the priority outcomes for which both sides answer (i.6)."""
    return [*on.prose(on.whole.text.aims.purpose), *_goals(on, ObjectiveLevel.OUTCOME)]


def enterprise(on: Sheet) -> list[Block]:
    """What the provider itself has to reach (i.5-i.8)."""
    return _goals(on, ObjectiveLevel.ENTERPRISE)


def beneficiaries(on: Sheet) -> list[Block]:
    """What is reached with those placed, in their individual agreements above all."""
    return [
        *on.prose(on.whole.text.aims.individual_link),
        *(_goals(on, ObjectiveLevel.BENEFICIARY) if _has_individual_goals(on) else []),
    ]


def _has_individual_goals(on: Sheet) -> bool:
    held = on.whole.text.aims.individual_link.strip()
    return not held or any(one.level is ObjectiveLevel.BENEFICIARY for one in on.whole.goals)


def requirements(on: Sheet) -> list[Block]:
    """What is asked beside the objectives, and what is expected for going on (i.4, i.9)."""
    held = on.whole.text.aims
    rows: list[tuple[Cell, ...]] = [
        (one.code, on.word("requirement_kind", one.kind), one.wording) for one in held.requirements
    ]
    return [
        *_table(on, ("paper.code", "paper.kind", "paper.requirement"), rows),
        *on.led("paper.expectations", held.expectations),
    ]


def indicators(on: Sheet) -> list[Block]:
    """Indicators with target, minimum and how interruptions count (i.10-i.12)."""
    wordings = {one.ref: one.wording for one in on.whole.goals}
    order = {one.ref: at for at, one in enumerate(on.whole.goals)}
    rows: list[tuple[Cell, ...]] = [
        (
            wordings.get(one.goal_ref, ""),
            one.title.get(on.lang) or one.title.get("fr", one.code),
            on.measured(one, one.target),
            on.measured(one, one.minimum),
            on.word("interruptions", one.interruptions) or formats.DASH,
        )
        for one in sorted(on.whole.gauges, key=lambda one: order.get(one.goal_ref, 0))
    ]
    heads = (
        "paper.objective", "paper.indicator", "paper.target", "paper.minimum", "paper.interruptions",
    )  # fmt: skip
    return _table(on, heads, rows)


def trajectory(on: Sheet) -> list[Block]:
    """The exits aimed at year by year, and what counts as a positive one (003)."""
    held = on.whole.text.insertion
    rows: list[tuple[Cell, ...]] = [
        (str(one.year), on.permille(one.durable), on.permille(one.dynamic)) for one in held.trajectory
    ]
    return [
        *_table(on, ("paper.year", "paper.durable", "paper.dynamic"), rows),
        *on.led("paper.positive-exits", held.positive_exits),
    ]


def offers(on: Sheet) -> list[Block]:
    """What is offered; how it goes on stands in the annex."""
    found: list[Block] = []
    for one in on.whole.text.services.offers:
        found += [Name(on.measure(one.measure_ref)), *on.prose(one.content)]
        if one.concept:
            found += on.led("paper.concept", _versioned(one.concept, one.concept_version))
    return found


def target_groups(on: Sheet) -> list[Block]:
    """For whom each offer is (i.13)."""
    found: list[Block] = []
    for one in on.whole.text.services.offers:
        groups = on.listed(on.word("target-group", group) for group in one.target_groups)
        said = f"{groups[:1].upper()}{groups[1:]}. {one.participants}".strip() if groups else one.participants
        found += [Name(on.measure(one.measure_ref)), *on.prose(said)] if said else []
    return found


def placement(on: Sheet) -> list[Block]:
    """The provider's say in whom it takes, and who may direct it."""
    held = on.whole.text.services
    return [*on.prose(held.codecision), *on.led("paper.instructions", held.instructions)]


def axes(on: Sheet) -> list[Block]:
    """The insertion project in its four axes with the council's opinion and the means (003)."""
    held = on.whole.text.insertion
    opinion = held.council_opinion
    if held.council_on is not None:
        told = "paper.council-favourable" if held.council_favourable else "paper.council-unfavourable"
        opinion = f"{on.say(told, day=on.day(held.council_on))} {opinion}".strip()
    funders = held.funders
    if held.funders_on is not None:
        funders = f"{on.say('paper.funders-met', day=on.day(held.funders_on))} {funders}".strip()
    return [
        *on.led("paper.axis.reception", held.reception),
        *on.led("paper.axis.accompaniment", held.accompaniment),
        *on.led("paper.axis.training", held.training),
        *on.led("paper.axis.territory", held.territory),
        *on.led("paper.council", opinion),
        *on.led("paper.funders", funders),
        *on.points(f"{on.word('means_kind', one.kind)} – {one.wording}" for one in held.means),
    ]


def categories(on: Sheet) -> list[Block]:
    """What each category of clients must be offered, and who assigns it (004)."""
    held = on.whole.text.outcome_pay
    rows: list[tuple[Cell, ...]] = [(one.category, one.content) for one in held.categories]
    share = held.subcontracted_percent
    return [
        *_table(on, ("paper.category", "paper.content"), rows),
        *on.led("paper.referral", held.referral),
        *(on.prose(on.say("paper.subcontracted", share=on.percent(share))) if share is not None else []),
    ]


def volume(on: Sheet) -> list[Block]:
    """How much is bought, who bears its risk, what is announced, how it is adjusted (i.14, i.15, i.18)."""
    held = on.whole.text.volume
    margins = {(one.measure_ref, one.line_ref): one.overbooking for one in on.whole.bought}
    rows: list[tuple[Cell, ...]] = [
        (
            on.measure(one.measure_ref), on.line(one.line_ref), one.places, one.placements_a_year,
            margins.get((one.measure_ref, one.line_ref)) or None,
        )
        for one in held.offers
    ]  # fmt: skip
    if not any(row[-1] for row in rows):
        rows = [row[:-1] for row in rows]
    heads = ("paper.offer", "paper.line", "paper.places", "paper.placements", "paper.margin")
    columns = [Column(on.say(key), "integer" if at > 1 else "text") for at, key in enumerate(heads)]
    table = [Table("", columns[: len(rows[0])], rows)] if rows else []
    return [
        *table,
        *on.led("paper.risk", f"{_risk(on)} {held.risk_reason}".strip()),
        *on.led("paper.responsibilities", held.responsibilities),
        *_warnings(on),
        *on.led("paper.adjustment", held.adjustment),
        *on.led("paper.retention", held.retention_criteria),
    ]


def price(on: Sheet) -> list[Block]:
    """How the price is made up; tariffs stand in the annex (i.16, i.17)."""
    held = on.whole.text.price
    said = [on.say(f"paper.nature.{held.nature.value}")] if held.nature is not None else []
    if held.total is not None:
        said.append(on.say("paper.total", amount=on.money(held.total)))
    if held.covers_production and held.covers_support:
        said.append(on.say("paper.covers-both"))
    elif held.covers_production or held.covers_support:
        said.append(on.say("paper.covers-production" if held.covers_production else "paper.covers-support"))
    if held.fixed_percent is not None:
        said.append(on.say("paper.fixed-costs", share=on.percent(held.fixed_percent)))
    if on.whole.rates:
        said.append(on.say("paper.see-tariffs"))
    return [
        *on.prose(" ".join(said)),
        *on.led("paper.eligible", held.eligible_costs),
        *_extras(on, held),
    ]


def settling(on: Sheet) -> list[Block]:
    """Invoices, interruptions, repayment."""
    held = on.whole.text.price
    return [
        *on.prose(held.invoicing),
        *on.led("paper.interruption", held.interruption),
        *on.led("paper.reimbursement", held.reimbursement),
        *(on.prose(on.say("paper.participants-paid")) if held.participants_paid else []),
    ]


def surplus(on: Sheet) -> list[Block]:
    """What becomes of a surplus, of reserves and of a loss (i.19, i.20)."""
    held = on.whole.text.surplus
    said = [on.say(f"paper.surplus.{held.rule.value}")] if held.rule is not None else []
    if held.kept_percent is not None:
        said.append(on.say("paper.surplus-kept", share=on.percent(held.kept_percent)))
    reserves = [on.say(f"paper.reserves.{held.reserves.value}")] if held.reserves is not None else []
    return [
        *on.led("paper.surplus", " ".join([*said, held.purpose]).strip()),
        *on.led("paper.reserves", " ".join([*reserves, held.reserves_rule]).strip()),
        *on.led("paper.losses", held.losses),
    ]


def of_insertion(on: Sheet) -> bool:
    """Whether the agreement has an insertion project."""
    return on.whole.header.profile is Profile.FR_IAE


def of_outcome_pay(on: Sheet) -> bool:
    """Whether the agreement pays by outcome."""
    return on.whole.header.profile is Profile.BE_POIAS


def has_others(on: Sheet) -> bool:
    """Whether somebody signs beside the two."""
    return bool(on.whole.text.parties.others)


def _goals(on: Sheet, level: ObjectiveLevel) -> list[Block]:
    goals = [one for one in on.whole.goals if one.level is level]
    if not goals:
        return [Missing(on.say("paper.no-goal"))] if on.draft and on.whole.goals else []
    rows: list[tuple[Cell, ...]] = [
        (one.wording, on.word("objective_kind", one.kind), one.owner, _place(on, one)) for one in goals
    ]
    heads = ("paper.objective", "paper.kind", "paper.answers", "paper.in-evaluation")
    return _table(on, heads, rows)


def _place(on: Sheet, one: Goal) -> str:
    said = [on.word("standing", one.standing)]
    if one.rank is not None:
        said.append(on.say("paper.rank", rank=one.rank))
    if one.weight is not None:
        said.append(on.say("paper.weight", share=on.percent(one.weight)))
    if one.basic:
        said.append(on.say("paper.basic"))
    return on.listed(said)


def _risk(on: Sheet) -> str:
    held = on.whole.text.volume
    if held.risk is None:
        return ""
    if held.risk is RiskSharing.MINIMUM_GUARANTEE:
        share = held.guarantee_percent or max((one.guarantee or 0 for one in on.whole.rates), default=0)
        return on.say("paper.risk.minimum_guarantee", share=on.percent(share))
    return on.say(f"paper.risk.{held.risk.value}")


def _warnings(on: Sheet) -> list[Block]:
    said = [
        on.say("paper.warned", what=on.word("warned_event", one.event), n=one.working_days)
        if one.working_days
        else on.say("paper.warned-at-once", what=on.word("warned_event", one.event))
        for one in on.whole.text.volume.warnings
    ]
    return [*on.led("paper.warnings", on.say("paper.warnings-lead")), *on.points(said)] if said else []


def _extras(on: Sheet, held: Price) -> list[Block]:
    rows: list[tuple[Cell, ...]] = [
        (
            one.wording or on.word("extra_kind", one.kind),
            on.measure(one.measure_ref) if one.measure_ref else "",
            on.word("priced_unit", one.unit), one.amount,
        )
        for one in held.extras
    ]  # fmt: skip
    if not rows:
        return on.led("paper.extras", on.say("paper.extras-none")) if held.extras_none else []
    heads: tuple[str, ...] = ("paper.extra", "paper.offer", "paper.unit", "paper.amount")
    if not any(row[1] for row in rows):
        heads, rows = ("paper.extra", "paper.unit", "paper.amount"), [(row[0], *row[2:]) for row in rows]
    columns = [Column(on.say(key), "money" if key == "paper.amount" else "text") for key in heads]
    return [*on.led("paper.extras", on.say("paper.extras-lead")), Table("", columns, rows)]


def _table(on: Sheet, heads: tuple[str, ...], rows: list[tuple[Cell, ...]]) -> list[Block]:
    return [Table("", [Column(on.say(key)) for key in heads], rows)] if rows else []


def _pairs(pairs: Iterable[tuple[str, str]]) -> Pairs:
    return Pairs([(name, text) for name, text in pairs if text])


def _people(on: Sheet, several: Iterable[Signatory]) -> str:
    return on.series(_person(one.name, one.function) for one in several)


def _person(name: str, function: str) -> str:
    return ", ".join(one for one in (name, function) if one)


def _named(kind: str, title: str) -> str:
    """The title under its kind, unless it begins with it."""
    return title if title.casefold().startswith(kind.casefold()) else f"{kind} – {title}"


def _reference(one: Reference) -> str:
    told = _versioned(one.title, one.version)
    return f"{told}, {one.where}" if one.where else told


def _versioned(title: str, version: str) -> str:
    return f"{title} ({version})" if version else title
