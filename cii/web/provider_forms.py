"""The forms about providers, told field by field."""

from typing import Any

from flask import g, render_template, request, url_for

from cii.agreements.vocabulary import LegalForm
from cii.providers.queries import provider_view
from cii.web.choices import options, t


def back_to(ref: str) -> str:
    """Where a provider is shown."""
    return url_for("providers.one", ref=ref)


def about(ref: str, name: str, endpoint: str, fields: list[dict[str, Any]]) -> str:
    """A form that adds to what is known of a provider; refuses UnknownThing."""
    provider_view(g.work, ref)
    return form_page(name, url_for(endpoint, ref=ref), fields, back_to(ref))


def form_page(
    name: str, action: str, fields: list[dict[str, Any]], back: str, version: str | None = None, **more: str
) -> str:
    """The page of a form; `name` is what it does, `crumb` its way back, `lead` what it brings about."""
    said = t(f"web.providers.do.{name}")
    return render_template(
        "pages/providers/form.html",
        said=said,
        action=action,
        fields=fields,
        back=back,
        version=version,
        **more,
    )


def _field(kind: str, name: str, value: object, *, required: bool = True, **more: Any) -> dict[str, Any]:  # noqa: ANN401
    shown = {"kind": kind, "name": name, "value": value, "required": required, **more}
    return {**shown, "label": t(f"web.providers.field.{name}")}


def line(name: str, value: object = "", *, required: bool = True) -> dict[str, Any]:
    """A line of text."""
    return _field("text", name, value, required=required)


def area(name: str) -> dict[str, Any]:
    """Several lines of text."""
    return _field("area", name, "")


def day(name: str, *, required: bool = True) -> dict[str, Any]:
    """A day."""
    return _field("day", name, None, required=required)


def number(name: str, value: int | None = None) -> dict[str, Any]:
    """A whole number."""
    return _field("number", name, "" if value is None else value)


def choice(name: str, choices: list[Any], value: object = "") -> dict[str, Any]:
    """One of several."""
    return _field("choice", name, value, choices=choices)


def named(row: Any) -> dict[str, str]:  # noqa: ANN401 - an institution or a unit
    """An institution or unit as a choice."""
    return {"value": row.ref, "label": row.name}


def identity(held: Any = None) -> list[dict[str, Any]]:  # noqa: ANN401 - a provider
    """Legal form, aim and number, as they stand."""
    checked = "non_profit" in request.form if request.form else held.non_profit if held else True
    return [
        choice("legal_form", options(LegalForm, "legal_form"), held.legal_form.value if held else ""),
        _field("check", "non_profit", checked, required=False),
        line("uid", (held.uid or "") if held else "", required=False),
    ]


__all__ = ["about", "area", "back_to", "choice", "day", "form_page", "identity", "line", "named", "number"]
