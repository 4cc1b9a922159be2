"""Each figure of the sources, computed from the database and compared with what the source prints."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from sqlalchemy import Row, Table, func, or_, select

from cii.agreements.vocabulary import Direction, IndicatorUnit
from cii.cases.vocabulary import CasePath
from cii.coordination.vocabulary import Body
from cii.demo.archive import GROUP_MARK, STATED_ON
from cii.demo.measures import ANNEX, COUNTED
from cii.figures.rules import goal, light
from cii.kernel.clock import local_midnight
from cii.kernel.period import ONE_DAY
from cii.measures.planning import planned_by_kind
from cii.measures.queries import mixed_ids, places_at, places_by_kind, quotas_at
from cii.measures.rules import professional_share
from cii.meetings.vocabulary import MeetingState
from cii.store.naming import load_all_tables
from cii.store.work import Work

REPORT = "002, bilan de législature 2009-2013"
GUIDE = "000, guide fédéral"
AT_LEAST, EXACTLY, AROUND = "≥", "=", "≈"
NAMED, APART, MANY = 5, 80, 30
"""Reasons that the source names; places counted apart (« plus de 80 »); « plus d'une trentaine »."""
SESSIONS, ABOUT_SIX = range(6, 9), range(5, 8)
"""« 6 à 8 fois par année »; « une demi-douzaine »."""


@dataclass(frozen=True, slots=True)
class Checked:
    """One figure: its name, where the source prints it, what is expected there, what the database says."""

    figure: str
    what: str
    source: str
    relation: str
    expected: str
    found: str
    ok: bool


def check(work: Work) -> list[Checked]:
    """Every figure of product.md §6 that the archive carries, in its order.

    F8 and F9 are facts of the studies, AC4 and FR1 are proved by rule tests: they are not data of a canton.
    """
    return [one for figure in _FIGURES for one in figure(work)]


def _same(figure: str, what: str, source: str, expected: object, found: object) -> Checked:
    return Checked(figure, what, source, EXACTLY, str(expected), str(found), expected == found)


def _percent(figure: str, what: str, source: str, printed: str, share: Fraction | None) -> Checked:
    found = "–" if share is None else f"{float(share) * 100:.1f}"
    return Checked(figure, what, source, EXACTLY, f"{printed} %", f"{found} %", found == printed)


def _table(name: str) -> Table:
    return load_all_tables().tables[name]


# F1


def _youth(work: Work) -> Iterator[Checked]:
    """Youth case management as it stood at the end of the legislature: outcomes and admissibility apart."""
    source = f"{REPORT}, point 2, « Résultats chiffrés »"
    case, instance = _table("case_file"), _table("wf_instance")
    until = local_midnight(STATED_ON + ONE_DAY)
    mine = (case.c.path == CasePath.YOUTH, case.c.opened_at < until)
    over = case.c.closed_at.is_not(None) & (case.c.closed_at < until)

    def count(*conditions: Any) -> int:  # noqa: ANN401 - conditions of SQL
        return int(work.session.scalar(select(func.count()).select_from(case).where(*mine, *conditions)) or 0)

    announced, still, closed = count(), count(~over | case.c.closed_at.is_(None)), count(over)
    yield _same("F1", "dossiers annoncés et traités", source, 383, announced)
    yield _same("F1", "jeunes en cours de suivi", source, 127, still)
    yield _same("F1", "situations clôturées", source, 256, closed)
    solved = 0
    for outcome, what, printed in (
        ("diploma", "CFC / AFP", 28),
        ("apprenticeship", "apprentissage débuté, autonomes", 57),
        ("job", "en emploi", 14),
        ("adapted_structure", "structure adaptée", 58),
    ):
        found = count(over, case.c.outcome == outcome)
        solved += found
        yield _same("F1", what, source, printed, found)
    yield _same("F1", "solutions trouvées", source, 157, solved)
    out = count(over, case.c.outcome == "out_of_criteria")
    yield _same("F1", "hors critères", source, 99, out)
    decision, table = _table("wf_decision"), _table("wf_table")
    rows = work.session.execute(
        select(decision.c.outputs)
        .join(table, table.c.id == decision.c.table_id)
        .join(case, case.c.id == decision.c.case_id)
        .join(instance, (instance.c.subject_id == case.c.id) & (instance.c.subject == "case"))
        .where(*mine, table.c.name == "youth-admissibility")
    )
    reasons = [row.outputs["reason"] for row in rows if row.outputs["reason"] != "none"]
    yield _same("F1", "hors critères avec un motif décidé par la table", source, 99, len(reasons))
    yield Checked("F1", "motifs différents (la source en cite cinq, « etc. »)", source, AT_LEAST, str(NAMED),
                  str(len(set(reasons))), len(set(reasons)) >= NAMED)  # fmt: skip
    yield _percent(
        "F1", "taux de solution 157/256", source, "61.3", Fraction(solved, closed) if closed else None
    )


# F2 - F5


_PLACES = (
    ("F2", date(2011, 12, 31), (142, 14, 48), 204, "23.5", "imprimé"),
    ("F3", date(2012, 12, 31), (91, 22, 86), 199, "43.2", "total non imprimé, calculé"),
    ("F4", date(2014, 12, 31), (0, 58, 136), 194, "70.1", "objectif, imprimé"),
)


def _places(work: Work) -> Iterator[Checked]:
    """Places of the mixed programmes by kind; the social-aid ones apart; the annex's columns add up."""
    source = f"{REPORT}, point 3, « Résultats chiffrés »"
    for figure, day, printed, total, share, remark in _PLACES:
        held = places_by_kind(work, day, mixed=True)
        counts = tuple(held[kind] for kind in COUNTED)
        yield _same(figure, f"places fin {day.year} (occupation/socioprof./prof.)", source, printed, counts)
        yield _same(figure, f"places fin {day.year}, total ({remark})", source, total, sum(counts))
        yield _percent(
            figure,
            f"part des places professionnelles fin {day.year}",
            source,
            share,
            professional_share(held),
        )
        aimed = sum(planned_by_kind(work, day).values())
        if aimed:
            yield _same(figure, f"places visées pour fin {day.year} par le plan", source, total, aimed)
        alone = sum(places_by_kind(work, day, mixed=False).values())
        yield Checked(
            figure,
            f"programmes réservés à l'aide sociale fin {day.year}",
            source,
            AT_LEAST,
            f"{APART + 1}",
            str(alone),
            alone > APART,
        )
        yield from _annex(work, day)


def _annex(work: Work, day: date) -> Iterator[Checked]:
    """F5: per programme Total = LACI + MIP + SAS + SMIG; the cells are synthetic."""
    lines = {row.id: row.code for row in work.session.execute(_table("funding_line").select())}
    shared = mixed_ids(work, day)
    totals: dict[tuple[int, str], int] = {}
    for held in places_at(work, day):
        if held.measure_id in shared:
            totals[held.measure_id, held.kind] = held.places
    sums = dict.fromkeys(totals, 0)
    strangers = 0
    for quota in quotas_at(work, day):
        if quota.measure_id in shared:
            strangers += lines[quota.line_id] not in dict(ANNEX)
            sums[quota.measure_id, quota.kind] = sums.get((quota.measure_id, quota.kind), 0) + quota.places
    off = sum(1 for key in sums if sums[key] != totals.get(key)) + strangers
    yield _same(
        "F5",
        f"lignes de l'annexe 1 où Total ≠ LACI+MIP+SAS+SMIG, fin {day.year} (cellules synthétiques)",
        f"{REPORT}, annexe 1",
        0,
        off,
    )


# F6, F7


_LIGHTS = (("reinsertion_high", 2012, "12/40", "amber"), ("reinsertion_high", 2013, "16/40", "green"),
           ("reinsertion_high", 2014, "11/40", "red"))  # fmt: skip
_TARGETS = (
    ("reinsertion_low", "30 % peu qualifié·e·s", 300, None),
    ("reinsertion_high", "40 % qualifié·e·s, minimum 30 %", 400, 300),
    ("absence_low", "2 jours d'absence par mois", 2, None),
    ("absence_high", "1 jour d'absence par mois", 1, None),
    ("satisfaction", "satisfaction 80 %", 800, None),
)


def _indicators(work: Work) -> Iterator[Checked]:
    """The guide's example of targets and minimum, with the light of each value."""
    source = f"{GUIDE}, indication 11"
    indicator, entry, agreement = _table("indicator"), _table("indicator_entry"), _table("agreement")
    model = select(agreement.c.id).where(agreement.c.number == "MODELE-2012").scalar_subquery()
    rows: dict[str, Row[Any]] = {
        row.code: row
        for row in work.session.execute(indicator.select().where(indicator.c.agreement_id == model))
    }
    for code, what, target, minimum in _TARGETS:
        row = rows.get(code)
        found = (row.target, row.minimum) if row else None
        yield _same("F6", what, source, (target, minimum), found)
    values = {
        (row.code, row.effective_on.year): row
        for row in work.session.execute(
            select(indicator.c.code, entry.c.effective_on, entry.c.numerator, entry.c.denominator)
            .join(indicator, indicator.c.id == entry.c.indicator_id)
            .where(indicator.c.agreement_id == model)
        )
    }
    held = rows.get("reinsertion_high")
    for code, year, written, colour in _LIGHTS:
        value = values.get((code, year))
        shown = f"{value.numerator}/{value.denominator}" if value else "–"
        lit = "none"
        if value is not None and held is not None:
            share = Fraction(value.numerator, value.denominator)
            bounds = [goal(IndicatorUnit.PERCENT, one) for one in (held.target, held.minimum)]
            lit = light(share, bounds[0], bounds[1], Direction(held.direction)).value
        yield _same(
            "F6",
            f"{written} contre objectif 40 %, minimum 30 %",
            source,
            f"{written} {colour}",
            f"{shown} {lit}",
        )
    left = values.get(("reinsertion_completed", 2012))
    yield _percent("F6", "sans les cinq interruptions, 12/35", source, "34.3",
                   Fraction(left.numerator, left.denominator) if left else None)  # fmt: skip


_OWED = {
    "participants": ("monthly", 12), "courses": ("quarterly", 4), "indicators": ("yearly", 1),
    "final_account": ("yearly", 1), "audit_report": ("yearly", 1), "ics_attestation": ("yearly", 1),
    "staff_qualification": ("yearly", 1),
}  # fmt: skip


def _deliverables(work: Work) -> Iterator[Checked]:
    """What is owed in a year, and how often."""
    source = f"{GUIDE}, indication 32"
    owed, agreement = _table("deliverable"), _table("agreement")
    rows = work.session.execute(
        select(owed.c.kind, owed.c.frequency, func.count())
        .join(agreement, agreement.c.id == owed.c.agreement_id)
        .where(agreement.c.number == "MODELE-2012")
        .group_by(owed.c.kind, owed.c.frequency)
    )
    found = {str(row[0].value): (str(row[1].value), int(row[2])) for row in rows}
    for kind, expected in _OWED.items():
        yield _same("F7", f"prestations à remettre par an : {kind}", source, expected, found.get(kind))


# F10


def _meetings(work: Work) -> Iterator[Checked]:
    """Meetings of the steering group and of the working group; the funnel of the pilot."""
    meeting = _table("meeting")
    held = meeting.c.state == MeetingState.HELD
    for year in range(2009, 2013):
        count = int(
            work.session.scalar(
                select(func.count())
                .select_from(meeting)
                .where(
                    held,
                    meeting.c.body == Body.STEERING,
                    meeting.c.held_on.between(date(year, 1, 1), date(year, 12, 31)),
                )
            )
            or 0
        )
        yield Checked("F10", f"séances du GP CII en {year}", f"{REPORT}, point 1", EXACTLY, "6–8", str(count),
                      count in SESSIONS)  # fmt: skip
    group = work.session.scalar(
        select(func.count())
        .select_from(meeting)
        .where(
            held,
            meeting.c.topic == GROUP_MARK,
            meeting.c.held_on.between(date(2012, 2, 1), date(2012, 4, 30)),
        )
    )
    yield _same(
        "F10",
        "séances du groupe AI – aide sociale, février à avril 2012",
        f"{REPORT}, point 4",
        4,
        int(group or 0),
    )
    yield from _funnel(work)


def _funnel(work: Work) -> Iterator[Checked]:
    source = f"{REPORT}, point 5, « Résultats chiffrés »"
    case, instance, event = _table("case_file"), _table("wf_instance"), _table("wf_event")
    year = (
        case.c.opened_at >= local_midnight(date(2012, 1, 1)),
        case.c.opened_at < local_midnight(date(2013, 1, 1)),
    )
    mine = (case.c.path == CasePath.SOCIAL_ENTERPRISE, *year)
    entered = (
        select(event.c.instance_id, event.c.payload)
        .join(instance, instance.c.id == event.c.instance_id)
        .join(case, (case.c.id == instance.c.subject_id) & (instance.c.subject == "case"))
        .where(*mine, event.c.kind == "stage-entered")
    )
    observed = {
        row.instance_id for row in work.session.execute(entered) if row.payload["stage"] == "observation"
    }
    candidates = int(work.session.scalar(select(func.count()).select_from(case).where(*mine)) or 0)
    exits = int(
        work.session.scalar(
            select(func.count()).select_from(case).where(*mine, or_(case.c.outcome == "full_exit"))
        )
        or 0
    )
    yield Checked(
        "F10",
        "candidatures NE-ESO 2012 (« plus d'une trentaine »)",
        source,
        AT_LEAST,
        f"{MANY + 1}",
        str(candidates),
        candidates > MANY,
    )
    yield Checked(
        "F10",
        "placements d'observation (« une demi-douzaine »)",
        source,
        AROUND,
        "6",
        str(len(observed)),
        len(observed) in ABOUT_SIX,
    )
    yield _same("F10", "sorties de l'aide sociale par un emploi", source, 2, exits)


_FIGURES: tuple[Callable[[Work], Iterator[Checked]], ...] = (
    _youth,
    _places,
    _indicators,
    _deliverables,
    _meetings,
)
