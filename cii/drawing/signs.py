"""The signs beside the words of a state: shapes, so that they print and do not depend on a font. Pure."""

_OUTLINE = 'fill="none" stroke="currentColor" stroke-width="1.6"'
_SIGNS = {
    "done": f'<circle r="7" {_OUTLINE}/><path d="M-3.5 0l2.6 2.8l4.6-5.4" {_OUTLINE}/>',
    "current": '<path d="M-5-6.5L7 0L-5 6.5z" fill="currentColor"/>',
    "overdue": f'<path d="M0-7.5L7.5 6H-7.5z" {_OUTLINE}/><path d="M0-3v4.5M0 3v1.5" {_OUTLINE}/>',
    "waiting": f'<circle r="7" {_OUTLINE}/><path d="M0-3.5V.5L3 2" {_OUTLINE}/>',
    "cancelled": f'<path d="M-5-5L5 5M5-5L-5 5" {_OUTLINE}/>',
    "skipped": f'<path d="M-6 0H6" {_OUTLINE}/>',
    "ahead": f'<circle r="6.5" {_OUTLINE}/>',
    "possible": f'<circle r="6.5" {_OUTLINE} stroke-dasharray="3 2.5"/>',
    "suspended": '<path d="M-5-6h3.5v12H-5zM1.5-6H5v12H1.5z" fill="currentColor"/>',
    "start": '<circle r="6" fill="currentColor"/>',
    "end": '<path d="M-6-6h12v12h-12z" fill="currentColor"/>',
}


def sign(stand: str, x: int, y: int, *, small: bool = False) -> str:
    """The sign of a state with its middle there; words beside it say the same."""
    scale = " scale(.85)" if small else ""
    return f'<g class="wf-sign wf-sign-{stand}" transform="translate({x} {y}){scale}">{_SIGNS[stand]}</g>'
