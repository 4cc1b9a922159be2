"""The certificate of an erasure on paper: what went in numbers, when, on which ground, by which functions.

It names nobody. It is set anew from its row each time, always the same: the digest proves it.
"""

from cii.documents import pdf
from cii.documents.layout import CaseSummary, Letterhead, Section
from cii.documents.table import Column, Table
from cii.kernel.errors import UnknownThing
from cii.rights.queries_erasing import ErasureRow, erasure_view
from cii.store.work import Work
from cii.texts import formats
from cii.texts.speech import say, word


def certificate(work: Work, ref: str, lang: str) -> bytes:
    """The certificate of an erasure that is done, as PDF; refuses UnknownThing (also before), NotAllowed."""
    row = erasure_view(work, ref)
    if row.digest is None or row.decided_at is None or row.decided_as is None:
        raise UnknownThing(field="erasure")
    page = CaseSummary(
        letterhead=Letterhead(say("reports.canton", lang), say("erasures.certificate.office", lang)),
        title=say("erasures.certificate.title", lang),
        facts=[
            (say("erasures.certificate.number", lang), row.ref),
            (say("erasures.certificate.ground", lang), word(row.ground, lang)),
            (say("erasures.certificate.prepared", lang), _by(row.prepared_as, row, lang, prepared=True)),
            (say("erasures.certificate.decided", lang), _by(row.decided_as, row, lang, prepared=False)),
            (say("erasures.certificate.rows", lang), str(sum(one.rows for one in row.gone))),
        ],
        sections=[Section(say("erasures.certificate.what", lang), tables=(_table(row, lang),))],
        printed=say("erasures.certificate.said", lang),
        warning=say("erasures.certificate.digest", lang, digest=row.digest),
    )
    return pdf.render("erasure_certificate", page.plain(lang), created=row.decided_at, lang=lang)


def _by(role: object, row: ErasureRow, lang: str, *, prepared: bool) -> str:
    at = row.prepared_at if prepared else row.decided_at
    return f"{formats.moment(at or row.prepared_at, lang)}, {word(role, lang)}"  # type: ignore[arg-type]


def _table(row: ErasureRow, lang: str) -> Table:
    columns = (
        Column(say("erasures.part", lang)),
        Column(say("erasures.table", lang)),
        Column(say("erasures.rows", lang), "integer"),
    )
    rows = [(say(f"rights.erased.{one.part}", lang), one.table, one.rows) for one in row.gone]
    return Table("", columns, rows)
