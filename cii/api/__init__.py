"""The JSON routes under `/api/v1`: four lines each, the same permits and commands as the pages.

Owns no facts. A module `cii/api/<name>.py` calls its blueprint `blueprint` and is named in BLUEPRINTS. The
OpenAPI document follows from the routes, at `/api/v1/openapi.json`, and as a page at `/api/v1/docs`.
"""

BLUEPRINTS: tuple[str, ...] = (
    "health",
    "session",
    "openapi_page",
    "detections",
    "announcements",
    "referrals",
    "requests",
    "glass",
    "restrictions",
    "tasks",
    "desk",
    "search",
    "cases",
    "case_work",
    "case_plan",
    "employers",
    "checks",
    "case_process",
    "case_records",
    "case_referrals",
    "links",
    "decisions",
    "consents",
    "persons",
    "admission",
    "observations",
    "recognitions",
    "placements",
    "attendance",
    "measures",
    "agreements",
    "budgets",
    "statements",
    "reconciliation",
    "programmes",
    "reports",
    "definitions",
    "journal",
    "notices",
    "attachments",
)
"""Modules with routes, in the order of registration: one line each."""
