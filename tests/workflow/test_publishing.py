"""Publishing: a version is written once and for ever, also when two publish at the same moment."""

import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from sqlalchemy import Engine
from sqlmodel import func, select

from cii.files.problems import BrokenFile
from cii.store.work import HOUSE, Work, working
from cii.workflow.library import process
from cii.workflow.publishing import PublishedFileChanged, publish
from cii.workflow.tables import WfDefinition, WfTable
from tests.conftest import NOW

ROOT = Path(__file__).parents[2]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the shipped definitions."""
    return Path(shutil.copytree(ROOT / "workflows", tmp_path / "workflows"))


def _edit(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


def _rows(work: Work) -> tuple[int, int]:
    return (
        work.session.exec(select(func.count()).select_from(WfDefinition)).one(),
        work.session.exec(select(func.count()).select_from(WfTable)).one(),
    )


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("placement.yaml", "due: 5wd", "due: 6wd"),
        ("decisions/agreement-threshold.md", "fr: ", "fr:  "),
    ],
)
def test_a_published_text_never_changes_under_its_version(work, folder, name, old, new):
    publish(work, folder)
    before = _rows(work)
    _edit(folder / name, old, new)

    with pytest.raises(PublishedFileChanged):
        publish(work, folder)

    assert _rows(work) == before


def test_a_new_version_stands_beside_the_old_one(work, folder):
    publish(work, folder)
    text = (folder / "placement.yaml").read_text(encoding="utf-8").replace("version: 1", "version: 2")
    (folder / "placement-v2.yaml").write_text(text.replace("due: 5wd", "due: 6wd"), encoding="utf-8")

    assert publish(work, folder) == 1

    versions = work.session.exec(select(WfDefinition.version).where(WfDefinition.name == "placement")).all()
    assert sorted(versions) == [1, 2]
    assert process(work, "placement")[0].version == 2


def test_nothing_of_a_folder_with_a_broken_file_is_kept(fresh_engine: Engine, folder):
    _edit(folder / "placement.yaml", "owner: requesting", "owner: requestin")

    with pytest.raises(BrokenFile) as no, working(fresh_engine, HOUSE, NOW) as work:
        publish(work, folder)

    assert no.value.problems[0].code == "unknown-role"
    with working(fresh_engine, HOUSE, NOW) as work:
        assert _rows(work) == (0, 0)


def test_two_that_publish_at_once_make_one_row_per_version(fresh_engine: Engine, folder):
    ready = Barrier(2)

    def run(_: int) -> int:
        with working(fresh_engine, HOUSE, NOW) as work:
            ready.wait(timeout=60)
            return publish(work, folder)

    with ThreadPoolExecutor(2) as pool:
        fresh = list(pool.map(run, range(2)))

    with working(fresh_engine, HOUSE, NOW) as work:
        rows = sum(_rows(work))
    assert rows == len([*folder.glob("*.yaml"), *folder.glob("decisions/*.md")])
    assert sum(fresh) == rows


PUBLISHER = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from cii.store.engine import make_engine
from cii.store.naming import load_all_tables
from cii.store.work import HOUSE, working
from cii.workflow.publishing import publish
load_all_tables()
with working(make_engine(sys.argv[1]), HOUSE, datetime(2026, 10, 15, tzinfo=UTC)) as work:
    print(publish(work, Path(sys.argv[2])))
"""


def test_two_processes_of_the_machine_publish_one_row_per_version(fresh_engine: Engine, folder):
    url = fresh_engine.url.render_as_string(hide_password=False)
    command = [sys.executable, "-c", PUBLISHER, url, str(folder)]
    both = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) for _ in range(2)]  # noqa: S603 - our own

    fresh = [int(one.communicate(timeout=120)[0]) for one in both]

    with working(fresh_engine, HOUSE, NOW) as work:
        rows = sum(_rows(work))
    assert [one.returncode for one in both] == [0, 0]
    assert (sum(fresh), rows) == (rows, len([*folder.glob("*.yaml"), *folder.glob("decisions/*.md")]))
