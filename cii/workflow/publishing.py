"""Takes process and decision files into rows, once per version; a published text never changes."""

from functools import lru_cache
from pathlib import Path

from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select

from cii.files.problems import BrokenFile, Problem
from cii.kernel.errors import Refusal
from cii.store.work import Work
from cii.workflow.checks import inputs_of, problems_in
from cii.workflow.definition import Definition
from cii.workflow.folder import read_text
from cii.workflow.queries import parsed_table
from cii.workflow.tables import WfDefinition, WfTable

Sources = tuple[tuple[str, str], ...]
"""Published tables: text and name of each, in their order."""


class PublishedFileChanged(Refusal):
    """A published version never changes; a new text takes a new version."""

    code, kind = "published-file-changed", "conflict"


def publish(work: Work, folder: Path) -> int:
    """Take in the processes `*.yaml` and the tables `decisions/*.md` of a folder; returns how many were new.

    Two processes that publish the same folder at once make one row per version.
    Refuses: BrokenFile with every fault of a file, PublishedFileChanged for another text of a version.
    """
    fresh = sum(_publish_table(work, file) for file in sorted((folder / "decisions").glob("*.md")))
    tables: Sources = tuple(
        (source, f"{name} {version}")
        for name, version, source in work.session.exec(
            select(WfTable.name, WfTable.version, WfTable.source).order_by(
                col(WfTable.name), col(WfTable.version)
            )
        )
    )
    return fresh + sum(_publish_definition(work, file, tables) for file in sorted(folder.glob("*.yaml")))


@lru_cache(maxsize=128)
def _checked(text: str, name: str, tables: Sources) -> tuple[Definition | None, tuple[Problem, ...]]:
    """A process file and its problems beside these tables; the same texts are read once."""
    definition, problems = problems_in(text, name, inputs_of(parsed_table(*one) for one in tables))
    return definition, tuple(problems)


def _publish_table(work: Work, file: Path) -> int:
    text = read_text(file)
    table = parsed_table(text, file.name)
    row = WfTable(
        name=table.id,
        version=table.version,
        valid_from=table.valid_from,
        valid_to=table.valid_to,
        digest=table.digest,
        source=text,
        published_at=work.now,
    )
    return _once(work, row)


def _publish_definition(work: Work, file: Path, tables: Sources) -> int:
    text = read_text(file)
    definition, problems = _checked(text, file.name, tables)
    errors = [one for one in problems if one.severity == "error"]
    if errors or definition is None:
        raise BrokenFile(errors)
    row = WfDefinition(
        name=definition.id,
        version=definition.version,
        subject=definition.subject,
        digest=definition.digest,
        source=text,
        published_at=work.now,
    )
    return _once(work, row)


def _once(work: Work, row: WfDefinition | WfTable) -> int:
    """Write the row unless its version is there already; 1 when it was written."""
    if _published(work, row):
        return 0
    try:
        with work.session.begin_nested():
            work.session.add(row)
    except IntegrityError:
        if not _published(work, row):  # another fault than a version that came in meanwhile
            raise
        return 0
    return 1


def _published(work: Work, row: WfDefinition | WfTable) -> bool:
    kind = type(row)
    query = select(kind.digest).where(col(kind.name) == row.name, col(kind.version) == row.version)
    known = work.session.exec(query).first()
    if known is not None and known != row.digest:
        raise PublishedFileChanged(file=row.name, version=row.version)
    return known is not None
