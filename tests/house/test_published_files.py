"""A published process, table or grid never changes under its version: cases run on it. A change is a new version."""

import hashlib

import pytest

from cii.store.settings import HOUSE

WORKFLOWS = HOUSE / "workflows"
LIST = WORKFLOWS / "published.sha256"
FILES = sorted(
    file
    for pattern in (
        "*.yaml",
        "decisions/*.md",
        "grids/*.yaml",
        "consents/*.yaml",
        "mandates/*.yaml",
        "migrations/*.yaml",
        "indicators/*.yaml",
    )
    for file in WORKFLOWS.glob(pattern)
)


def published() -> dict[str, str]:
    lines = LIST.read_text(encoding="utf-8").splitlines()
    return {name: digest for digest, name in (line.split("  ", 1) for line in lines)}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_a_published_file_keeps_its_hash(file):
    name = file.relative_to(WORKFLOWS).as_posix()

    found = hashlib.sha256(file.read_bytes()).hexdigest()

    assert published().get(name) == found, f"{name}: publish a new version, then add it to {LIST.name}"


def test_no_published_file_is_lost():
    assert set(published()) == {file.relative_to(WORKFLOWS).as_posix() for file in FILES}
