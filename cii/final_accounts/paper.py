"""The settled year on paper: figures by type, the way to what is owed, a QR invoice for what is owed back."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cii.agreements.queries import provider_units
from cii.documents.final_account import FinalAccountPage, QrPart, final_account, payment_part
from cii.documents.layout import Letterhead
from cii.documents.table import Column, Table
from cii.final_accounts.cost_types import cost_types
from cii.final_accounts.queries import AccountView, account_view
from cii.final_accounts.rules import NothingToPrint
from cii.final_accounts.vocabulary import Method
from cii.institutions.queries import lines_by_id, shown_units
from cii.kernel.money import Chf
from cii.store.settings import canton_directory
from cii.store.work import Work
from cii.texts import formats
from cii.texts.speech import say

WAY: Mapping[str, str] = {
    "costs": "web.final-accounts.costs",
    "cut": "web.final-accounts.cut",
    "revenue": "web.final-accounts.revenue",
    "need": "web.final-accounts.need",
    "kept": "web.final-accounts.kept",
    "subsidy": "web.final-accounts.subsidy",
    "paid": "web.final-accounts.paid",
}
"""The figures from the costs to what is owed, in their order, and how each is called."""
LESS = frozenset({"cut", "revenue", "paid"})
"""Figures that are deducted."""


@dataclass(frozen=True, slots=True)
class Paper:
    """A file and its name."""

    name: str
    content: bytes


def paper(work: Work, ref: str, lang: str) -> Paper:
    """The year as PDF, as it stands until it is settled; refuses NothingToPrint, UnknownThing."""
    view = account_view(work, ref)
    held = view.account
    if held.method is not Method.COSTS:
        raise NothingToPrint(year=held.year)
    at = held.settled_at or work.now
    line = lines_by_id(work, [held.line_id])[held.line_id]
    unit = provider_units(work, [held.agreement_id])[held.agreement_id]
    label = shown_units(work, [unit]).get(unit)
    provider = label.name if label is not None else view.agreement.number
    told: Mapping[str, int] = held.explanation or {}
    owed = view.receivable
    qr = ""
    if owed is not None:
        creditor = canton_directory(work.settings.canton)["creditor"]
        words = say("web.final-accounts.paper.about", lang, agreement=view.agreement.number, year=held.year)
        qr = payment_part(QrPart(creditor, str(owed.amount), owed.reference, words), lang)
    notes = [say("web.final-accounts.paper.rule", lang, rule=held.rule_version)] if held.rule_version else []
    if owed is not None:
        notes.append(say("web.final-accounts.paper.due", lang, day=formats.day(owed.due_on, lang)))
    page = FinalAccountPage(
        Letterhead(say("reports.canton", lang), say("web.final-accounts.paper.office", lang)),
        say("web.final-accounts.of", lang, agreement=view.agreement.number, year=held.year),
        (
            (say("documents.provider", lang), provider),
            (say("documents.agreement", lang), view.agreement.number),
            (say("web.measures.line", lang), f"{line.code}, {line.name}"),
            (say("web.agreements.state", lang), say(f"word.account_state.{held.state.value}", lang)),
            (say("documents.as-of", lang), formats.moment(at, lang)),
        ),
        (_items(view, lang), *([_way(told, lang)] if told else [])),
        tuple(notes),
        qr,
    )
    content = final_account(page, created=at, lang=lang)
    return Paper(f"{view.agreement.number}-{held.year}.pdf".replace(" ", "-"), content)


def _items(view: AccountView, lang: str) -> Table:
    planned = {one.code: one.amount for one in view.budget}
    spent = {one.code: one.amount for one in view.actual}
    rows: list[Any] = [
        (say(f"word.cost_type.{code}", lang), planned.get(code), spent.get(code))
        for code in cost_types()
        if code in planned or code in spent
    ]
    return Table(
        say("web.final-accounts.items", lang),
        [
            Column(say("web.final-accounts.type", lang)),
            Column(say("web.final-accounts.planned", lang), kind="money"),
            Column(say("web.final-accounts.actual", lang), kind="money"),
        ],
        rows,
    )


def _way(told: Mapping[str, int], lang: str) -> Table:
    rows: list[Any] = [
        (say(key, lang), Chf(-told[name] if name in LESS else told[name]))
        for name, key in WAY.items()
        if name in told
    ]
    result = Chf(told.get("balance", 0) - told.get("reclaim", 0))
    return Table(
        say("web.final-accounts.way", lang),
        [
            Column(say("web.final-accounts.what", lang)),
            Column(say("web.final-accounts.sum", lang), kind="money"),
        ],
        rows,
        (say("web.final-accounts.balance", lang), result),
    )
