"""The rows of a table as markup: lists are long, so their cells are told in Python rather than by macros.

`parts/table.html` says what columns and rows hold; a kind that stands here looks as its macro in
`parts/cells.html`, any other is told by that macro.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from markupsafe import Markup, escape

from cii.texts import formats
from cii.texts.speech import say

Tell = Callable[[Any], str]
Row = Mapping[str, Any]
_RIGHT = frozenset({"money", "number", "percent", "figure"})

LONG = 28
"""Letters from which a state is told in a sentence and may break over lines."""


def table_rows(
    lang: str,
    columns: Sequence[Mapping[str, str]],
    rows: Sequence[Row],
    cell: Callable[[str, Any], str],
    *,
    cards: bool,
    select: str | None,
) -> Markup:
    """The rows of a table's body; `cell` is the macro for kinds that are not told here.

    There is at least one column. Refuses a row without one of the columns (KeyError).
    """
    none = f'<span class="none">{escape(say("web.table.none", lang))}</span>'
    tells = _tells(lang)
    ways = []
    for column in columns:
        kind = str(column.get("kind", "text"))
        tell = tells.get(kind) or _by_macro(cell, kind)
        align = ' class="right"' if kind in _RIGHT else ""
        label = f' data-label="{escape(column["label"])}"' if cards else ""
        ways.append((column["key"], tell, f"<td{align}{label}>"))
    (head, tell_head, _), *others = ways
    told: list[str] = []
    for row in rows:
        tone, url = row.get("tone"), row.get("url")
        told.append(f'\n<tr data-tone="{escape(tone)}">' if tone else "\n<tr>")
        value = row[head]
        if select is not None:
            told.append(_tick(lang, select, row, value))
        said = none if value is None else tell_head(value)
        if url:
            told.append(
                f'<th scope="row"><a class="ds-link" data-row-link href="{escape(url)}">{said}</a></th>'
            )
        else:
            told.append(f'<th scope="row">{said}</th>')
        for key, tell, opening in others:
            value = row[key]
            told.append(f"{opening}{none if value is None else tell(value)}</td>")
        told.append("</tr>")
    return Markup("".join(told))  # noqa: S704 - every value was escaped on its way


def _by_macro(cell: Callable[[str, Any], str], kind: str) -> Tell:
    return lambda value: cell(kind, value)


def _tick(lang: str, name: str, row: Row, head: object) -> str:
    label = escape(say("web.table.select", lang, row=row.get("label", head)))
    ref = escape(row["ref"])
    return (
        f'<td class="tick"><input class="ds-input" type="checkbox" name="{escape(name)}" value="{ref}"'
        f' aria-label="{label}"></td>'
    )


def _time(machine: str, words: str) -> str:
    return f'<time class="num" datetime="{machine}">{words}</time>'


def _tells(lang: str) -> dict[str, Tell]:
    """How each kind is told; a list says the same words over and over, and each is escaped once."""
    known: dict[str, str] = {}

    def said(value: Any) -> str:  # noqa: ANN401 - a text, or markup that is ready
        if type(value) is not str:
            return escape(value)
        told = known.get(value)
        if told is None:
            told = known[value] = str(escape(value))
        return told

    return {
        "text": said,
        "markup": said,
        "link": lambda to: f'<a class="ds-link" href="{said(to["url"])}">{said(to["label"])}</a>',
        "chip": lambda state: (
            f'<span class="chip" data-tone="{said(state["tone"])}"{_long(state["label"])}>'
            f"{said(state['label'])}</span>"
        ),
        "moment": lambda at: _time(at.isoformat(timespec="seconds"), formats.moment(at, lang)),
        "day": lambda at: _time(at.isoformat(), formats.day(at, lang)),
        "figure": lambda value: f'<span class="num">{said(value)}</span>',
        "code": lambda value: f'<span class="num">{said(value)}</span>',
        "number": lambda value: f'<span class="num">{escape(formats.number(value, lang))}</span>',
        "percent": lambda share: f'<span class="num">{escape(formats.percent(share, lang))}</span>',
        "money": lambda amount: f'<span class="num">{escape(formats.money(amount))}</span>',
    }


def _long(label: object) -> str:
    """The mark of a state told in a sentence, which may break."""
    return " data-long" if len(str(label)) > LONG else ""
