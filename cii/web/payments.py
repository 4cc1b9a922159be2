"""Payments on their way: what waits, files that left, answers of the office, accounts of providers."""

from dataclasses import dataclass
from typing import Any

from flask import g, render_template, request, url_for
from werkzeug.wrappers import Response

from cii.access.permits import Permit
from cii.access.queries import account_names
from cii.agreements.queries import provider_names, provider_refs
from cii.documents import csv, pdf
from cii.institutions.vocabulary import Sector
from cii.payments.actions import ReleaseAgain, SendPayments, release_again, send_payments
from cii.payments.actions_accounts import ChangeAccount, change_account, decide_account
from cii.payments.actions_answers import AnswersRead, ReadAnswers, read_answers
from cii.payments.actions_owed import NoteReceipt, note_receipt
from cii.payments.adapters import CURRENCY
from cii.payments.paper import invoice
from cii.payments.queries import (
    PaymentRow,
    accounts_of,
    files_list,
    form_of,
    open_payments,
    payment_by_ref,
    sectors_of,
    waiting,
)
from cii.payments.queries_owed import OwedBack, owed_by_ref, owed_to
from cii.payments.rules import TITLES
from cii.payments.tables import ProviderAccount
from cii.payments.vocabulary import PaymentFormat, PaymentKind, PaymentStep
from cii.store.work import Work
from cii.texts import formats
from cii.web.base import Blueprint, see_other
from cii.web.choices import t, word
from cii.wire import language
from cii.wire.doors import again, needs, once
from cii.wire.files import handed_out
from cii.wire.reading import asked, sent_file

page = Blueprint("payments", __name__)
_PAGE = 50
_MEDIA = {"csv": csv.MEDIA_TYPE, "json": "application/json", "xml": "application/xml"}
_ABOUT = {
    PaymentKind.STATEMENT: "statements.one",
    PaymentKind.YEAR: "final_accounts.one",
    PaymentKind.OUTCOME: "",
    PaymentKind.WAGE: "wage_grants.one",
    PaymentKind.WAGE_SUBSIDY: "wage_grants.one",
}
"""The page on which each kind of payment is read."""
_TONES = {
    PaymentStep.READY: "neutral",
    PaymentStep.UNDER_WAY: "warn",
    PaymentStep.EXECUTED: "good",
    PaymentStep.REJECTED: "bad",
    PaymentStep.RETURNED: "bad",
}


@dataclass(frozen=True)
class AnswerForm:
    """Whether a file is only tried."""

    dry_run: bool = False


@dataclass(frozen=True)
class AccountDecision:
    """The second person's answer to another account."""

    confirmed: bool


@page.get("/payments", endpoint="index")
@needs(Permit.PAY_STATEMENT)
def payments() -> str:
    """Released payments that are not executed yet, and the files that left."""
    return render_template("pages/payments/index.html", **_shown(g.work))


@page.post("/payments")
@needs(Permit.PAY_STATEMENT)
@once
@again(payments)
def send() -> Response:
    """Put what waits of a sector into one file."""
    send_payments(g.work, asked(SendPayments))
    return see_other("payments.index")


@page.get("/payments/files/<ref:ref>/<any(csv, json, xml):form>")
@needs(Permit.PAY_STATEMENT)
def file(ref: str, form: str) -> Response:
    """A file as it left, byte for byte."""
    held, content = form_of(g.work, ref, form)
    return handed_out([content], f"{held.number}.{form}", _MEDIA[form], len(content))


@page.get("/payments/<ref:ref>/release")
@needs(Permit.PAY_STATEMENT)
def release(ref: str) -> str:
    """The form that releases a rejected payment again."""
    return render_template("pages/payments/release.html", row=_row(payment_by_ref(g.work, ref)))


@page.post("/payments/<ref:ref>/release")
@needs(Permit.PAY_STATEMENT)
@once
@again(release)
def release_once_more(ref: str) -> Response:
    """Release a rejected payment again."""
    release_again(g.work, asked(ReleaseAgain, payment_ref=ref))
    return see_other("payments.index")


@page.get("/payments/owed/<ref:ref>")
@needs(Permit.PAY_STATEMENT)
def owed(ref: str) -> str:
    """What a provider owes back otherwise than of a year, and the form that notes its receipt."""
    return render_template("pages/payments/owed.html", **_owed(owed_by_ref(g.work, ref)))


@page.get("/payments/owed/<ref:ref>/invoice")
@needs(Permit.PAY_STATEMENT)
def owed_invoice(ref: str) -> Response:
    """Its QR invoice as PDF."""
    made = invoice(g.work, ref, language.lang())
    return handed_out([made.content], made.name, pdf.MEDIA_TYPE, len(made.content))


@page.post("/payments/owed/<ref:ref>")
@needs(Permit.PAY_STATEMENT)
@once
@again(owed)
def owed_received(ref: str) -> Response:
    """Note that the rest has come in."""
    note_receipt(g.work, asked(NoteReceipt, owed_ref=ref))
    return see_other("payments.owed", ref=ref)


@page.get("/payments/answers")
@needs(Permit.PAY_STATEMENT)
def answers() -> str:
    """The form for an answer, with every fault of the file that was refused."""
    return _answers(None)


@page.post("/payments/answers")
@needs(Permit.PAY_STATEMENT)
@once
@again(answers)
def take_answers() -> str:
    """Read an answer; show what it brought, or would bring."""
    form, sent = asked(AnswerForm), sent_file()
    return _answers(read_answers(g.work, ReadAnswers(sent.content, form.dry_run)), dry_run=form.dry_run)


@page.get("/payments/accounts")
@needs(Permit.PAY_STATEMENT)
def accounts() -> str:
    """The accounts of providers, and the form for another."""
    return render_template("pages/payments/accounts.html", **_accounts(g.work))


@page.post("/payments/accounts")
@needs(Permit.PAY_STATEMENT)
@once
@again(accounts)
def ask_account() -> Response:
    """Ask for another account of a provider."""
    change_account(g.work, asked(ChangeAccount))
    return see_other("payments.accounts")


@page.post("/payments/accounts/<ref:ref>/decision")
@needs(Permit.PAY_STATEMENT)
@once
@again(lambda ref: accounts())  # noqa: ARG005 - the page is the same for each
def answer_account(ref: str) -> Response:
    """Confirm or refuse an account that somebody else has asked for."""
    decide_account(g.work, ref, confirmed=asked(AccountDecision).confirmed)
    return see_other("payments.accounts")


def _shown(work: Work) -> dict[str, Any]:
    found = open_payments(work, after=request.args.get("after"), limit=_PAGE + 1)
    kept = found[:_PAGE]
    ready = {one.sector: one for one in waiting(work)}
    return {
        "rows": [_row(one) for one in kept],
        "next_mark": kept[-1].ref if len(found) > _PAGE else None,
        "sectors": [
            {"value": code, "label": t("web.payments.sector.n", sector=code, n=ready[code].ready)}
            for code in sectors_of(work)
            if code in set(Sector) and code in ready and ready[code].ready
        ],
        "without": sum(one.without_account for one in ready.values()),
        "formats": [{"value": one, "label": word(one, "payment_format")} for one in PaymentFormat],
        "files": [
            {
                "number": one.number,
                "ref": one.ref,
                "made_at": one.made_at,
                "payments": one.payments,
                "total": one.total,
                "format": word(one.format, "payment_format"),
                "forms": ["xml"] if one.format is PaymentFormat.PAIN else ["csv", "json"],
                "answered": t("web.payments.answered", executed=one.executed, rejected=one.rejected)
                + (f", {t('web.payments.answered.returned', returned=one.returned)}" if one.returned else ""),
                "sha256": one.sha256[:16],
            }
            for one in files_list(work)
        ],
        "owed": [_owed(one) for one in owed_to(work, open_only=True)],
    }


def _row(one: PaymentRow) -> dict[str, Any]:
    lang = language.lang()
    return {
        "ref": one.ref,
        "creditor": one.creditor,
        "agreement": one.agreement,
        "kind": word(one.kind, "payment_kind"),
        "month": f"{formats.month(one.period, lang)} · {one.number}",
        "amount": one.amount,
        "attempt": one.attempt,
        "state": {"label": word(one.step, "payment_step"), "tone": _TONES[one.step]}
        if one.account is not None or one.step is not PaymentStep.READY
        else {"label": t("web.payments.no-account"), "tone": "bad"},
        "reason": one.reason,
        "rejected": one.step in {PaymentStep.REJECTED, PaymentStep.RETURNED},
        "about_url": url_for(_ABOUT[one.kind], ref=one.about_ref) if _ABOUT[one.kind] else None,
    }


def _owed(one: OwedBack) -> dict[str, Any]:
    year = one.kind is PaymentKind.YEAR
    return {
        "ref": one.ref,
        "creditor": one.creditor,
        "agreement": one.agreement,
        "line": one.line,
        "why": t(f"web.payments.owed.why.{one.kind.value}"),
        "amount": one.amount,
        "received": one.received,
        "left": one.left,
        "due_on": one.due_on,
        "reference": one.reference,
        "settled": one.settled,
        "url": url_for("final_accounts.one" if year else "payments.owed", ref=one.ref),
        "about_url": url_for(_ABOUT[one.kind], ref=one.about_ref) if _ABOUT[one.kind] else None,
    }


def _answers(result: AnswersRead | None, *, dry_run: bool = False) -> str:
    faults = [
        {
            "line": one.facts.get("line"),
            "column": one.field,
            "found": one.facts.get("found"),
            "reason": one.text,
        }
        for one in (g.get("reasons") or ())
        if "line" in one.facts
    ]
    told = None
    if result is not None:
        told = {
            "rows": result.rows,
            "repeated": result.rows > 0 and result.known == result.rows,
            "executed": result.executed,
            "rejected": result.rejected,
            "returned": result.returned,
            "known": result.known,
            "received": result.received,
            "other": result.other,
        }
    return render_template(
        "pages/payments/answers.html",
        faults=faults,
        result=told,
        dry_run=dry_run,
        headers="; ".join(f"{name} ({', '.join(titles[1:])})" for name, titles in TITLES.items()),
        currency=CURRENCY,
    )


def _accounts(work: Work) -> dict[str, Any]:
    found = accounts_of(work)
    named = {row.ref: row.name or row.code for row in work.session.execute(provider_names(work.actor))}
    refs = provider_refs(work, {one.provider_id for one in found})
    people = account_names(work, {one.asked_by for one in found} | {one.decided_by or 0 for one in found})
    shown = [(one, refs.get(one.provider_id, "")) for one in found]
    return {
        "rows": [
            {
                "ref": one.ref,
                "provider": named[ref],
                "iban": _grouped(one.iban),
                "holder": one.holder,
                "address": f"{one.street} {one.house_number}, {one.country}-{one.postcode} {one.town}".strip(
                    " ,"
                ),
                "from": one.valid_from,
                "asked_by": people.get(one.asked_by, ""),
                "decided_by": people.get(one.decided_by or 0, ""),
                "state": _account_state(one),
                "waiting": one.decided_by is None,
                "own": one.asked_by == work.actor.account_id,
                "reason": one.reason,
            }
            for one, ref in shown
            if ref in named
        ],
        "providers": [
            {"value": ref, "label": name} for ref, name in sorted(named.items(), key=lambda one: one[1])
        ],
        "today": work.today,
    }


def _grouped(iban: str) -> str:
    return " ".join(iban[at : at + 4] for at in range(0, len(iban), 4))


def _account_state(one: ProviderAccount) -> dict[str, str]:
    if one.confirmed is None:
        return {"label": t("web.payments.account-waiting"), "tone": "warn"}
    if one.confirmed:
        return {"label": t("web.payments.account-confirmed"), "tone": "good"}
    return {"label": t("web.payments.account-refused"), "tone": "neutral"}
