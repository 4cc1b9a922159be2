"""Reports made again from the rows kept with them."""

import argparse

from cii.cli.jobs import tell_progress
from cii.cli.telling import DONE, FINDINGS, Told, engine_of
from cii.store.settings import Settings
from cii.store.work import HOUSE, working


def rederive_reports(asked: argparse.Namespace, settings: Settings) -> Told:
    """Make reports again from their kept rows; a finding names each value or file that differs."""
    from cii.jobs.clock import clock_of  # noqa: PLC0415
    from cii.reports.queries import issue_by_ref  # noqa: PLC0415
    from cii.reports.rederiving import newest, rederive  # noqa: PLC0415

    engine = engine_of(settings)
    now = clock_of(engine, settings).now()
    with working(engine, HOUSE, now, settings=settings, writing=False) as held:
        wanted = [issue_by_ref(held, ref) for ref in asked.refs] or newest(held)
        lines, told = [], []
        for done, issue in enumerate(wanted):
            tell_progress(issue.ref, done, len(wanted))
            found = rederive(held, issue)
            said = f"differs: {', '.join(found.differing)}" if found.differing else "the same"
            lines.append(f"{issue.ref} {issue.kind} {issue.period} v{issue.version}: {said}")
            told.append({"ref": issue.ref, "sha256": issue.sha256, "differing": found.differing})
    return Told(lines, told, FINDINGS if any(one["differing"] for one in told) else DONE)


def rederive_arguments(parser: argparse.ArgumentParser) -> None:
    """[REF …]."""
    parser.add_argument("refs", nargs="*", metavar="REF", help="reports by ref; none: those frozen last")
