"""Measures: the catalogue, one measure with its places and conditions, the capacity board of a day."""

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Any

from flask import g, render_template
from werkzeug.wrappers import Response

from cii.access.permits import Permit
from cii.agreements.margins import margins_of
from cii.files.vocabulary import LANGUAGES
from cii.institutions.queries import lines, lines_by_id
from cii.institutions.regions import region_names
from cii.institutions.vocabulary import Sector
from cii.measures.actions import JustifyMeasure, SetPlaces, SetQuota, justify
from cii.measures.catalogue import CatalogueFilter, CatalogueRow, catalogue, catalogue_rows
from cii.measures.queries import measure_by_ref, measure_held, rules_at
from cii.measures.rules import professional_share
from cii.measures.vocabulary import MeasureKind, TargetGroup
from cii.placements.actions import change_places, change_quota
from cii.placements.board import BoardLine, BoardRow, WaitingRow, capacity_board, waiting_list
from cii.store.work import Work
from cii.texts import formats
from cii.web.base import Blueprint, see_other
from cii.web.budgets import used_lines
from cii.web.catalogue import region_options
from cii.web.choices import choice_asked, day_asked, fallback, figure, options, t, text_asked, word
from cii.web.stay_words import standing
from cii.web.tables import rulebook
from cii.wire import language
from cii.wire.doors import again, needs, once
from cii.wire.etags import etag, require_match
from cii.wire.reading import asked
from cii.workflow.queries import parsed_table

page = Blueprint("measures", __name__)
_WARN, _FULL = 80, 100


@page.get("/measures", endpoint="index")
@needs(Permit.SEE_MEASURES)
def measures_page() -> str:
    """The catalogue of a day, filtered."""
    return render_template("pages/measures/index.html", **_catalogue(g.work), budget_lines=used_lines(g.work))


@page.get("/measures/board")
@needs(Permit.SEE_MEASURES)
def board() -> str:
    """Places, taken, free and waiting of every measure and line on a day."""
    return render_template("pages/measures/board.html", **_board(g.work), budget_lines=used_lines(g.work))


@page.get("/measures/<ref:ref>")
@needs(Permit.SEE_MEASURES)
def one(ref: str) -> str:
    """One measure today: what it is, whom it takes, who speaks for it, who waits."""
    return render_template(
        "pages/measures/one.html", **_measure(g.work, ref), budget_lines=used_lines(g.work)
    )


@page.get("/measures/<ref:ref>/quota")
@needs(Permit.EDIT_MEASURES)
def quota(ref: str) -> str:
    """The form that changes a quota."""
    return render_template("pages/measures/quota.html", **_form(g.work, ref))


@page.post("/measures/<ref:ref>/quota")
@needs(Permit.EDIT_MEASURES)
@once
@again(quota)
def set_quota(ref: str) -> Response:
    """Change a line's quota from a day on."""
    _fresh(g.work, ref)
    change_quota(g.work, asked(SetQuota, measure_ref=ref))
    return see_other("measures.one", ref=ref)


@page.get("/measures/<ref:ref>/places")
@needs(Permit.EDIT_MEASURES)
def places(ref: str) -> str:
    """The form that changes the places."""
    return render_template("pages/measures/places.html", **_form(g.work, ref))


@page.post("/measures/<ref:ref>/places")
@needs(Permit.EDIT_MEASURES)
@once
@again(places)
def set_places(ref: str) -> Response:
    """Change the measure's places from a day on."""
    _fresh(g.work, ref)
    change_places(g.work, asked(SetPlaces, measure_ref=ref))
    return see_other("measures.one", ref=ref)


@page.get("/measures/<ref:ref>/justification")
@needs(Permit.EDIT_MEASURES)
def justification(ref: str) -> str:
    """The form that justifies an overlap."""
    return render_template("pages/measures/justification.html", **_form(g.work, ref))


@page.post("/measures/<ref:ref>/justification")
@needs(Permit.EDIT_MEASURES)
@once
@again(justification)
def set_justification(ref: str) -> Response:
    """Say why the measure exists beside another that offers the same."""
    _fresh(g.work, ref)
    justify(g.work, asked(JustifyMeasure, measure_ref=ref))
    return see_other("measures.one", ref=ref)


def _fresh(work: Work, ref: str) -> None:
    require_match(ref, measure_held(work, ref).version)


def _catalogue(work: Work) -> dict[str, Any]:
    day = day_asked()
    kind, sector, mixed = (
        choice_asked(MeasureKind, "kind"),
        choice_asked(Sector, "sector"),
        text_asked("mixed"),
    )
    group, region, spoken = (
        choice_asked(TargetGroup, "target_group"),
        text_asked("region"),
        text_asked("language"),
    )
    shown = CatalogueFilter(
        kind=kind,
        region=region or None,
        language=spoken or None,
        target_group=group,
        sector=sector,
        mixed=mixed == "yes" if mixed in {"yes", "no"} else None,
        text=text_asked("text"),
    )
    rows = catalogue(work, shown, day)
    return {
        "day_shown": day,
        "asked": {
            "kind": kind,
            "region": region,
            "language": spoken,
            "sector": sector,
            "mixed": mixed,
            "text": shown.text,
            "target_group": group,
        },
        "filtered": any((kind, region, spoken, sector, mixed, shown.text, group)),
        "regions": region_options(work),
        "languages": [{"value": one, "label": t(f"web.language.{one}")} for one in LANGUAGES],
        "kinds": options(MeasureKind),
        "groups": options(TargetGroup),
        "sectors": options(Sector),
        "figures": _figures(rows, day),
        "rows": [_catalogue_row(row) for row in rows],
        "may_edit": Permit.EDIT_MEASURES in work.actor.permits,
    }


def _figures(rows: Sequence[CatalogueRow], day: date) -> list[dict[str, object]]:
    """Places of the measures listed, the mixed ones among them, and what part of these is professional."""
    shared: Counter[MeasureKind] = Counter()
    for row in rows:
        if row.mixed:
            shared.update(row.places_by_kind)
    share = professional_share(shared)
    return [
        figure(
            "web.catalogue.figure.places",
            sum(row.places for row in rows),
            t("web.catalogue.figure.places.note", day=day),
        ),
        figure("web.catalogue.figure.mixed", shared.total(), t("web.catalogue.figure.mixed.note")),
        figure(
            "web.catalogue.figure.professional",
            formats.percent(share, language.lang(), 1) if share is not None else formats.DASH,
            t("web.catalogue.figure.professional.note"),
        ),
    ]


def _catalogue_row(row: CatalogueRow) -> dict[str, Any]:
    return {
        "ref": row.ref,
        "name": row.name,
        "code": row.code,
        "kind": word(row.kind),
        "mixed": _mixed(row),
        "respondent": row.respondent.name if row.respondent else None,
        "places": row.places,
        "sectors": sorted({quota.sector for quota in row.quotas if quota.places}),
        "overlap": _overlap(row),
    }


def _mixed(row: CatalogueRow) -> dict[str, str]:
    return (
        {"label": t("web.measures.mixed"), "tone": "info"}
        if row.mixed
        else {"label": t("web.measures.single"), "tone": "neutral"}
    )


def _overlap(row: CatalogueRow) -> dict[str, str] | None:
    if not row.overlaps:
        return None
    said = t("web.measures.overlaps", codes=", ".join(row.overlaps))
    return {"label": said, "tone": "good" if row.justification else "warn"}


def _measure(work: Work, ref: str) -> dict[str, Any]:
    measure = measure_by_ref(work, ref)
    today = work.today
    (row,) = catalogue_rows(work, [measure], today)
    held = next((one for one in capacity_board(work, today) if one.measure_id == row.id), None)
    rule = rules_at(work, today, [row.id]).get(row.id)
    return {
        "measure": row,
        "mixed": _mixed(row),
        "overlap": _overlap(row),
        "target_groups": ", ".join(word(one, "target-group") for one in row.target_groups),
        "languages": ", ".join(fallback(f"web.language.{one}", one) for one in row.languages),
        "region": region_names(work).get(row.region, row.region),
        "kinds": [{"label": word(kind), "value": number} for kind, number in row.places_by_kind.items()],
        "quotas": _quotas(row, held),
        "total": {"line": t("web.measures.total"), "places": row.places,
                  "taken": held.taken if held else 0, "free": held.free if held else row.places,
                  "waiting": held.waiting if held else 0},
        "beyond": _beyond(work, row, today),
        "waiting": [_waiting(one) for one in waiting_list(work, row.id)],
        "rule": rulebook(parsed_table(rule.source, row.code)) if rule else None,
        "may_edit": Permit.EDIT_MEASURES in work.actor.permits,
    }  # fmt: skip


def _beyond(work: Work, row: CatalogueRow, day: date) -> str:
    """The margins that agreements state that day, as « SAS +1 »; empty where there is none."""
    codes = {quota.line_id: quota.line_code for quota in row.quotas}
    held = [
        f"{codes[one.line_id]} +{one.places}"
        for one in margins_of(work, row.id)
        if one.line_id in codes and one.valid_from <= day and (one.valid_to is None or day < one.valid_to)
    ]
    return ", ".join(held)


def _form(work: Work, ref: str) -> dict[str, Any]:
    measure = measure_by_ref(work, ref)
    return {
        "measure": measure,
        "version": etag(ref, measure.version),
        "lines": [{"value": line.ref, "label": f"{line.code}, {line.name}"} for line in lines(work)],
        "kinds": options(MeasureKind),
        "today": work.today.isoformat(),
    }


def _quotas(row: CatalogueRow, held: BoardRow | None) -> list[dict[str, Any]]:
    taken: dict[int, BoardLine] = {line.line_id: line for line in held.lines} if held else {}
    return [
        {
            "line": quota.line_code,
            "sector": quota.sector,
            "places": quota.places,
            "taken": taken[quota.line_id].taken if quota.line_id in taken else 0,
            "free": taken[quota.line_id].free if quota.line_id in taken else quota.places,
            "waiting": taken[quota.line_id].waiting if quota.line_id in taken else 0,
        }
        for quota in row.quotas
    ]


def _waiting(row: WaitingRow) -> dict[str, Any]:
    return {
        "position": row.position or "–",
        "lot": row.lot[:8],
        "told": standing(g.work, row) or "–",
        "line": row.line_code,
        "urgency": t("web.measures.urgency", level=row.urgency),
        "since": row.waiting_since,
        "from": row.starts_on,
        "until": row.ends_on,
    }


def _board(work: Work) -> dict[str, Any]:
    day = day_asked()
    rows, taken = (
        catalogue(work, CatalogueFilter(), day),
        {one.measure_id: one for one in capacity_board(work, day)},
    )
    heads = _heads(work, rows, day)
    board_rows = [_board_row(row, taken.get(row.id), heads) for row in rows]
    places, used = sum(one["places"] for one in board_rows), sum(one["taken"] for one in board_rows)
    return {
        "day_shown": day,
        "heads": heads,
        "rows": board_rows,
        "figures": [
            figure("web.board.places", places, t("web.board.measures", n=len(rows))),
            figure("web.board.taken", used),
            figure("web.board.free", sum(one["free"] for one in board_rows)),
            figure("web.board.waiting", sum(one["waiting"] for one in board_rows)),
        ],
    }


def _heads(work: Work, rows: Sequence[CatalogueRow], day: date) -> list[dict[str, Any]]:
    known = {quota.line_id for row in rows for quota in row.quotas}
    order = {line.id: at for at, line in enumerate(lines(work, day))}
    return [
        {"id": line_id, "code": line.code, "sector": line.sector.value, "name": line.name}
        for line_id, line in sorted(lines_by_id(work, known).items(), key=lambda pair: order.get(pair[0], 99))
    ]


def _board_row(row: CatalogueRow, held: BoardRow | None, heads: Sequence[dict[str, Any]]) -> dict[str, Any]:
    quotas = {quota["line"]: quota for quota in _quotas(row, held)}
    taken = held.taken if held else 0
    share = taken * _FULL // row.places if row.places else 0
    return {
        "ref": row.ref,
        "code": row.code,
        "name": row.name,
        "kind": word(row.kind),
        "mixed": _mixed(row) if row.mixed else None,
        "places": row.places,
        "taken": taken,
        "free": held.free if held else row.places,
        "waiting": held.waiting if held else 0,
        "tone": "bad" if share >= _FULL else "warn" if share >= _WARN else "good",
        "cells": [quotas.get(head["code"]) for head in heads],
    }


__all__ = ["page"]
