"""Each refusal has one code of its own and a test that brings it about."""

import importlib
import pkgutil
from pathlib import Path

import cii
from cii.kernel.errors import Refusal

TESTS = Path(__file__).resolve().parents[1]


def refusals() -> set[type[Refusal]]:
    for module in pkgutil.walk_packages(cii.__path__, "cii."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    found: set[type[Refusal]] = set()
    todo = [Refusal]
    while todo:
        for one in todo.pop().__subclasses__():
            if one.__module__.startswith("cii.") and one not in found:
                found.add(one)
                todo.append(one)
    return found


def test_no_two_refusals_share_a_code():
    owners: dict[str, set[str]] = {}
    for one in refusals():
        owners.setdefault(one.code, set()).add(f"{one.__module__}.{one.__name__}")

    shared = {code: sorted(names) for code, names in owners.items() if len(names) > 1 and code != "refused"}

    assert shared == {}


def test_each_refusal_is_brought_about_by_a_test():
    written = "\n".join(
        file.read_text(encoding="utf-8") for file in TESTS.rglob("*.py") if file != Path(__file__)
    )

    unproven = sorted(
        f"{one.__module__}.{one.__name__} ({one.code})"
        for one in refusals()
        if not one.__subclasses__()  # a family is brought about by its members
        and one.__name__ not in written
        and f'"{one.code}"' not in written
    )

    assert unproven == []
