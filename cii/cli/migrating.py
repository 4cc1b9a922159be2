"""Commands over the versions of a process: what differs, and the migration of running cases."""

import argparse
from pathlib import Path
from typing import Any

from cii.cli.telling import DONE, FINDINGS, Told, engine_of
from cii.kernel.errors import UnknownThing
from cii.store.settings import Settings, canton_directory
from cii.store.work import HOUSE, working


def workflows_diff(asked: argparse.Namespace, settings: Settings) -> Told:
    """Say what differs between two versions of a process, as their files write them."""
    from cii.texts.speech import say  # noqa: PLC0415
    from cii.workflow.differences import differences, skeleton  # noqa: PLC0415

    known = _definitions(asked.folder or settings.workflows_dir)
    for version in (asked.old, asked.new):
        if (asked.name, version) not in known:
            raise UnknownThing(what=f"{asked.name} {version}")
    old, new = known[asked.name, asked.old], known[asked.name, asked.new]
    if asked.plan:
        text = skeleton(old, new)
        return Told([text.rstrip()], {"plan": text})
    found = differences(old, new, asked.lang)
    lines = [one.sentence().said(asked.lang) for one in found] or [say("workflow.diff.none", asked.lang)]
    data = {
        "process": asked.name, "from": asked.old, "to": asked.new,
        "differences": [
            {"where": one.where, "what": one.what, "kind": one.kind, "before": one.before, "after": one.after}
            for one in found
        ],
    }  # fmt: skip
    return Told(lines, data)


def workflows_migrate(asked: argparse.Namespace, settings: Settings) -> Told:
    """Move running cases to another version by a plan: dry run first, then with its confirmed digest."""
    from cii.institutions.calendar import calendar_of  # noqa: PLC0415
    from cii.jobs.clock import clock_of  # noqa: PLC0415
    from cii.workflow.migrating import dry_run, migrate  # noqa: PLC0415
    from cii.workflow.migration import read_plan  # noqa: PLC0415

    file = _plan_file(asked.plan, settings)
    plan = read_plan(file.read_text(encoding="utf-8"), file.name)
    engine = engine_of(settings)
    now, calendar = clock_of(engine, settings).now(), calendar_of(canton_directory(settings.canton))
    try:
        if asked.confirm and not asked.dry_run:
            found = migrate(
                engine, plan, confirm=asked.confirm, now=now, batch=asked.batch, calendar=calendar,
                settings=settings,
            )  # fmt: skip
            return _done(found, asked.lang)
        with working(engine, HOUSE, now, calendar=calendar, settings=settings, writing=False) as held:
            report = dry_run(held, plan)
        return _dry(report, asked.plan, asked.lang)
    finally:
        engine.dispose()


def _plan_file(name: str, settings: Settings) -> Path:
    """The file as named, or the plan of that name in the folder of migrations."""
    given = Path(name)
    return given if given.suffix else settings.workflows_dir / "migrations" / f"{name}.yaml"


def _dry(report: Any, name: str, lang: str) -> Told:  # noqa: ANN401 - a Report; its room loads when it runs
    from cii.texts.speech import say  # noqa: PLC0415

    plan = report.plan
    blocked = [_blocked(one, lang) for one in report.blocked]
    lines = [one.said(lang) for one in plan.warnings]
    lines += [
        say(
            "cli.migrate.head", lang, process=plan.process, old=plan.from_version, new=plan.to_version,
            moving=report.moving, blocked=len(blocked), done=report.done,
        )
    ]  # fmt: skip
    for one in report.stages:
        facts = {"stage": one.stage, "to": one.to or "–", "moving": one.moving, "blocked": one.blocked}
        lines.append(say("cli.migrate.stage", lang, **facts))
    lines += [say("cli.migrate.opened", lang, task=task, count=n) for task, n in report.opened.items()]
    lines += [say("cli.migrate.cancelled", lang, task=task, count=n) for task, n in report.cancelled.items()]
    lines += [_blocked_line(one, lang) for one in blocked]
    if report.moving:
        lines.append(say("cli.migrate.confirm", lang, plan=name, digest=report.digest[:16]))
    data = {
        "process": plan.process, "from": plan.from_version, "to": plan.to_version,
        "moving": report.moving, "done": report.done, "digest": report.digest,
        "stages": [
            {"stage": one.stage, "to": one.to, "moving": one.moving, "blocked": one.blocked}
            for one in report.stages
        ],
        "opened": report.opened, "cancelled": report.cancelled, "blocked": blocked,
    }  # fmt: skip
    return Told(lines, data, FINDINGS if blocked else DONE)


def _done(found: Any, lang: str) -> Told:  # noqa: ANN401 - a Migrated; its room loads when it runs
    from cii.texts.speech import say  # noqa: PLC0415

    blocked = [_blocked(one, lang) for one in found.blocked]
    lines = [say("cli.migrate.done", lang, moved=found.moved, done=found.done, blocked=len(blocked))]
    lines += [_blocked_line(one, lang) for one in blocked]
    lines += [say("cli.migrate.changed", lang, ref=one) for one in found.changed]
    data = {"moved": found.moved, "done": found.done, "blocked": blocked, "changed": list(found.changed)}
    return Told(lines, data, FINDINGS if blocked or found.changed else DONE)


def _blocked(one: Any, lang: str) -> dict[str, Any]:  # noqa: ANN401 - a BlockedCase
    from cii.texts.speech import refusal  # noqa: PLC0415

    reasons = [{"code": why.code, "text": refusal(why, lang)} for why in one.reasons]
    return {"ref": one.ref, "process": one.instance_ref, "stage": one.stage, "reasons": reasons}


def _blocked_line(one: dict[str, Any], lang: str) -> str:
    from cii.texts.speech import say  # noqa: PLC0415

    reasons = " ".join(why["text"] for why in one["reasons"])
    return say("cli.migrate.blocked", lang, ref=one["ref"], stage=one["stage"], reasons=reasons)


def _definitions(folder: Path) -> dict[tuple[str, int], Any]:
    """The definitions of a folder by name and version."""
    from cii.workflow.definition import parse  # noqa: PLC0415

    read = (parse(file.read_text(encoding="utf-8"), file.name) for file in sorted(folder.glob("*.yaml")))
    return {(one.id, one.version): one for one in read}


def diff_arguments(parser: argparse.ArgumentParser) -> None:
    """NAME OLD NEW [--plan] [--folder] [--lang]."""
    parser.add_argument("name", metavar="NAME", help="process, as reseau-cii")
    parser.add_argument("old", type=int, metavar="OLD", help="version, as 1")
    parser.add_argument("new", type=int, metavar="NEW", help="version, as 2")
    parser.add_argument("--plan", action="store_true", help="write a migration plan to fill in instead")
    parser.add_argument("--folder", type=Path, help="instead of the configured workflows folder")
    parser.add_argument("--lang", default="fr", choices=["fr", "de", "en"])


def migrate_arguments(parser: argparse.ArgumentParser) -> None:
    """PLAN [--dry-run] [--confirm DIGEST] [--batch N] [--lang]."""
    parser.add_argument("plan", metavar="PLAN", help="file, or name of a plan in workflows/migrations")
    parser.add_argument("--dry-run", action="store_true", help="say what would happen, change nothing")
    parser.add_argument("--confirm", metavar="DIGEST", help="digest that the dry run of today has shown")
    parser.add_argument("--batch", type=_count, default=200, metavar="N", help="cases per transaction")
    parser.add_argument("--lang", default="fr", choices=["fr", "de", "en"])


def _count(text: str) -> int:
    if not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text}: write a number from 1")
    return int(text)
