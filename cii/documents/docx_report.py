"""A pack of figures as a Word file, for those who write a word beside it: the same texts as its pages.

Charts stay on the pages and in the PDF: every number drawn there stands in a table here.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from docx import Document
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt
from docx.table import Table
from docx.text.paragraph import Paragraph

from cii.documents.docx import clean, saved
from cii.documents.layout import Report

_LONG, _SHORT, _MARGIN = Cm(29.7), Cm(21), Cm(2)
_LANGUAGES = {"fr": "fr-CH", "de": "de-CH", "en": "en-GB"}
_FONT, _SIZE, _SMALL, _HALF_POINTS = "Arial", Pt(10), Pt(8), 16
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
_GRID = "Table Grid"
Plain = Mapping[str, Any]


def report(page: Report, *, created: datetime, lang: str) -> bytes:
    """The pack as DOCX; `created` (aware) is the date of the file. Refuses: NulCharacter."""
    told: Any = page.plain(lang)
    paper = Document()
    _styled(paper, lang)
    paper.core_properties.title = clean(told["title"])
    paper.core_properties.language = _LANGUAGES[lang]
    _foot(paper, told)
    paper.add_paragraph(clean(f"{told['canton']} · {told['office']}"))
    paper.add_heading(clean(told["title"]), 0)
    if told["subtitle"]:
        paper.add_paragraph(clean(told["subtitle"]), "Subtitle")
    for fact in told["facts"]:
        line = paper.add_paragraph()
        line.add_run(f"{clean(fact['name'])}: ").bold = True
        line.add_run(clean(fact["text"]))
    for section in told["sections"]:
        _section(paper, section, told["words"])
    return saved(paper, created)


def _section(paper: Any, section: Plain, words: Mapping[str, str]) -> None:  # noqa: ANN401 - a document
    _turn(paper, across=any(table["across"] for table in section["tables"]))
    paper.add_heading(clean(section["heading"]), 1)
    for text in section["paragraphs"]:
        paper.add_paragraph(clean(text))
    for table in section["tables"]:
        if table["title"]:
            paper.add_heading(clean(table["title"]), 2)
        if table["rows"]:
            _table(paper, table)
        else:
            paper.add_paragraph(clean(words["empty-table"]))
        for text in table["notes"]:
            _small(paper.add_paragraph(clean(text)))
    for text in section["notes"]:
        _small(paper.add_paragraph(clean(text)))


def _turn(paper: Any, *, across: bool) -> None:  # noqa: ANN401 - a document
    """Go on upright or across: a new page where the paper turns."""
    now = paper.sections[-1]
    if (now.orientation == WD_ORIENT.LANDSCAPE) is across:
        return
    new = paper.add_section(WD_SECTION.NEW_PAGE)
    new.orientation = WD_ORIENT.LANDSCAPE if across else WD_ORIENT.PORTRAIT
    new.page_width, new.page_height = (_LONG, _SHORT) if across else (_SHORT, _LONG)


def _table(paper: Any, table: Plain) -> None:  # noqa: ANN401 - a document
    """Head (repeated on each page), rows, totals; numbers stand to the right."""
    columns = table["columns"]
    made: Table = paper.add_table(rows=0, cols=len(columns), style=_GRID)
    heads = [{"text": one["title"], "right": one["right"]} for one in columns]
    rows = [_row(heads, strong=True, repeated=True), *map(_row, table["rows"])]
    if table["totals"]:
        rows.append(_row(table["totals"], strong=True))
    made._tbl.extend(rows)  # noqa: SLF001 - cell by cell through the library takes ten times as long
    paper.add_paragraph()


def _row(cells: Sequence[Plain], *, strong: bool = False, repeated: bool = False) -> Any:  # noqa: ANN401 - XML
    row = OxmlElement("w:tr")
    if repeated:
        _put(_put(row, "w:trPr"), "w:tblHeader")
    for told in cells:
        line = _put(_put(row, "w:tc"), "w:p")
        look = _put(line, "w:pPr")
        _put(look, "w:spacing", after="0")
        if told["right"]:
            _put(look, "w:jc", val="right")
        run = _put(line, "w:r")
        letters = _put(run, "w:rPr")
        if strong:
            _put(letters, "w:b")
        _put(letters, "w:sz", val=str(_HALF_POINTS))
        text = _put(run, "w:t")
        text.text = clean(str(told["text"]))
        text.set(_SPACE, "preserve")
    return row


def _put(inside: Any, tag: str, **marks: str) -> Any:  # noqa: ANN401 - XML
    made = OxmlElement(tag)
    for name, value in marks.items():
        made.set(qn(f"w:{name}"), value)
    inside.append(made)
    return made


def _small(line: Paragraph) -> None:
    for run in line.runs:
        run.font.size, run.italic = _SMALL, True


def _styled(paper: Any, lang: str) -> None:  # noqa: ANN401 - a document
    """A4, one font, the language in which it is read aloud and checked."""
    first = paper.sections[0]
    first.page_width, first.page_height = _SHORT, _LONG
    first.left_margin = first.right_margin = first.top_margin = first.bottom_margin = _MARGIN
    usual = paper.styles["Normal"]
    usual.font.name, usual.font.size = _FONT, _SIZE
    spoken = OxmlElement("w:lang")
    spoken.set(qn("w:val"), _LANGUAGES[lang])
    usual.element.get_or_add_rPr().append(spoken)
    for name in ("Title", "Subtitle", "Heading 1", "Heading 2"):
        style = paper.styles[name]
        style.font.name = _FONT
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for one in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):
            fonts.attrib.pop(qn(one), None)


def _foot(paper: Any, told: Plain) -> None:  # noqa: ANN401 - a document
    """The foot of each page: as of when, the page's number, the fingerprint."""
    line: Paragraph = paper.sections[0].footer.paragraphs[0]
    line.add_run(clean(f"{told['foot']} · {told['words']['page']} "))
    for kind, text in (("begin", None), (None, "PAGE"), ("end", None)):
        run = line.add_run()
        if text is None:
            mark = OxmlElement("w:fldChar")
            mark.set(qn("w:fldCharType"), kind or "")
        else:
            mark = OxmlElement("w:instrText")
            mark.text = text
        run._r.append(mark)  # noqa: SLF001 - a field has no other way in
    if told["sha256"]:
        line.add_run(f" · {told['words']['hash']} {told['sha256']}")
    for run in line.runs:
        run.font.size = Pt(7)
