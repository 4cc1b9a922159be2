"""Texts of the demo's agreements, part by part: what is common, what a payer adds, what an offer says.

The words are invented and stand in `files/agreements`; here they meet the rows of the canton.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from cii.agreements.vocabulary import Profile
from cii.conventions.actions import stored
from cii.conventions.parts import PARTS
from cii.conventions.rules import parts_for
from cii.demo.sheet import Sheet
from cii.kernel.money import Chf
from cii.measures.vocabulary import MeasureKind, TargetGroup
from cii.texts.typography import bound
from cii.wire.schema import load_with, request_schema

TEXTS = Path(__file__).parent / "files" / "agreements"
_GOAL = "goal."
_FRENCH = "fr"
_COMMON: Mapping[str, tuple[str, ...]] = {
    "ac": ("common", "ac"),
    "as": ("common", "as"),
    "ai": ("common", "ai"),
    "fr_iae": ("common", "fr_iae"),
    "be_poias": ("be_poias",),
}
"""From which files a text is put together, the later ones over the earlier ones."""


@dataclass(frozen=True, slots=True)
class Signs:
    """A side: its name, its address, who signs for it as what."""

    name: str
    address: str
    person: str
    function: str


@dataclass(frozen=True, slots=True)
class Place:
    """An offer as a text names it: refs of measure and line, its code and kind, for whom, how many places."""

    measure_ref: str
    line_ref: str
    code: str
    kind: MeasureKind
    groups: Sequence[TargetGroup]
    places: int


@dataclass(frozen=True, slots=True)
class Written:
    """What a text is about; `goals`: refs of its objectives by their name in the files."""

    profile: Profile
    text: str
    lang: str
    authority: Signs
    organiser: Signs
    places: Sequence[Place]
    goals: Mapping[str, str]
    author: int
    at: datetime
    total: Chf | None = None
    others: Sequence[Mapping[str, str]] = ()


def put_text(sheet: Sheet, agreement: int, about: Written, **gaps: Mapping[str, object]) -> None:
    """Write every part of an agreement's text; `gaps` are fields, by part, that differ or are left open."""
    bodies = _merged(*(read_text(name) for name in _COMMON[about.text]), _named(about), gaps)
    for part in parts_for(about.profile):
        body = bodies.get(part.value)
        if not body:
            continue
        told = _bound(body) if about.lang == _FRENCH else body
        said = load_with(request_schema(PARTS[part])(), told)
        sheet.put(
            "convention_part", agreement_id=agreement, part=part, body=stored(part, said),
            recorded_at=about.at, account_id=about.author,
        )  # fmt: skip


def _named(about: Written) -> dict[str, Any]:
    """What the files cannot know: who, which offers, how many places, which objectives a report serves."""
    offers = (
        read_text("offers_abroad") if about.text in {"fr_iae", "be_poias"} else read_text("offers")["offers"]
    )
    held = {one.code: one for one in about.places}
    reports = _merged(*(read_text(name) for name in _COMMON[about.text]))["reports"]
    extras = [
        {**one, "measure_ref": held[code].measure_ref}
        for code in held
        for one in offers[code].get("extras", ())
    ]
    return {
        "parties": {
            "authority": about.authority.name,
            "authority_address": about.authority.address,
            "authority_signs": [{"name": about.authority.person, "function": about.authority.function}],
            "organiser": about.organiser.name,
            "organiser_address": about.organiser.address,
            "organiser_signs": [{"name": about.organiser.person, "function": about.organiser.function}],
            "others": [dict(one) for one in about.others],
        },
        "services": {"offers": [_offer(one, offers[code]) for code, one in held.items()]},
        "volume": {
            "offers": [
                {
                    "measure_ref": one.measure_ref, "line_ref": one.line_ref, "places": one.places,
                    "placements_a_year": one.places * 3 // 2,
                }
                for one in about.places
            ]
        },
        "price": {
            **({"total": str(about.total)} if about.total is not None else {}),
            **({"extras": extras, "extras_none": False} if extras else {}),
        },
        "reports": {
            "items": [
                {**one, "serves": [_served(about, name) for name in one["serves"]]}
                for one in reports["items"]
            ]
        },
    }  # fmt: skip


def _served(about: Written, name: str) -> str:
    return about.goals[name.removeprefix(_GOAL)] if name.startswith(_GOAL) else name


def _offer(one: Place, said: Mapping[str, str]) -> dict[str, object]:
    process = said.get("process") or read_text("offers")["process"][one.kind.value]
    return {
        "measure_ref": one.measure_ref,
        "content": said["content"],
        "process": process,
        "participants": said["participants"],
        "target_groups": [group.value for group in one.groups],
        "concept": said["concept"],
        "concept_version": "2024",
    }


def _merged(*several: Mapping[str, Any]) -> dict[str, Any]:
    """Parts with their fields, the later ones over the earlier ones."""
    found: dict[str, Any] = {}
    for one in several:
        for part, fields in one.items():
            found[part] = {**found.get(part, {}), **fields}
    return found


def _bound(said: Any) -> Any:  # noqa: ANN401 - plain values of any shape
    """French with its spaces bound beside double signs, as the house sets it."""
    if isinstance(said, str):
        return bound(said)
    if isinstance(said, Mapping):
        return {key: _bound(one) for key, one in said.items()}
    return [_bound(one) for one in said] if isinstance(said, list) else said


@cache
def read_text(name: str) -> dict[str, Any]:
    """A file of texts, by parts and their fields."""
    held: dict[str, Any] = YAML(typ="safe").load((TEXTS / f"{name}.yaml").read_text(encoding="utf-8"))
    return held
