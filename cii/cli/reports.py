"""Reports: one command for each kind, frozen or as a draft, and files in the formats asked for."""

import argparse
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path

from cii.cli.jobs import tell_progress
from cii.cli.telling import Arguments, Run, Told, engine_of
from cii.kernel.clock import ZURICH
from cii.kernel.span import NotASpan, Span
from cii.reports.vocabulary import FileFormat, ReportKind
from cii.store.settings import Settings
from cii.store.work import HOUSE, Work, working

_FORMS = tuple(form.value for form in FileFormat)


def report(asked: argparse.Namespace, settings: Settings) -> Told:
    """Freeze a period that is over, or show a draft of it, and write it in the formats asked for."""
    from cii.jobs.clock import clock_of  # noqa: PLC0415

    engine = engine_of(settings)
    now = clock_of(engine, settings).now()
    draft = asked.draft or asked.known_at is not None
    with working(engine, HOUSE, now, settings=settings, writing=not draft) as held:
        return _draft(held, asked) if draft else _frozen(held, asked)


def _frozen(held: Work, asked: argparse.Namespace) -> Told:
    from cii.reports.actions import freeze  # noqa: PLC0415
    from cii.reports.queries import render  # noqa: PLC0415
    from cii.reports.readers import Readers  # noqa: PLC0415

    issue = freeze(held, asked.period, asked.kind, asked.scope)
    files = {
        form: render(held, issue, form, asked.lang, Readers(whole=asked.whole))
        for form in _making(asked.format)
    }
    written = _write(asked, f"v{issue.version}", files)
    lines = [f"{asked.period} version {issue.version}, {issue.sha256}", *written]
    return Told(lines, {**_about(asked), "version": issue.version, "sha256": issue.sha256, "files": written})


def _draft(held: Work, asked: argparse.Namespace) -> Told:
    from cii.reports.queries import render_draft  # noqa: PLC0415
    from cii.reports.readers import Readers  # noqa: PLC0415

    known_at = asked.known_at or held.now
    files = {
        form: render_draft(
            held, asked.period, form, asked.lang, known_at,
            kind=asked.kind, scope=asked.scope, readers=Readers(whole=asked.whole),
        )
        for form in _making(asked.format)
    }  # fmt: skip
    written = _write(asked, "draft", files)
    lines = [f"{asked.period} draft, as known at {known_at.astimezone(ZURICH).isoformat()}", *written]
    return Told(lines, {**_about(asked), "known_at": known_at, "files": written})


def _about(asked: argparse.Namespace) -> dict[str, object]:
    return {"kind": asked.kind.value, "period": str(asked.period), "scope": asked.scope}


def _making(forms: Sequence[str]) -> Iterator[str]:
    """The forms, with a word on the error stream before each is made."""
    for done, form in enumerate(forms):
        tell_progress(form, done, len(forms))
        yield form


def _write(asked: argparse.Namespace, stand: str, files: Mapping[str, bytes]) -> list[str]:
    """The names of the files written; a scope stands in them, as in `cii-2026-AC-2024-X-v1-fr.pdf`."""
    asked.out.mkdir(parents=True, exist_ok=True)
    parts = ("cii", str(asked.period), asked.scope, stand, asked.lang)
    stem = "-".join(part.replace("/", "-") for part in parts if part)
    for form, data in files.items():
        (asked.out / f"{stem}.{form}").write_bytes(data)
    return [f"{stem}.{form}" for form in files]


def report_arguments(kind: ReportKind) -> Arguments:
    """PERIOD [--draft | --known-at MOMENT] --format pdf,xlsx,csv,json --out DIR, for a kind."""

    def chosen(text: str) -> list[str]:
        names = text.split(",")
        if unknown := [name for name in names if name not in _FORMS]:
            raise argparse.ArgumentTypeError(f"{', '.join(unknown)}: choose from {', '.join(_FORMS)}")
        return names

    def period(text: str) -> Span:
        try:
            return Span.parse(text)
        except NotASpan:
            forms = "2026-Q3, 2026-09, 2026, 2024-2027 or 2026-10-15"
            raise argparse.ArgumentTypeError(f"{text}: write a period as {forms}") from None

    def moment(text: str) -> datetime:
        read = datetime.fromisoformat(text)
        return read if read.tzinfo else read.replace(tzinfo=ZURICH)

    def arguments(parser: argparse.ArgumentParser) -> None:
        parser.set_defaults(kind=kind)
        parser.add_argument("period", type=period, metavar="PERIOD", help="as 2026-Q3, 2026-09, 2026")
        parser.add_argument("--scope", default="", help="of what alone it tells, by its outward name")
        parser.add_argument("--draft", action="store_true", help="freeze nothing; the files say draft")
        parser.add_argument(
            "--known-at",
            type=moment,
            help="a draft of what was known then, as 2026-10-14T08:00 (Swiss)",
        )
        parser.add_argument("--format", type=chosen, default=list(_FORMS), help=",".join(_FORMS))
        parser.add_argument("--whole", action="store_true", help="the group's own copy, small numbers shown")
        parser.add_argument("--out", type=Path, default=Path(), help="folder for the files")
        parser.add_argument("--lang", default="fr", choices=["fr", "de", "en"])

    return arguments


REPORTS: tuple[tuple[str, Run, Arguments], ...] = tuple(
    (f"report {kind.value.replace('_', '-')}", report, report_arguments(kind)) for kind in ReportKind
)
"""One command for each kind: `cii report quarterly 2026-Q3`."""
