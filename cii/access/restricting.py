"""Restrict a case to named readers, name them, lift the restriction: rows only, the rights stand above."""

from sqlmodel import col, select

from cii.access.restricted import readers_of, restriction_of
from cii.access.tables import Account
from cii.access.tables_restricted import CaseReader, CaseRestriction
from cii.journal.actions import wrote
from cii.kernel.errors import Refusal
from cii.store.work import Work


class AlreadyRestricted(Refusal):
    """The case is for named readers only already."""

    code, kind = "already-restricted", "conflict"


class NotRestricted(Refusal):
    """The case is open to the members of its parties: nobody needs a name."""

    code, kind = "not-restricted", "conflict"


class AlreadyReader(Refusal):
    """The account is named already."""

    code, kind = "already-reader", "conflict"


class NoReader(Refusal):
    """The account is not named, or is the last of the leading unit."""

    code, kind = "no-reader", "conflict"


def restrict_case(work: Work, case_id: int, case_ref: str, reason: str) -> CaseRestriction:
    """Close the case to everybody but named readers, at once; refuses AlreadyRestricted."""
    if restriction_of(work, case_id) is not None:
        raise AlreadyRestricted
    row = CaseRestriction(
        case_id=case_id, case_ref=case_ref, reason=reason, at=work.now, account_id=work.actor.account_id
    )
    work.session.add(row)
    work.session.flush()
    wrote(work, "restrict_case", "case", case_id, ref=case_ref, payload={"reason": reason})
    return row


def lift_restriction(work: Work, case_id: int, reason: str) -> None:
    """Open the case to the members of its parties again; refuses NotRestricted."""
    row = restriction_of(work, case_id)
    if row is None:
        raise NotRestricted
    for reader in readers_of(work, case_id):
        close_reader(work, reader)
    row.lifted_at, row.lifted_by, row.lift_reason = work.now, work.actor.account_id, reason
    work.session.add(row)
    work.session.flush()
    wrote(work, "lift_restriction", "case", case_id, ref=row.case_ref, payload={"reason": reason})


def name_reader(work: Work, case_id: int, account_id: int, reason: str | None = None) -> CaseReader:
    """Let an account see the case as far as its unit may; refuses NotRestricted, AlreadyReader."""
    held = restriction_of(work, case_id)
    if held is None:
        raise NotRestricted
    if any(one.account_id == account_id for one in readers_of(work, case_id)):
        raise AlreadyReader(field="account")
    row = CaseReader(
        case_id=case_id, account_id=account_id, named_by=work.actor.account_id, reason=reason, at=work.now
    )
    work.session.add(row)
    work.session.flush()
    wrote(
        work, "name_reader", "case", case_id, ref=held.case_ref,
        payload={"account": account_id, "reason": reason},
    )  # fmt: skip
    return row


def close_reader(work: Work, row: CaseReader) -> None:
    """The account no longer sees the restricted case, from this request on."""
    row.closed_at, row.closed_by = work.now, work.actor.account_id
    work.session.add(row)
    work.session.flush()
    wrote(work, "close_reader", "case", row.case_id, payload={"account": row.account_id})


def reader_by_account(work: Work, case_id: int, account_ref: str) -> CaseReader:
    """The naming of that account; refuses NoReader."""
    found = work.session.exec(
        select(CaseReader)
        .join(Account, col(Account.id) == col(CaseReader.account_id))
        .where(
            col(CaseReader.case_id) == case_id,
            col(Account.ref) == account_ref,
            col(CaseReader.closed_at).is_(None),
        )
    ).first()
    if found is None:
        raise NoReader(field="account")
    return found
