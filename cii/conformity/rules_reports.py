"""Indications 29 to 37: reports that serve an objective, once, in a fixed form, by a date; talks; visits."""

from collections import Counter

from cii.agreements.vocabulary import DeliverableKind, Profile
from cii.conformity.facts import Facts
from cii.conformity.found import Finds, Found, listed, said
from cii.conventions.vocabulary import AlsoAsked, DataForm

AT_SIGNATURE = (
    DeliverableKind.ANNUAL_REPORT, DeliverableKind.QUALITY_SYSTEM, DeliverableKind.FINAL_ACCOUNT,
    DeliverableKind.AUDIT_REPORT, DeliverableKind.INDICATORS,
)  # fmt: skip
"""What an agreement of the disability insurance owes each year; dated when it is signed (CG 7)."""


def tied(facts: Facts) -> Finds:
    """i.29: each thing that is reported serves an objective or a named requirement."""
    known = {one.ref for one in facts.now.goals} | {one.code for one in facts.now.text.aims.requirements}
    for number, item in enumerate(facts.now.text.reports.items, start=1):
        name, told = f"report:{number}", {"item": item.wording}
        if not item.serves:
            yield Found("report-serves-nothing", name, told)
        for served in item.serves:
            if served not in known:
                yield Found("report-serves-unknown", f"{name}:{served}", {**told, "served": served})


def once(facts: Facts) -> Finds:
    """i.30: nothing is asked for that a label's audit or an individual report holds already."""
    for number, item in enumerate(facts.now.text.reports.items, start=1):
        if item.also is not AlsoAsked.NOWHERE:
            told = {"item": item.wording, "also": item.also}
            yield Found("report-duplicated", f"report:{number}", told)


def form(facts: Facts) -> Finds:
    """i.31: for each item, who computes: individual data, ready figures or a document."""
    for number, item in enumerate(facts.now.text.reports.items, start=1):
        if item.data is None:
            yield Found("report-form-unset", f"report:{number}", {"item": item.wording})


def closed_list(facts: Facts) -> Finds:
    """i.32: a closed list, each item in a deliverable with its dates; no deliverable without content."""
    reports, owed = facts.now.text.reports, {one.kind for one in facts.now.owed}
    if not reports.items:
        yield Found("reports-missing")
    if not reports.closed_list:
        yield Found("list-not-closed")
    for number, item in enumerate(reports.items, start=1):
        if item.deliverable is None:
            yield Found("report-without-deliverable", f"report:{number}", {"item": item.wording})
    told = {item.deliverable for item in reports.items if item.deliverable is not None}
    generated = set(AT_SIGNATURE) if facts.now.header.profile is Profile.AI else set()
    for kind in DeliverableKind:
        if kind in told and kind not in owed | generated:
            yield Found("deliverable-without-date", f"deliverable:{kind}", {"kind": kind})
        if kind in owed and kind not in told:
            yield Found("deliverable-without-content", f"deliverable:{kind}", {"kind": kind})


def late(facts: Facts) -> Finds:
    """i.32: what is owed comes in on its day; each date that has passed is told."""
    for one in facts.late:
        name = f"late:{one.kind}:{one.due_on.isoformat()}"
        yield Found("deliverable-late", name, {"kind": one.kind, "due": one.due_on})


def template(facts: Facts) -> Finds:
    """i.33: a template with its version, the same over the years."""
    held = facts.now.text.reports
    if not said(held.template) or not said(held.template_version):
        yield Found("template-missing")
        return
    before = facts.former.text.reports if facts.former else None
    if before and said(before.template) and (before.template, before.template_version) != (
        held.template, held.template_version,
    ):  # fmt: skip
        yield Found(
            "template-changed",
            facts={"before": before.template_version, "after": held.template_version},
        )


def no_graveyard(facts: Facts) -> Finds:
    """i.34: nothing is collected that no evaluation uses; no figure both ready and person by person."""
    items = facts.now.text.reports.items
    for number, item in enumerate(items, start=1):
        if not item.evaluated:
            yield Found("data-graveyard", f"report:{number}", {"item": item.wording})
    forms = Counter(
        (frozenset(item.serves), item.data)
        for item in items
        if item.serves and item.data in {DataForm.READY_FIGURES, DataForm.INDIVIDUAL_DATA}
    )
    for number, item in enumerate(items, start=1):
        if (
            item.data is DataForm.INDIVIDUAL_DATA
            and forms[frozenset(item.serves), DataForm.READY_FIGURES]
            and item.serves
        ):
            yield Found("figures-twice", f"report:{number}", {"item": item.wording})


def individual(facts: Facts) -> Finds:
    """i.35: a person confirms that the part of reports on single persons is said."""
    yield Found("individual-reports", facts={"listed": listed(facts.now.text.reports.individual_role)})


def talks(facts: Facts) -> Finds:
    """i.36: how often one talks, and to what purpose."""
    held = facts.now.text.talks
    if not held.times_a_year:
        yield Found("talks-unset")
    if not held.purposes:
        yield Found("talks-without-purpose")


def visits(facts: Facts) -> Finds:
    """i.37: a person confirms that own visits follow reports and talk, by criteria that are known."""
    held = facts.now.text.talks
    if held.visits:
        counted = int(held.visits_in_two_steps and said(held.visit_criteria))
        yield Found("visits", facts={"listed": counted})


RULES = (tied, once, form, closed_list, late, template, no_graveyard, individual, talks, visits)
