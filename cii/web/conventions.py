"""The text of an agreement on its pages: the ten sections of the guide's table 1, one form for each part."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from flask import g, render_template, url_for
from werkzeug.wrappers import Response

from cii.access.permits import Permit
from cii.agreements.queries import (
    AgreementView,
    agreement_by_ref,
    agreement_view,
    may_write,
    reads_laid_only,
)
from cii.agreements.rules import OPEN_STATES
from cii.conformity.queries import checked
from cii.conventions.actions import write_part
from cii.conventions.editions import text_read
from cii.conventions.parts import PARTS, Text
from cii.conventions.queries import parts_written
from cii.conventions.rules import parts_for
from cii.conventions.vocabulary import Part
from cii.institutions.queries import lines_by_id
from cii.kernel.errors import UnknownThing
from cii.measures.queries import measures_by_id
from cii.store.work import Work
from cii.web.agreement_tabs import agreement_head
from cii.web.base import Blueprint, see_other
from cii.web.choices import Option, t, word
from cii.web.part_forms import drawn
from cii.wire.doors import again, needs, once
from cii.wire.etags import require_match
from cii.wire.reading import asked

page = Blueprint("conventions", __name__)
SECTIONS: tuple[tuple[str, tuple[Part, ...]], ...] = (
    ("parties", (Part.PARTIES,)),
    ("bases", (Part.BASES,)),
    ("aims", (Part.AIMS,)),
    ("services", (Part.SERVICES,)),
    ("money", (Part.VOLUME, Part.PRICE, Part.SURPLUS)),
    ("principles", (Part.PRINCIPLES,)),
    ("evaluation", (Part.EVALUATION, Part.REPORTS, Part.TALKS)),
    ("term", (Part.TERM,)),
    ("disputes", (Part.DISPUTES,)),
    ("profile", (Part.INSERTION, Part.OUTCOME_PAY)),
)
"""The sections of table 1 and the parts in each; the tenth, the signatures, stands on the document."""


@page.get("/agreements/<ref:ref>/text", endpoint="index")
@needs(Permit.SEE_AGREEMENTS)
def text_page(ref: str) -> str:
    """The sections of the text: which parts are written, and what the checks find in each."""
    return render_template("pages/conventions/text.html", **_text(g.work, ref))


@page.get("/agreements/<ref:ref>/text/<name>")
@needs(Permit.SEE_AGREEMENTS)
def part(ref: str, name: str) -> str:
    """One part: as a form while the text is open to the reader, else as it reads."""
    return render_template("pages/conventions/part.html", **_part(g.work, ref, named(name)))


@page.post("/agreements/<ref:ref>/text/<name>")
@needs(Permit.EDIT_AGREEMENTS)
@once
@again(part)
def write(ref: str, name: str) -> Response:
    """Write the part anew."""
    found = named(name)
    require_match(ref, agreement_by_ref(g.work, ref).version)
    write_part(g.work, ref, found, asked(PARTS[found]))
    return see_other("conventions.index", ref=ref, done=name)


def named(name: str) -> Part:
    """The part of this name; refuses UnknownThing."""
    found = next((part for part in Part if part.value == name), None)
    if found is None:
        raise UnknownThing(field="part")
    return found


def _text(work: Work, ref: str) -> dict[str, Any]:
    view = agreement_view(work, ref)
    held = view.agreement
    said = text_read(work, held)
    laid = reads_laid_only(work, held)
    written = _said_in(said) if laid else parts_written(work, held.id or 0)
    found = Counter(one.finding.place.value for one in checked(work, ref).open)
    wanted = parts_for(held.profile)
    sections = [
        {
            "title": t(f"web.conventions.section.{name}"),
            "parts": [
                {
                    "title": word(part, "convention_part"),
                    "url": url_for("conventions.part", ref=ref, name=part.value),
                    "written": part in written,
                    "found": found[part.value],
                }
                for part in parts
                if part in wanted
            ],
        }
        for name, parts in SECTIONS
    ]
    return {**agreement_head(work, view, "text"), "sections": [one for one in sections if one["parts"]]}


def _part(work: Work, ref: str, part: Part) -> dict[str, Any]:
    view = agreement_view(work, ref)
    held = view.agreement
    order = parts_for(held.profile)
    if part not in order:
        raise UnknownThing(field="part")
    writes = Permit.EDIT_AGREEMENTS in work.actor.permits and may_write(work, held)
    said = getattr(text_read(work, held), part.value)
    at = order.index(part)
    return {
        **agreement_head(work, view, "text"),
        "part": part.value,
        "title": word(part, "convention_part"),
        "fields": drawn(PARTS[part], said, part.value, _choices(work, view)),
        "open": writes and held.state in OPEN_STATES,
        "before": _neighbour(ref, order[at - 1]) if at else None,
        "after": _neighbour(ref, order[at + 1]) if at + 1 < len(order) else None,
    }


def _said_in(text: Text) -> frozenset[Part]:
    """The parts in which an edition says something."""
    return frozenset(part for part in Part if getattr(text, part.value) != getattr(Text(), part.value))


def _neighbour(ref: str, part: Part) -> dict[str, str]:
    return {
        "label": word(part, "convention_part"),
        "url": url_for("conventions.part", ref=ref, name=part.value),
    }


def _choices(work: Work, view: AgreementView) -> Mapping[str, list[Option]]:
    """What fields that name rows may name: what the agreement buys, its objectives and requirements."""
    measures = measures_by_id(work, {one.measure_id for one in view.measures}).values()
    lines = lines_by_id(work, {one.line_id for one in view.measures}).values()
    aims = text_read(work, view.agreement).aims
    return {
        "measure_ref": [
            {"value": one.ref, "label": one.name} for one in sorted(measures, key=lambda one: one.code)
        ],
        "line_ref": [
            {"value": one.ref, "label": f"{one.code}, {one.name}"}
            for one in sorted(lines, key=lambda one: one.code)
        ],
        "serves": [
            *({"value": one.ref, "label": one.wording} for one in view.objectives),
            *({"value": one.code, "label": one.wording or one.code} for one in aims.requirements if one.code),
        ],
        "scheme_ref": [],
    }


__all__ = ["page"]
