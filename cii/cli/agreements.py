"""Commands of the agreements: list them, check one by the guide, the law and the model contracts."""

import argparse
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from cii.cli.telling import DONE, FINDINGS, Told, engine_of
from cii.store.settings import Settings
from cii.store.work import HOUSE, working

if TYPE_CHECKING:
    from cii.conformity.queries import FindingRow


def agreements_listed(asked: argparse.Namespace, settings: Settings) -> Told:
    """List the agreements with their number, profile, state and term."""
    from cii.agreements.queries import agreements_list  # noqa: PLC0415
    from cii.agreements.vocabulary import AgreementState  # noqa: PLC0415
    from cii.jobs.clock import clock_of  # noqa: PLC0415

    engine, after = engine_of(settings), ""
    rows: list[Any] = []
    states = (AgreementState(asked.state),) if asked.state else ()
    with working(engine, HOUSE, clock_of(engine, settings).now(), settings=settings, writing=False) as held:
        while found := agreements_list(held, states=states, after=after, limit=200):
            rows += found
            after = found[-1].number
    data: list[dict[str, Any]] = [
        {
            "ref": one.ref, "number": one.number, "profile": one.profile, "instrument": one.instrument,
            "state": one.state, "provider": one.provider_ref, "valid_from": one.valid_from,
            "valid_to": one.valid_to, "notice_months": one.notice_months,
        }
        for one in rows
    ]  # fmt: skip
    lines = [
        f"{one['ref']}  {one['number']}  {one['profile'].value}  {one['state'].value}  "
        f"{one['valid_from']} - {one['valid_to'] or 'open-ended'}"
        for one in data
    ]
    return Told(lines, {"agreements": data})


def agreements_dates(_: argparse.Namespace, settings: Settings) -> Told:
    """List the dates ahead of the agreements in force: ends, options, notices, prices, deliverables."""
    from cii.conventions.dates import coming  # noqa: PLC0415
    from cii.jobs.clock import clock_of  # noqa: PLC0415

    engine = engine_of(settings)
    with working(engine, HOUSE, clock_of(engine, settings).now(), settings=settings, writing=False) as held:
        found = coming(held)
    data = [
        {
            "agreement": one.agreement_ref, "number": one.number, "kind": one.kind or one.deliverable,
            "due_on": one.due_on, "warned": one.warned,
        }
        for one in found
    ]  # fmt: skip
    lines = [
        f"{one['due_on']}  {one['number']}  {one['kind']}{'  to do' if one['warned'] else ''}" for one in data
    ]
    return Told(lines, {"dates": data})


def state_arguments(parser: argparse.ArgumentParser) -> None:
    """--state STATE."""
    from cii.agreements.vocabulary import AgreementState  # noqa: PLC0415

    states = [one.value for one in AgreementState]
    parser.add_argument("--state", choices=states, help="only those in this state")


def agreements_check(asked: argparse.Namespace, settings: Settings) -> Told:
    """Check an agreement or a call by the 44 indications and its payer's rules; exit code 1 with an error."""
    from cii.conformity.queries import call_findings, checked, shown  # noqa: PLC0415
    from cii.jobs.clock import clock_of  # noqa: PLC0415
    from cii.kernel.errors import UnknownThing  # noqa: PLC0415

    engine = engine_of(settings)
    with working(engine, HOUSE, clock_of(engine, settings).now(), settings=settings, writing=False) as held:
        try:
            told = shown(checked(held, asked.ref))
        except UnknownThing:
            return _call_told(asked, call_findings(held, asked.ref))
    counted = f"{told.errors} error(s), {told.warnings} warning(s) not justified"
    lines = [f"{told.number}: {counted}, {told.checks} item(s) not answered"]
    lines += _found(told.findings, asked.lang)
    return Told(lines, asdict(told), FINDINGS if told.errors else DONE)


def _call_told(asked: argparse.Namespace, found: Sequence["FindingRow"]) -> Told:
    """A call by what it lacks before any agreement."""
    errors = any(one.severity.value == "error" for one in found)
    lines = [f"call {asked.ref}: {len(found)} finding(s)", *_found(found, asked.lang)]
    data = {"call": asked.ref, "findings": [asdict(one) for one in found]}
    return Told(lines, data, FINDINGS if errors else DONE)


def _found(findings: Sequence["FindingRow"], lang: str) -> list[str]:
    return [
        f"{one.severity.value} {one.indication}{'' if one.open else ' (settled)'}: {one.sentence[lang]} "
        f"-> {one.remedy[lang]}"
        for one in findings
    ]


def check_one_arguments(parser: argparse.ArgumentParser) -> None:
    """REF [--lang]."""
    parser.add_argument(
        "ref", metavar="REF", help="reference of an agreement, as list tells it, or of a call"
    )
    parser.add_argument("--lang", default="fr", choices=["fr", "de", "en"])
