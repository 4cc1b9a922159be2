"""Commands of the demo canton: load it, check its figures, run it."""

import argparse
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from cii.cli.files import unsound
from cii.cli.running import run_house
from cii.cli.telling import CANNOT_START, DONE, FINDINGS, Told, engine_of
from cii.store.settings import Settings
from cii.store.work import HOUSE, working

STEPS = {
    "directory": "institutions, accounts, processes", "archive": "archive 2009–2014", "cases": "cases",
    "places": "places and attendance", "money": "statements and ledger", "proofs": "proofs",
}  # fmt: skip


def demo(asked: argparse.Namespace, settings: Settings) -> Told:
    """Load the demo canton when there is none, then serve it with the worker until interrupted."""
    told = demo_load(asked, settings)
    if told.code != DONE:
        return told
    for line in told.lines:
        print(line, flush=True)
    return run_house(settings, worker=True)


def demo_load(asked: argparse.Namespace, settings: Settings) -> Told:
    """Load the demo canton into an empty database, and prove it."""
    from cii.demo.directory import PASSWORD, accounts_shown  # noqa: PLC0415
    from cii.demo.load import SIZE, LoadFailed, load  # noqa: PLC0415

    if (unfit := unsound(settings)) is not None:
        return unfit
    if settings.mode == "production":
        return Told(["the demo canton is not for production"], {"loaded": False}, CANNOT_START)
    try:
        with _shown(quiet=asked.json) as progress:
            done = load(settings, getattr(asked, "size", SIZE), progress=progress)
    except LoadFailed as no:
        return Told([f"not loaded: {no}"], {"loaded": False, "why": str(no)}, FINDINGS)
    head = (
        f"loaded: {done.rows} rows in {done.seconds:.1f} s" if done.fresh else "the canton is loaded already"
    )
    accounts = accounts_shown()
    lines = [head, f"password of every account: {PASSWORD}"]
    lines += [f"{role:<24} {email:<34} {unit}" for email, role, unit in accounts]
    data = {
        "fresh": done.fresh, "rows": done.rows, "seconds": round(done.seconds, 1), "password": PASSWORD,
        "accounts": [{"email": email, "role": role, "unit": unit} for email, role, unit in accounts],
    }  # fmt: skip
    return Told(lines, data)


def size_arguments(parser: argparse.ArgumentParser) -> None:
    """[--size N]."""
    left_out = argparse.SUPPRESS  # so that `demo load` keeps what stands before it
    words = "how many cases of today (2000 when left out)"
    parser.add_argument("--size", type=_count, default=left_out, help=words)


def _count(written: str) -> int:
    count = int(written)
    if count < 1:
        raise argparse.ArgumentTypeError("at least one case")
    return count


@contextmanager
def _shown(*, quiet: bool) -> Iterator[Callable[[str, int, int], None]]:
    """A bar per step, on standard error; none for a program."""
    columns = (
        TextColumn("{task.description:<34}"),
        BarColumn(),
        TextColumn("{task.completed}/{task.total}"),
        TimeElapsedColumn(),
    )
    bars: dict[str, TaskID] = {}
    with Progress(*columns, console=Console(stderr=True, quiet=quiet)) as progress:

        def tell(what: str, done: int, of: int) -> None:
            if what not in bars:
                bars[what] = progress.add_task(STEPS.get(what, what), total=of)
            progress.update(bars[what], completed=done, total=of)

        yield tell


def demo_check(_: argparse.Namespace, settings: Settings) -> Told:
    """Compute each figure of the sources from the database and compare it with what is printed there."""
    from cii.demo.check import check  # noqa: PLC0415
    from cii.jobs.clock import clock_of  # noqa: PLC0415

    engine = engine_of(settings)
    with working(engine, HOUSE, clock_of(engine, settings).now(), settings=settings, writing=False) as work:
        found = check(work)
    engine.dispose()
    wrong = [one for one in found if not one.ok]
    lines = [
        f"{'ok     ' if one.ok else 'differs'} {one.figure:<4} {one.what}: {one.found} "
        f"(source {one.relation} {one.expected}; {one.source})"
        for one in found
    ]
    lines.append(f"{len(found)} figures, {len(wrong)} differ")
    data = [
        {
            "figure": one.figure, "what": one.what, "source": one.source, "relation": one.relation,
            "expected": one.expected, "found": one.found, "ok": one.ok,
        }
        for one in found
    ]  # fmt: skip
    return Told(lines, data, FINDINGS if wrong else DONE)
