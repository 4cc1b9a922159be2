"""Two issues of one kind side by side, figure by figure; comments that stand beside a figure."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from sqlalchemy import select
from sqlmodel import col

from cii.journal.actions import wrote
from cii.kernel.money import Chf
from cii.reports.kinds import Figure, Number
from cii.reports.queries import issue_by_ref, issue_values
from cii.reports.registry import KINDS
from cii.reports.rules import NotTheSameReport, UnknownFigure
from cii.reports.tables import ReportComment, ReportIssue
from cii.store.work import Work


@dataclass(frozen=True, slots=True)
class Compared:
    """A figure in two issues: `old` and `new` as `Figure.value`, `change` their difference where both are."""

    figure: Figure
    old: Number | None
    new: Number | None
    change: Number | None


def compared(work: Work, old: ReportIssue, new: ReportIssue) -> list[Compared]:
    """Every figure of two issues of one kind and scope, as the actor may see them, in the order of the newer.

    Their periods may differ. Refuses: NotTheSameReport.
    """
    if (old.kind, old.scope) != (new.kind, new.scope):
        raise NotTheSameReport
    kind = KINDS[new.kind]
    before = {one.path: one for one in kind.figures(issue_values(work, old))}
    after = {one.path: one for one in kind.figures(issue_values(work, new))}
    return [
        _compared(after.get(path) or before[path], before.get(path), after.get(path))
        for path in dict.fromkeys([*after, *before])
    ]


def _compared(figure: Figure, old: Figure | None, new: Figure | None) -> Compared:
    was, is_ = (one.value if one is not None else None for one in (old, new))
    return Compared(figure, was, is_, _change(was, is_))


def _change(old: Number | None, new: Number | None) -> Number | None:
    if isinstance(old, Chf) and isinstance(new, Chf):
        return new - old
    if isinstance(old, int) and isinstance(new, int):
        return new - old
    if old is None or new is None or isinstance(old, Chf) or isinstance(new, Chf):
        return None
    return Fraction(new) - Fraction(old)


@dataclass(frozen=True)
class CommentFigure:
    """A word on a figure or a row, named by where it stands, as `measures.AT-01.entries`."""

    report_ref: str
    path: str = field(metadata={"max": 200})
    wording: str = field(metadata={"min": 3, "max": 1000})


def comment(work: Work, ask: CommentFigure) -> ReportComment:
    """Put a word beside a figure of a frozen report; the figures and their files stay as they are.

    Refuses: UnknownThing, UnknownFigure (also of what is hidden from the actor).
    """
    issue = issue_by_ref(work, ask.report_ref)
    if ask.path not in _places(work, issue):
        raise UnknownFigure(field="path")
    made = ReportComment(
        issue_id=issue.id or 0,
        path=ask.path,
        wording=ask.wording.strip(),
        recorded_at=work.now,
        account_id=work.actor.account_id,
    )
    work.session.add(made)
    work.session.flush()
    wrote(work, "report.comment", "report", issue.id, ref=issue.ref, payload={"path": ask.path})
    return made


def comments_of(work: Work, issue: ReportIssue) -> Sequence[ReportComment]:
    """The comments on an issue whose figures the actor sees, in the order in which they came."""
    seen = _places(work, issue)
    found = work.session.scalars(
        select(ReportComment).where(col(ReportComment.issue_id) == issue.id).order_by(col(ReportComment.id))
    )
    return [one for one in found if one.path in seen]


def _places(work: Work, issue: ReportIssue) -> set[str]:
    """Where a comment may stand: each row, and each figure that is not hidden from the actor."""
    kind, values = KINDS[issue.kind], issue_values(work, issue)
    hidden = set(values["hidden"])
    rows = {path for _, _, path, _ in kind.rows(values) if path != "report"}
    return rows | {one.path for one in kind.figures(values) if one.path not in hidden}
