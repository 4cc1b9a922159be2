"""How it is carried out: principles, evaluation, reports, talks, term, disputes (000, table 1.

Parts E to G).
"""

from dataclasses import dataclass

from cii.agreements.vocabulary import DeliverableKind
from cii.conventions.fields import line, many, prose, whole
from cii.conventions.vocabulary import (
    AlsoAsked,
    Area,
    DataForm,
    DutyKind,
    EvaluationMode,
    Incentive,
    InformedEvent,
    TalkPurpose,
)


@dataclass(frozen=True)
class Standard:
    """A standard to observe; `or_equivalent`: another one of the kind will do; `audit_accepted`.

    Its audits too.
    """

    area: Area
    name: str = line()
    or_equivalent: bool = False
    audit_accepted: bool = False


@dataclass(frozen=True)
class ExtraRule:
    """A rule beyond the usual standards (i.23)."""

    area: Area
    wording: str = line(500)


@dataclass(frozen=True)
class Duty:
    """A general duty (i.25)."""

    kind: DutyKind
    wording: str = line(500)


@dataclass(frozen=True)
class InformationDuty:
    """What is told, and within how many working days (i.24)."""

    event: InformedEvent
    working_days: int | None = whole(0, 60)
    wording: str = line(300)


@dataclass(frozen=True)
class Principles:
    """How services are delivered: duties, standards, information, data, accounts (i.19, i.21-25; AC5.

    AC8).
    """

    duties: tuple[Duty, ...] = many(30)
    standards: tuple[Standard, ...] = many(30)
    extra_rules: tuple[ExtraRule, ...] = many(40)
    information: tuple[InformationDuty, ...] = many(20)
    internal_control: str = prose(1000)
    accounting: str = prose(1000)
    data_protection: str = prose(2000)
    secrecy: str = prose(1000)
    records: str = prose(1000)
    no_competition: bool = False
    no_profit_shared: bool = False
    no_new_rights: bool = False
    subcontracting: str = prose(1000)


@dataclass(frozen=True)
class Criterion:
    """By what the provider is evaluated, under the short name that it had in the call (i.40)."""

    code: str = line(40)
    wording: str = line(500)


@dataclass(frozen=True)
class Evaluation:
    """How results are judged and what follows (i.26-28). Ranks and weights stand at the objectives."""

    principles: str = prose(2000)
    mode: EvaluationMode | None = None
    criteria: tuple[Criterion, ...] = many(30)
    missed_months: int | None = whole(1, 60)
    missed_criteria: str = prose(1000)
    missed_steps: str = prose(2000)
    incentive: Incentive = Incentive.NONE
    incentive_formula: str = prose(2000)
    scheme_ref: str = line(10)


@dataclass(frozen=True)
class ReportItem:
    """One thing the provider reports: in which deliverable, for which objective or requirement.

    In which form.

    `serves`: refs of objectives or codes of requirements (i.29). `evaluated`: it is used in the
    evaluation (i.34).
    """

    wording: str = line(300)
    deliverable: DeliverableKind | None = None
    serves: tuple[str, ...] = many(12)
    data: DataForm | None = None
    also: AlsoAsked = AlsoAsked.NOWHERE
    evaluated: bool = True


@dataclass(frozen=True)
class Reports:
    """The closed list of what is reported (i.29-35); dates stand at the deliverables."""

    items: tuple[ReportItem, ...] = many(60)
    closed_list: bool = False
    template: str = line()
    template_version: str = line(40)
    individual_role: str = prose(1000)
    channel: str = prose(500)


@dataclass(frozen=True)
class Talks:
    """Talks on reports and own visits (i.36, i.37)."""

    times_a_year: int | None = whole(0, 12)
    purposes: tuple[TalkPurpose, ...] = ()
    visits: bool = False
    visits_in_two_steps: bool = False
    visit_criteria: str = prose(1000)


@dataclass(frozen=True)
class Term:
    """How the text is changed, extended and ended (i.38, i.39); first and last day stand at the agreement."""

    changes: str = prose(1000)
    price_changes_in_term: bool = False
    extension: str = prose(1000)
    option_months: int | None = whole(0, 120)
    termination: str = prose(1000)
    early_end_money: str = prose(1000)
    renegotiation: str = prose(1000)
    differences_reason: str = prose(2000)


@dataclass(frozen=True)
class Disputes:
    """What happens when the parties disagree, and which court judges."""

    procedure: str = prose(1000)
    venue: str = line()
    law: str = line(300)
