"""What is published: processes with their diagrams, decision tables, funding lines, units."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from flask import Response, g

from cii.access.permits import Permit
from cii.api.base import PREFIX, Blueprint
from cii.api.shapes import by_ref
from cii.decisions.vocabulary import HitPolicy
from cii.drawing.bpmn import bpmn
from cii.drawing.diagram import WIDE, svg
from cii.figures.processes import process_figures
from cii.files.reading import say
from cii.files.vocabulary import Title
from cii.institutions.queries import UnitLabel, lines, shown_units, units
from cii.institutions.schemas import LINE, UNIT
from cii.institutions.tables import FundingLine
from cii.wire import language
from cii.wire.answers import only, paged
from cii.wire.doors import SIGNED_IN, needs
from cii.wire.pages import Page
from cii.workflow.aggregate import StageCount
from cii.workflow.library import (
    PublishedProcess,
    PublishedTable,
    process,
    processes,
    table,
    tables,
    titles_asked,
)
from cii.workflow.queries import table_on
from cii.workflow.schemas import PROCESS_LISTED, TABLE_LISTED

blueprint = Blueprint("api-definitions", __name__, url_prefix=PREFIX)


@dataclass(frozen=True)
class StageShown:
    """A stage of a process with its tasks by name."""

    key: str
    title: Title
    tasks: dict[str, Title]


@dataclass(frozen=True)
class ProcessFile:
    """A published process with its stages."""

    name: str
    version: int
    digest: str
    subject: str
    title: Title
    legal_basis: tuple[str, ...]
    start: str
    published_at: datetime
    stages: tuple[StageShown, ...]


@dataclass(frozen=True)
class TableFile:
    """A published decision table; `source` says where its rules come from."""

    name: str
    version: int
    digest: str
    title: Title
    hit_policy: HitPolicy
    valid_from: date | None
    valid_to: date | None
    legal_basis: tuple[str, ...]
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    rules: tuple[str, ...]
    source: str


@dataclass(frozen=True)
class VersionAsked:
    """Which version; the one in force today when left out."""

    version: int | None = None


@dataclass(frozen=True)
class OpenAsked:
    """Which version, the newest when left out; `own`: only the cases of the reader's units."""

    version: int | None = None
    own: bool = False


@dataclass(frozen=True)
class OpenStage:
    """The open cases of a stage; null where the number is not for this reader."""

    key: str
    title: Title
    open: int | None
    overdue: int | None
    median_days: int | None


@dataclass(frozen=True)
class OpenCases:
    """The open cases of a version of a process by stage; `minimum`: the smallest number shown to others."""

    name: str
    version: int
    own: bool
    minimum: int
    total: int | None
    stages: tuple[OpenStage, ...]


OPEN_STAGE = only(OpenStage, "key", "title", "open", "overdue", "median_days", called="OpenStageAnswer")
OPEN = only(
    OpenCases, "name", "version", "own", "minimum", "total", stages=OPEN_STAGE, called="OpenCasesAnswer"
)
STAGE = only(StageShown, "key", "title", "tasks", called="StageAnswer")
PROCESS = only(
    ProcessFile, "name", "version", "digest", "subject", "title", "legal_basis", "start", "published_at",
    stages=STAGE,
)  # fmt: skip
TABLE = only(
    TableFile, "name", "version", "digest", "title", "hit_policy", "valid_from", "valid_to", "legal_basis",
    "inputs", "outputs", "rules", "source",
)  # fmt: skip


@blueprint.get("/workflows")
@needs(Permit.SEE_WORKFLOWS)
@blueprint.response(200, paged(PROCESS_LISTED))
def workflows() -> Page[PublishedProcess]:
    """The newest version of each process."""
    return Page(processes(g.work))


@blueprint.get("/workflows/<name>")
@needs(Permit.SEE_WORKFLOWS)
@blueprint.response(200, PROCESS)
def workflow(name: str) -> ProcessFile:
    """A process: its stages and their tasks."""
    return _process(name)


@blueprint.get("/workflows/<name>/diagram.svg")
@needs(Permit.SEE_WORKFLOWS)
@blueprint.arguments(VersionAsked, location="query")
@blueprint.response(200, content_type="image/svg+xml")
def diagram(asked: VersionAsked, name: str) -> Response:
    """The picture of a process, in the reader's language; the newest version when none is named."""
    held = process(g.work, name, asked.version)[0]
    drawn = svg(held, None, language.lang(), tables=titles_asked(g.work, held), width=WIDE)
    return Response(drawn, mimetype="image/svg+xml")


@blueprint.get("/workflows/<name>/bpmn")
@needs(Permit.SEE_WORKFLOWS)
@blueprint.arguments(VersionAsked, location="query")
@blueprint.response(200, content_type="application/xml")
def bpmn_file(asked: VersionAsked, name: str) -> Response:
    """The process as BPMN 2.0 with its drawing, for a modeller; the newest version when none is named."""
    held = process(g.work, name, asked.version)[0]
    return Response(bpmn(held, language.lang(), titles_asked(g.work, held)), mimetype="application/xml")


@blueprint.get("/workflows/<name>/open")
@needs(Permit.SEE_FIGURES)
@blueprint.arguments(OpenAsked, location="query")
@blueprint.response(200, OPEN)
def open_cases(asked: OpenAsked, name: str) -> OpenCases:
    """Where the open cases of a process stand; small numbers of others are null."""
    figures = process_figures(g.work, name, asked.version, own=asked.own)
    return OpenCases(
        name, figures.definition.version, figures.own, figures.minimum, figures.total,
        tuple(
            OpenStage(key, stage.title, held.open, held.overdue, held.median_days)
            for key, stage in figures.definition.stages.items()
            if stage.end is None
            for held in [figures.stages.get(key, StageCount())]
        ),
    )  # fmt: skip


@blueprint.get("/tables")
@needs(Permit.SEE_WORKFLOWS)
@blueprint.response(200, paged(TABLE_LISTED))
def decision_tables() -> Page[PublishedTable]:
    """Every version of every decision table."""
    return Page(tables(g.work, g.work.today))


@blueprint.get("/tables/<name>")
@needs(Permit.SEE_WORKFLOWS)
@blueprint.arguments(VersionAsked, location="query")
@blueprint.response(200, TABLE)
def decision_table(asked: VersionAsked, name: str) -> TableFile:
    """A decision table: its inputs, outputs and rules."""
    return _table(name, asked.version)


@blueprint.get("/lines")
@needs(SIGNED_IN)
@blueprint.response(200, paged(LINE))
def funding_lines() -> Page[FundingLine]:
    """The funding lines in force today."""
    return Page(lines(g.work))


@blueprint.get("/units")
@needs(SIGNED_IN)
@blueprint.response(200, paged(UNIT))
def units_listed() -> Page[UnitLabel]:
    """The units in force today, by code; those with a protected name are listed to their members only."""
    ids: Sequence[int] = [one.id or 0 for one in units(g.work)]
    return Page(by_ref(shown_units(g.work, ids), ids))


def _process(name: str) -> ProcessFile:
    held, published_at = process(g.work, name)
    return ProcessFile(
        held.id, held.version, held.digest, held.subject, held.title, held.legal_basis, held.start,
        published_at,
        tuple(
            StageShown(key, stage.title, {task.key: task.title for task in stage.tasks})
            for key, stage in held.stages.items()
        ),
    )  # fmt: skip


def _table(name: str, version: int | None) -> TableFile:
    held = table(g.work, name, version) if version else table_on(g.work, name, g.work.today)[1]
    return TableFile(
        name, held.version, held.digest, held.title, held.hit_policy, held.valid_from, held.valid_to,
        held.legal_basis, tuple(one.name for one in held.inputs), tuple(one.name for one in held.outputs),
        tuple(one.id for one in held.rules), say(held.sources, language.lang(), held.source),
    )  # fmt: skip
