"""Rows of settlement. Ends of periods are the first day that no longer counts."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Index, UniqueConstraint
from sqlalchemy import text as sql
from sqlmodel import Field, SQLModel

from cii.kernel.money import Chf
from cii.settlement.vocabulary import AbsenceNews, Presence, StatementState
from cii.store.columns import chf, day, key, link, moment, plain_json, ref, text, word
from cii.store.guards import Statements, append_only, changed, differs, guarded, hang, stated_function


class Attendance(SQLModel, table=True):
    """What is attested for one day of a placement; a correction is a new row that names the one it replaces.

    `day` is the date on which it is effective. `minutes` attended, where the tariff counts hours; none is the
    planned day.
    """

    __tablename__ = "attendance"
    __table_args__ = (
        Index("uq_attendance_first", "placement_id", "day", unique=True,
              sqlite_where=sql("replaces IS NULL"), postgresql_where=sql("replaces IS NULL")),
        UniqueConstraint("replaces"),
        Index("ix_attendance_day", "day"),
        CheckConstraint(
            "minutes IS NULL OR (minutes BETWEEN 1 AND 1440 AND presence = 'present')", name="minutes"
        ),
    )  # fmt: skip

    id: int | None = key()
    placement_id: int = link("placement.id")
    day: date = day()
    presence: Presence = word(Presence)
    minutes: int | None = None
    recorded_at: datetime = moment()
    replaces: int | None = link("attendance.id", nullable=True, index=False)
    account_id: int | None = link("account.id", nullable=True, index=False)


class Statement(SQLModel, table=True):
    """What a provider is owed for a month under an agreement and a funding line.

    `sequence` 1 is the month's statement, higher ones correct it and may be negative. Whoever approves has
    neither prepared nor checked it. `invoice_number` is the provider's own, unique among its statements by
    `invoice_key` (the number without spaces and case).
    """

    __tablename__ = "statement"
    __table_args__ = (
        UniqueConstraint("agreement_id", "line_id", "period_start", "sequence"),
        UniqueConstraint("provider_id", "invoice_key", name="uq_statement_invoice"),
        CheckConstraint(
            "(invoice_key IS NULL) = (invoice_number IS NULL) "
            "AND (invoice_key IS NULL OR provider_id IS NOT NULL)",
            name="invoice",
        ),
        CheckConstraint("period_end > period_start", name="term"),
        CheckConstraint("sequence > 1 OR total >= 0", name="total"),
        CheckConstraint(
            "approved_by IS NULL OR ((prepared_by IS NULL OR approved_by <> prepared_by) "
            "AND checked_by IS NOT NULL AND approved_by <> checked_by)",
            name="four_eyes",
        ),
        CheckConstraint(
            "(state IN ('approved', 'paid')) = (approved_by IS NOT NULL AND approved_at IS NOT NULL)",
            name="approved_by_somebody",
        ),
        CheckConstraint("(state = 'returned') = (returned_reason IS NOT NULL)", name="reason"),
    )

    id: int | None = key()
    ref: str = ref()
    agreement_id: int = link("agreement.id")
    line_id: int = link("funding_line.id")
    period_start: date = day()
    period_end: date = day()
    sequence: int = 1
    state: StatementState = word(StatementState, index=True)
    total: Chf = chf()
    rule_version: str = text(40)
    prefilled_at: datetime = moment()
    prepared_by: int | None = link("account.id", nullable=True, index=False)
    submitted_at: datetime | None = moment(nullable=True)
    checked_by: int | None = link("account.id", nullable=True, index=False)
    checked_at: datetime | None = moment(nullable=True)
    approved_by: int | None = link("account.id", nullable=True, index=False)
    approved_at: datetime | None = moment(nullable=True)
    returned_reason: str | None = text(1000, nullable=True)
    provider_id: int | None = link("provider.id", nullable=True, index=False)
    invoice_number: str | None = text(40, nullable=True)
    invoice_key: str | None = text(40, nullable=True)
    version: int = 1


class StatementLine(SQLModel, table=True):
    """One piece of one placement under one tariff, explained; frozen once the statement is submitted.

    `gross` is the piece's price before it is shared between payers, `share` the weight of this payer out of
    `shares`, `amount` what this payer owes.
    """

    __tablename__ = "statement_line"
    __table_args__ = (CheckConstraint("factor_den > 0", name="factor"),)

    id: int | None = key()
    statement_id: int = link("statement.id")
    placement_id: int = link("placement.id")
    period_start: date = day()
    period_end: date = day()
    factor_num: int = Field(sa_type=BigInteger)
    factor_den: int = Field(sa_type=BigInteger)
    tariff_id: int = link("tariff.id", index=False)
    gross: Chf = chf()
    share: int
    shares: int
    amount: Chf = chf()
    explanation: dict[str, Any] = plain_json()


class StatementRemark(SQLModel, table=True):
    """Why a statement was sent back, said of one of its lines; kept when the lines are computed again."""

    __tablename__ = "statement_remark"
    __table_args__ = (UniqueConstraint("statement_id", "returned_at", "placement_id", "period_start"),)

    id: int | None = key()
    statement_id: int = link("statement.id")
    placement_id: int = link("placement.id")
    period_start: date = day()
    amount: Chf = chf()
    reason: str = text(500)
    returned_at: datetime = moment()
    account_id: int | None = link("account.id", nullable=True, index=False)


class Payment(SQLModel, table=True):
    """What leaves the house for a statement: prepared by its approval, released by another person.

    The ledger moves `amount` in centimes; `transferred` is the amount to the next five centimes, and
    `rounding` the difference, kept here and nowhere else.
    """

    __tablename__ = "payment"
    __table_args__ = (
        UniqueConstraint("statement_id"),
        CheckConstraint("transferred = amount + rounding AND rounding BETWEEN -2 AND 2", name="rounding"),
        CheckConstraint("released_by IS NULL OR released_by <> prepared_by", name="four_eyes"),
        CheckConstraint("(released_by IS NULL) = (released_at IS NULL)", name="released"),
    )

    id: int | None = key()
    ref: str = ref()
    statement_id: int = link("statement.id", index=False)
    amount: Chf = chf()
    transferred: Chf = chf()
    rounding: Chf = chf()
    prepared_by: int = link("account.id", index=False)
    prepared_at: datetime = moment()
    released_by: int | None = link("account.id", nullable=True, index=False)
    released_at: datetime | None = moment(nullable=True)


class AttendanceImport(SQLModel, table=True):
    """A file of attendance that a provider has handed in: the same bytes again do nothing."""

    __tablename__ = "attendance_import"
    __table_args__ = (
        UniqueConstraint("unit_id", "file_digest"),
        CheckConstraint("rows >= 0 AND added >= 0 AND corrected >= 0", name="counts"),
    )

    id: int | None = key()
    ref: str = ref()
    unit_id: int = link("unit.id", index=False)
    account_id: int | None = link("account.id", nullable=True, index=False)
    file_name: str = text(200)
    file_digest: str = text(64)
    rows: int
    added: int
    corrected: int
    at: datetime = moment()


class AbsenceNotice(SQLModel, table=True):
    """An absence that was announced late, or days without news: told once, on the day it was found.

    `due_on`: the working day by which the absence of `first_day` was to be announced.
    """

    __tablename__ = "absence_notice"
    __table_args__ = (
        UniqueConstraint("placement_id", "kind", "first_day"),
        CheckConstraint("last_day >= first_day AND due_on >= first_day", name="dates"),
    )

    id: int | None = key()
    placement_id: int = link("placement.id", index=False)
    kind: AbsenceNews = word(AbsenceNews)
    first_day: date = day()
    last_day: date = day()
    due_on: date = day()
    told_at: datetime = moment()


append_only(Attendance)
append_only(AbsenceNotice)
append_only(AttendanceImport)
append_only(StatementRemark)
append_only(Payment, but=("released_by", "released_at"))

_OPEN = "('prefilled', 'returned')"
_ACCEPTED = "OLD.state IN ('approved', 'paid')"
_MOVED = (
    differs("id", "ref", "agreement_id", "line_id", "period_start", "period_end", "sequence"),
    f"(OLD.state NOT IN {_OPEN} AND {differs('total', 'rule_version', 'prefilled_at')})",
    f"({_ACCEPTED} AND {changed(Statement, but=('state', 'version'))})",
    f"({_ACCEPTED} AND (OLD.state <> 'approved' OR NEW.state <> 'paid'))",
)
_FROZEN = f"EXISTS (SELECT 1 FROM statement WHERE id = OLD.statement_id AND state NOT IN {_OPEN})"


def _line_ddl() -> Statements:
    """The lines of a statement that was handed in stay; those of a draft are computed anew."""
    said = "a submitted statement keeps its lines"
    lite = tuple(
        (
            (
                f"CREATE TRIGGER statement_line_no_{act.lower()} BEFORE {act} ON statement_line FOR EACH ROW "
                f"WHEN {_FROZEN} BEGIN SELECT RAISE(ABORT, '{said}'); END"
            ),
            "sqlite",
        )
        for act in ("UPDATE", "DELETE")
    )
    body = (
        f"IF TG_OP = 'TRUNCATE' THEN RAISE EXCEPTION '{said}'; END IF; "
        f"IF {_FROZEN} THEN RAISE EXCEPTION '{said}'; END IF; "
        "IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW;"
    )
    hung = "EXECUTE FUNCTION statement_line_frozen()"
    return (
        *lite,
        (stated_function("statement_line_frozen", body), "postgresql"),
        (
            (
                "CREATE TRIGGER statement_line_frozen BEFORE UPDATE OR DELETE ON statement_line "
                f"FOR EACH ROW {hung}"
            ),
            "postgresql",
        ),
        (
            (
                "CREATE TRIGGER statement_line_no_truncate BEFORE TRUNCATE ON statement_line "
                f"FOR EACH STATEMENT {hung}"
            ),
            "postgresql",
        ),
    )


hang(Statement, guarded("statement", "a statement stays as it was accepted", " OR ".join(_MOVED)))
hang(StatementLine, _line_ddl())
