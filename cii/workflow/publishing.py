"""Takes process and decision files into rows, once per version; a published text never changes."""

from pathlib import Path

from sqlmodel import col, select

from cii.kernel.errors import Refusal
from cii.store.work import Work
from cii.workflow.checks import problems_in
from cii.workflow.queries import parsed_table
from cii.workflow.reading import BrokenFile
from cii.workflow.tables import WfDefinition, WfTable


class PublishedFileChanged(Refusal):
    """A published version never changes; a new text takes a new version."""

    code, kind = "published-file-changed", "conflict"


def publish(work: Work, folder: Path) -> int:
    """Take in the processes `*.yaml` and the tables `decisions/*.md` of a folder; returns how many were new.

    Refuses: BrokenFile with every fault of a file, PublishedFileChanged for another text of a version.
    """
    fresh = sum(_publish_table(work, file) for file in sorted((folder / "decisions").glob("*.md")))
    work.session.flush()
    tables = set(work.session.exec(select(WfTable.name)))
    fresh += sum(_publish_definition(work, file, tables) for file in sorted(folder.glob("*.yaml")))
    work.session.flush()
    return fresh


def _publish_table(work: Work, file: Path) -> int:
    text = file.read_text(encoding="utf-8")
    table = parsed_table(text, file.name)
    known = work.session.exec(
        select(WfTable.digest).where(col(WfTable.name) == table.id, col(WfTable.version) == table.version)
    ).first()
    if known is not None:
        return _unchanged(table.id, table.version, known, table.digest)
    work.session.add(
        WfTable(
            name=table.id,
            version=table.version,
            valid_from=table.valid_from,
            valid_to=table.valid_to,
            digest=table.digest,
            source=text,
            published_at=work.now,
        )
    )
    return 1


def _publish_definition(work: Work, file: Path, tables: set[str]) -> int:
    text = file.read_text(encoding="utf-8")
    definition, problems = problems_in(text, file.name, tables)
    errors = [one for one in problems if one.severity == "error"]
    if errors or definition is None:
        raise BrokenFile(errors)
    known = work.session.exec(
        select(WfDefinition.digest).where(
            col(WfDefinition.name) == definition.id, col(WfDefinition.version) == definition.version
        )
    ).first()
    if known is not None:
        return _unchanged(definition.id, definition.version, known, definition.digest)
    work.session.add(
        WfDefinition(
            name=definition.id,
            version=definition.version,
            subject=definition.subject,
            digest=definition.digest,
            source=text,
            published_at=work.now,
        )
    )
    return 1


def _unchanged(name: str, version: int, published: str, found: str) -> int:
    if published != found:
        raise PublishedFileChanged(file=name, version=version)
    return 0
