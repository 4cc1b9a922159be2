"""Who is told of a step of a corrective measure."""

from cii.access.queries import holders_of
from cii.access.vocabulary import Role
from cii.coordination.queries import bodies_of
from cii.coordination.tables import CorrectiveMeasure
from cii.coordination.vocabulary import Body, CorrectiveEvent
from cii.institutions.queries import unit_for
from cii.institutions.vocabulary import UnitKind
from cii.notices.actions import tell
from cii.store.work import Work

_E = CorrectiveEvent
_RESPONDENT = {
    _E.ASK: "corrective-asked", _E.APPROVE: "corrective-approved", _E.REFUSE: "corrective-refused",
    _E.REOPEN: "corrective-reopened", _E.VERIFY: "corrective-verified",
}  # fmt: skip
"""What the service that speaks to the provider learns."""
_GROUP = {
    _E.APPROVE: "corrective-approved", _E.REFUSE: "corrective-refused", _E.DO: "corrective-done",
    _E.IMPLEMENT: "corrective-done",
}  # fmt: skip
"""What the coordination group learns, unless it did it itself."""


def tell_corrective(work: Work, row: CorrectiveMeasure, event: CorrectiveEvent) -> None:
    """Tell the respondent service, the group or the members of the GP CII of the step just taken."""
    if event in _RESPONDENT and row.respondent_unit_id is not None:
        _tell(work, row, _RESPONDENT[event], unit_id=row.respondent_unit_id)
    if event in _GROUP and Body.COORDINATION not in bodies_of(work.actor):
        group = unit_for(work, UnitKind.COORDINATION, None, work.today)
        _tell(work, row, _GROUP[event], unit_id=group.id)
    if event is _E.PROPOSE:
        for account in holders_of(work, Role.STEERING):
            _tell(work, row, "corrective-at-steering", account_id=account.id)


def _tell(
    work: Work,
    row: CorrectiveMeasure,
    kind: str,
    *,
    unit_id: int | None = None,
    account_id: int | None = None,
) -> None:
    tell(
        work, unit_id=unit_id, account_id=account_id, kind=kind, subject="corrective", subject_ref=row.ref,
        due=row.due_on,
    )  # fmt: skip
