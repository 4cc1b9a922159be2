"""PDF pages set by typst from `templates/`: for screen readers and archives, the same bytes twice.

Only the fonts of this package are used, none of the machine's, and the date of the file is handed in.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import orjson
import typst

from cii.documents.layout import CaseSummary, Letter, Report, Statement

MEDIA_TYPE = "application/pdf"
_HERE = Path(__file__).parent
_TEMPLATES = _HERE / "templates"
_STANDARDS: "typst.PDFStandards" = ["ua-1", "a-2a"]
"""ISO 14289-1 (read aloud), ISO 19005-2 level A (kept for decades): typst refuses what they do not allow."""


def report(page: Report, *, created: datetime, lang: str) -> bytes:
    """A pack of figures as PDF."""
    return render("report", page.plain(lang), created=created, lang=lang)


def statement(page: Statement, *, created: datetime, lang: str) -> bytes:
    """A month's statement (décompte) as PDF."""
    return render("statement", page.plain(lang), created=created, lang=lang)


def letter(page: Letter, *, created: datetime, lang: str) -> bytes:
    """A letter as PDF."""
    return render("letter", page.plain(lang), created=created, lang=lang)


def case_summary(page: CaseSummary, *, created: datetime, lang: str) -> bytes:
    """A case on paper, as PDF."""
    return render("case_summary", page.plain(lang), created=created, lang=lang)


def render(template: str, data: Mapping[str, object], *, created: datetime, lang: str) -> bytes:
    """The page of a template over plain data; `created` (aware) is its date, `lang` its language.

    Templates: report, statement, letter, case_summary; their data come from `layout`: texts only, nothing
    to compute.
    """
    return typst.compile(
        str(_TEMPLATES / f"{template}.typ"),
        root=str(_TEMPLATES),
        font_paths=_fonts(),
        sys_inputs=_inputs(data, created, lang),
        pdf_standards=_STANDARDS,
        timestamp=int(created.astimezone(UTC).timestamp()),
    )


def total(template: str, label: str, data: Mapping[str, object], *, created: datetime, lang: str) -> int:
    """The number that the template lays down under a label when its pages are set, such as their count."""
    found = typst.query(
        str(_TEMPLATES / f"{template}.typ"),
        f"<{label}>",
        field="value",
        one=True,
        root=str(_TEMPLATES),
        font_paths=_fonts(),
        sys_inputs=_inputs(data, created, lang),
    )
    return int(orjson.loads(found))


def _inputs(data: Mapping[str, object], created: datetime, lang: str) -> dict[str, str]:
    return {
        "data": orjson.dumps(data).decode(),
        "lang": lang,
        "created": orjson.dumps(created.astimezone(UTC).timetuple()[:6]).decode(),
    }


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=True, font_paths=[str(_HERE / "fonts")]
    )
