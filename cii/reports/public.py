"""What leaves the house for everybody: a frozen report, small numbers hidden, as the GP CII decided."""

from cii.coordination.queries import bodies_of
from cii.coordination.vocabulary import Body
from cii.journal.actions import wrote
from cii.kernel.errors import NotAllowed
from cii.meetings.actions_agenda import lay_before
from cii.meetings.decided import approval_of
from cii.meetings.tables import Meeting
from cii.meetings.vocabulary import AgendaKind, DecisionKind
from cii.reports.files import made
from cii.reports.kinds import Head
from cii.reports.queries import format_of, issue_by_ref, issue_values
from cii.reports.readers import Readers
from cii.reports.rules import PublicWithoutApproval
from cii.reports.tables import ReportIssue
from cii.store.work import Work


def approved(work: Work, issue: ReportIssue) -> str | None:
    """The number of the decision under which a version may be published, or None."""
    return approval_of(work, DecisionKind.PUBLIC_STATEMENT, issue.ref)


def ask_publication(work: Work, ref: str) -> Meeting:
    """Lay the publication of a version before the next meeting of the GP CII; asked twice, it is once.

    Refuses: UnknownThing, NotAllowed (who is not of the group), NoMeetingAhead.
    """
    issue = issue_by_ref(work, ref)
    if Body.COORDINATION not in bodies_of(work.actor):
        raise NotAllowed
    facts = {"report": issue.kind.value, "period": issue.period, "version": issue.version}
    meeting = lay_before(work, Body.STEERING, AgendaKind.PUBLICATION, issue.ref, facts)
    wrote(work, "report.ask_publication", "report", issue.id, ref=issue.ref, payload={"meeting": meeting.ref})
    return meeting


def render_public(work: Work, ref: str, form: str, lang: str) -> bytes:
    """The file of a version for everybody: numbers below the minimum hidden, comments left out.

    Each page names the decision. Refuses: UnknownThing, UnknownFormat, PublicWithoutApproval.
    """
    issue, wanted = issue_by_ref(work, ref), format_of(form, lang)
    number = approved(work, issue)
    if number is None:
        raise PublicWithoutApproval(version=issue.version)
    head = Head(issue.known_at, issue.frozen_at, issue.version, issue.sha256, number)
    wrote(
        work,
        "report.publish",
        "report",
        issue.id,
        ref=issue.ref,
        payload={"form": wanted, "decision": number},
    )
    return made(issue_values(work, issue, Readers()), head, wanted, lang)
