"""What every test of a kind asks: its pages as text, and its values made again from the rows kept."""

import io

from pypdf import PdfReader
from sqlmodel import select

from cii.documents import store
from cii.kernel.digest import digest
from cii.reports.frozen import rows_of, unpacked
from cii.reports.queries import folder, render_draft
from cii.reports.registry import KINDS
from cii.reports.tables import ReportInput
from tests.coordination.build_coordination import the_group


def printed(work, kind, span, lang, scope="") -> str:
    """The text of a draft's pages, spaces made single, as the group reads it."""
    data = render_draft(the_group(work), span, "pdf", lang, kind=kind, scope=scope)
    pages = PdfReader(io.BytesIO(data)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def refrozen(work, issue) -> None:
    """The rows kept with an issue give its values again."""
    rows = work.session.exec(select(ReportInput).where(ReportInput.issue_id == issue.id)).all()
    facts = {row.name: rows_of(unpacked(store.get(folder(work), row.sha256))) for row in rows}
    assert digest(KINDS[issue.kind].derive(facts)) == issue.sha256
