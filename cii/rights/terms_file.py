"""The files of dated numbers before they are used: each as written, that of terms with every rule in it.

`serve`, `worker` and the demo refuse to start on a fault; `cii workflows check` says it.
"""

from pathlib import Path

from cii.files.numbers import Names, check_numbers
from cii.files.problems import BrokenFile, Problem, problem
from cii.rights.rules_archiving import OFFERED
from cii.rights.rules_retention import PARAMETERS

FILE = "retention.yaml"
TERMS = tuple(name for name, _ in PARAMETERS.values() if name.startswith("retention_"))
_NAMES = Names(TERMS, tuple(OFFERED.values()))


def number_files(folder: Path) -> list[Path]:
    """The files of dated numbers of a folder of definitions, that of terms in any case."""
    return sorted({*(folder / "parameters").glob("*.yaml"), folder / "parameters" / FILE})


def number_faults(folder: Path) -> list[Problem]:
    """Every fault of the files of dated numbers of a folder."""
    found: list[Problem] = []
    for file in number_files(folder):
        try:
            check_numbers(file.read_bytes(), file.name, _NAMES if file.name == FILE else None)
        except BrokenFile as broken:
            found += broken.problems
        except FileNotFoundError:
            found.append(problem(file.name, 1, "published-file-lost", name=f"parameters/{file.name}"))
    return found
