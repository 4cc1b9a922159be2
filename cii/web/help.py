"""Help: what each role does here, the keys, and the legal word beside the plain word."""

from typing import Any

from flask import g, render_template

from cii.access.permits import ROLE_PERMITS
from cii.web.base import Blueprint
from cii.web.choices import t, word
from cii.wire.doors import SIGNED_IN, needs

page = Blueprint("help", __name__)
TERMS = (
    "lead", "referral", "redirect", "basis", "consent", "network", "everyday", "assessment", "grid", "mixed",
    "quota", "respondent", "agreement", "tariff", "statement", "commitment", "accrual", "reconciliation",
    "freeze", "light", "corrective", "journal", "four-eyes",
)  # fmt: skip
"""The words of the glossary, by their key in the catalogue."""
KEYS = ("search", "help", "next", "previous", "select", "open", "escape")


@page.get("/help", endpoint="index")
@needs(SIGNED_IN)
def help_page() -> str:
    """Roles, keys, words."""
    return render_template("pages/help/index.html", **_help())


def _help() -> dict[str, Any]:
    mine = {seat.role for seat in g.work.actor.seats}
    terms = [
        {
            "plain": t(f"web.help.term.{one}"),
            "legal": t(f"web.help.term.{one}.legal"),
            "said": t(f"web.help.term.{one}.said"),
        }
        for one in TERMS
    ]
    return {
        "roles": [
            {"name": word(role), "does": t(f"web.help.role.{role.value}"), "mine": role.value in mine}
            for role in sorted(ROLE_PERMITS, key=lambda one: one.value not in mine)
        ],
        "terms": sorted(terms, key=lambda one: one["plain"].lower()),
        "keys": [
            {"key": key, "does": t(f"web.shortcuts.{name}")} for name, key in zip(KEYS, _signs(), strict=True)
        ],
    }


def _signs() -> tuple[str, ...]:
    return ("/", "?", "j", "k", "x", t("web.key.enter"), t("web.key.escape"))
