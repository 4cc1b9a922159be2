"""The pages: HTML routes, one module for each part of the navigation, four lines a route.

Owns no facts. A module `cii/web/<name>.py` calls its blueprint `page` and is named in BLUEPRINTS; its
templates stand in `templates/pages/`. `base` holds what every page knows.
"""

BLUEPRINTS: tuple[str, ...] = (
    "login",
    "desk",
    "filters",
    "drafts",
    "absences",
    "load",
    "news",
    "cases",
    "case_notes",
    "case_acts",
    "case_plan",
    "case_moments",
    "case_process",
    "case_links",
    "links",
    "detections",
    "referrals",
    "admission",
    "observations",
    "recognitions",
    "places",
    "measures",
    "agreements",
    "budgets",
    "definitions",
    "whatif",
    "standing",
    "journal",
    "accounts",
    "notices",
    "outbox",
    "catcher",
    "help",
    "settings",
    "provider",
    "statements",
    "reconciliation",
    "coordination",
    "reports",
)  # fmt: skip
"""Modules with pages, in the order of registration: one line each."""
