"""Why a case has its place or none, what would have been needed, what a decision costs: told in words.

Of other cases only numbers are told, never which ones.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from cii.allocation.comparing import PinCost
from cii.allocation.explaining import Explanation, Way
from cii.allocation.needing import Change, Need
from cii.allocation.transferring import Transfer
from cii.kernel.money import Chf
from cii.rounds.rules_changed import ChangeKind
from cii.rounds.tallies import charged
from cii.texts import formats
from cii.web.choices import t, word
from cii.web.round_words import purse_said
from cii.wire import language

Names = Mapping[str, str]
"""Measures by code."""
_OF_CASE = frozenset({ChangeKind.CANDIDATE_GONE, ChangeKind.CANDIDATE_NEW, ChangeKind.RANK, ChangeKind.PIN})
_FULL = frozenset({"quota", "places"})
_OWN_WORDS = frozenset({"decision"})


def explained(one: Explanation, names: Names) -> dict[str, Any]:
    """The sentences that say why, and every place that was open to the case."""
    return {
        "sentences": _placed(one, names) if one.placed is not None else _left(one),
        "ways": [way_shown(each, names) for each in one.ways],
    }


def way_shown(one: Way, names: Names) -> dict[str, Any]:
    """A place that was open to the case, and how it stands."""
    return {
        "place": place_of(one.measure, one.line, names),
        "suitability": one.suitability,
        "points": one.points,
        "cost": charged(one.charges),
        "why": bar_said(one),
        "tone": None if one.why.value == "held" else "quiet",
    }


def bar_said(one: Way) -> str:
    """Why the case does not have this place, with numbers."""
    said = word(one.why, "bar")
    if one.why.value in _FULL and not one.limit:
        return t("web.rounds.bar.none", why=said)
    if one.why.value in _FULL:
        return t("web.rounds.bar.full", why=said, n=one.limit, better=one.better)
    if one.purse is not None and one.short:
        return t("web.rounds.bar.short", why=said, purse=purse_said(one.purse), short=_francs(one.short))
    return said


def place_of(measure: str, line: str, names: Names) -> str:
    """A place by its measure and who pays."""
    return " · ".join(filter(None, (f"{measure} {names.get(measure, '')}".strip(), line)))


def needs_said(needs: Iterable[Need], names: Names) -> list[str]:
    """What would have been needed, each way as a sentence."""
    return [
        t(
            "web.rounds.need.then",
            changes=" + ".join(_need(each) for each in one.changes),
            place=place_of(one.measure, one.line, names),
        )
        for one in needs
    ]


def cost_said(one: PinCost) -> str:
    """What a decision costs."""
    if not (one.persons or one.points or one.out or one.into or one.moved):
        return t("web.rounds.pin.free")
    return t(
        "web.rounds.pin-cost",
        persons=_signed(one.persons), points=_signed(one.points), sum=_francs(one.centimes),
        out=one.out, into=one.into, moved=one.moved,
    )  # fmt: skip


def transfer_shown(one: Transfer, names: Names) -> dict[str, Any]:
    """A transfer that the group may accept."""
    return {
        "measure": place_of(one.measure, "", names),
        "from": one.from_line,
        "to": one.to_line,
        "places": one.places,
        "money": "; ".join(
            f"{purse_said(source)} → {purse_said(target)}: {_francs(sum_)}"
            for source, target, sum_ in one.money
        )
        or None,
        "persons": one.persons,
    }


def fairness_shown(rows: Sequence[Mapping[str, Any]], chosen: str) -> list[dict[str, Any]]:
    """Each policy beside the others, as kept with a run."""
    return [
        {
            "policy": word(str(one["policy"]), "who"),
            "persons": one["persons"],
            "points": one["points"],
            "cost": Chf(int(one["centimes"])),
            "unfilled": one["unfilled_guaranteed"],
            "classes": "; ".join(
                t("web.rounds.by-class.one", urgency=urgency, placed=placed, asked=asked)
                for urgency, placed, asked in one.get("by_class", ())
            ),
            "tone": None if one["policy"] == chosen else "quiet",
        }
        for one in rows
    ]


def change_shown(one: Mapping[str, Any], at: Mapping[str, int]) -> dict[str, Any]:
    """A fact that has changed since a run; a case by its place in the order."""
    kind = ChangeKind(str(one["kind"]))
    key, case = str(one["key"]), one.get("case")
    where = _ranked(key, at) if kind in _OF_CASE else purse_said(key) if kind is ChangeKind.PURSE else key
    if case is not None:
        where = f"{where} ({_ranked(str(case), at)})"
    return {
        "what": word(kind, "round-change"),
        "where": where or None,
        "before": _value(kind, one.get("before")),
        "now": _value(kind, one.get("after")),
    }


def _ranked(key: str, at: Mapping[str, int]) -> str:
    return f"{t('web.rounds.rank')} {at[key]}" if key in at else key


def _value(kind: ChangeKind, value: Any) -> str | None:  # noqa: ANN401 - a plain value
    if value is None:
        return None
    if kind is ChangeKind.PURSE:
        return _francs(int(value))
    if kind is ChangeKind.PRICE:
        return ", ".join(
            f"{purse_said(str(key))} {_francs(int(sum_))}"
            for key, sum_ in zip(value[::2], value[1::2], strict=True)
        )
    if kind is ChangeKind.PIN:
        said, _, place = str(value).partition(" ")
        return f"{word(said, 'pin-kind')} {place}".strip()
    if kind is ChangeKind.RANK:
        return ", ".join(str(part) for part in value[:2])
    return str(value)


def _placed(one: Explanation, names: Names) -> list[str]:
    way = one.placed
    if way is None:
        return []
    place = place_of(way.measure, way.line, names)
    said = [t("web.rounds.why.placed", rank=one.rank, all=one.of, place=place, points=way.suitability)]
    if one.pinned:
        said.append(t("web.rounds.why.pinned"))
    if one.guaranteed:
        said.append(t("web.rounds.why.guaranteed"))
    if one.runner_up is not None:
        other = place_of(one.runner_up.measure, one.runner_up.line, names)
        said.append(t("web.rounds.why.runner-up", place=other, why=bar_said(one.runner_up)))
    return said


def _left(one: Explanation) -> list[str]:
    why = word(one.why, "left-long") if one.why is not None else ""
    said = [t("web.rounds.why.unplaced", rank=one.rank, all=one.of, why=why)]
    if one.tight is not None:
        cells = ", ".join(f"{measure} · {line}" for measure, line in one.tight.cells)
        said.append(t("web.rounds.why.tight", places=cells, n=one.tight.places, better=one.tight.better))
    if one.purse is not None and one.short:
        said.append(t("web.rounds.why.short", purse=purse_said(one.purse), short=_francs(one.short)))
    return said


def _need(one: Change) -> str:
    kind = one.kind.value
    if kind == "money":
        return t("web.rounds.need.money", sum=_francs(one.by), what=purse_said(one.key))
    if kind in _OWN_WORDS:
        return t("web.rounds.need.decision", what=one.key) if one.key else t("web.rounds.need.decision-whole")
    if kind == "place":
        return t("web.rounds.need.place", n=one.by, what=one.key)
    return t("web.rounds.need.quota", n=one.by, what=one.key)


def _francs(centimes: int) -> str:
    return formats.money(Chf(centimes))


def _signed(number: int) -> str:
    said = formats.number(number, language.lang())
    return f"+{said}" if number > 0 else said
