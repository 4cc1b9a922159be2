"""Freezing a report, and issuing its files."""

from collections.abc import Collection, Iterable

from sqlmodel import col, select

from cii.documents.keeping import keep, sweep
from cii.journal.actions import wrote
from cii.kernel.digest import canonical, digest
from cii.kernel.errors import refuse
from cii.kernel.span import Span
from cii.reports.files import ANY_LANGUAGE, MEDIA_TYPES, SPOKEN, made
from cii.reports.frozen import PACKED, Packed, assure, fingerprint, packed
from cii.reports.kinds import Head
from cii.reports.queries import folder, issue_values, kept_file, latest, readers_of, scope_open
from cii.reports.readers import Readers
from cii.reports.registry import KINDS
from cii.reports.rules import freeze_faults, period_faults
from cii.reports.tables import ReportFile, ReportInput, ReportIssue
from cii.reports.vocabulary import FileFormat, ReportKind
from cii.store.locks import one_at_a_time
from cii.store.work import Work
from cii.texts.languages import LANGUAGES


def freeze(work: Work, span: Span, kind: ReportKind = ReportKind.QUARTERLY, scope: str = "") -> ReportIssue:
    """Freeze what is known now of a period that is over.

    The same facts give the issue that exists; changed facts give the next version. Refuses: UnknownThing (a
    scope that is not open to the actor); all at once WrongPeriod, PeriodNotOver.
    """
    made_by = KINDS[kind]
    scope_open(work, kind, scope)
    refuse([*period_faults(span, made_by.span), *freeze_faults(span, work.today)])
    one_at_a_time(work.session, f"report:{kind}:{span}:{scope}")
    before = latest(work, kind, span, scope)
    facts = made_by.facts(work, span, scope, work.now)
    values = made_by.derive(facts)
    sha256 = digest(values)
    if before is not None and before.sha256 == sha256:
        return before
    tables = packed(facts)
    assure(made_by, tables, sha256)
    issue = ReportIssue(
        kind=kind,
        period=str(span),
        scope=scope,
        version=before.version + 1 if before else 1,
        known_at=work.now,
        frozen_at=work.now,
        frozen_by=work.actor.account_id,
        payload=canonical(values).decode(),
        sha256=sha256,
        input_sha256=fingerprint(tables),
        previous_id=before.id if before else None,
    )
    work.session.add(issue)
    work.session.flush()
    _keep_input(work, issue, tables)
    told = {"of": kind, "period": issue.period, "version": issue.version, "sha256": sha256}
    wrote(work, "report.freeze", "report", issue.id, ref=issue.ref, payload=told)
    keep_files(work, issue)
    return issue


def _keep_input(work: Work, issue: ReportIssue, tables: Iterable[Packed]) -> None:
    for one in tables:
        file = keep(work, folder(work), one.data, PACKED)
        work.session.add(
            ReportInput(
                issue_id=issue.id or 0,
                name=one.name,
                rows=one.rows,
                content_sha256=one.sha256,
                sha256=file.sha256,
                size=file.size,
            )
        )


def keep_files(work: Work, issue: ReportIssue, readers: Readers | None = None) -> list[ReportFile]:
    """Make and keep every file of an issue for the actor (or these readers); those kept before stay.

    What is handed out afterwards are these bytes, whatever becomes of the libraries that made them.
    """
    readers = readers or readers_of(work)
    values = issue_values(work, issue, readers)
    head = Head(issue.known_at, issue.frozen_at, issue.version, issue.sha256)
    fresh = []
    for form in FileFormat:
        for lang in LANGUAGES if form in SPOKEN else (ANY_LANGUAGE,):
            if kept_file(work, issue, form, lang, readers) is not None:
                continue
            file = keep(work, folder(work), made(values, head, form, lang), MEDIA_TYPES[form])
            row = ReportFile(
                issue_id=issue.id or 0,
                format=form,
                lang=lang,
                readers=readers.name,
                sha256=file.sha256,
                size=file.size,
                media_type=file.media_type,
                made_at=work.now,
            )
            work.session.add(row)
            fresh.append(row)
    work.session.flush()
    if fresh:
        told = {f"{row.format.value}/{row.lang}": row.sha256 for row in fresh}
        wrote(work, "report.issue", "report", issue.id, ref=issue.ref, payload={readers.name: told})
    return fresh


def sweep_files(work: Work) -> int:
    """Erase the bytes that no issue names: what a killed process has left; returns how many."""

    def named(hashes: Collection[str]) -> set[str]:
        kept = (ReportFile.sha256, ReportInput.sha256)
        return {
            found
            for one in kept
            for found in work.session.exec(select(one).where(col(one).in_(hashes)).distinct())
        }

    return sweep(work, folder(work), named)
