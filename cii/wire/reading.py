"""Reads the request at hand into a command: JSON at the API, a form at the pages, one schema for both."""

from dataclasses import dataclass
from typing import Any, TypeVar

from flask import g, request

from cii.wire import json
from cii.wire.forms import load_form
from cii.wire.refusals import MissingField, UnsupportedType
from cii.wire.schema import load_with, request_schema

Command = TypeVar("Command")


def is_api() -> bool:
    """Whether a program asks, rather than a browser's page."""
    return request.path.startswith("/api/")


def body() -> Any:  # noqa: ANN401 - whatever was sent
    """The JSON body, empty as an empty object; refuses UnsupportedType, MalformedJson."""
    held = request.get_data(cache=True)
    if not held:
        return {}
    if not request.is_json:
        raise UnsupportedType
    return json.read(held)


def asked(command: type[Command], **given: Any) -> Command:  # noqa: ANN401
    """The command in this request; `given` are the fields that the address gives, as in `case_ref=ref`.

    Refuses each fault by its field; a page's form is kept as typed for `again`.
    """
    if is_api():
        made = load_with(request_schema(command, given=tuple(sorted(given)))(), body())
        return made(**given) if given else made  # type: ignore[no-any-return]
    return load_form(command, request.form, given)


@dataclass(frozen=True, slots=True)
class SentFile:
    """A file as it came: its name and type are what the sender says of it."""

    name: str
    content: bytes
    media_type: str


def sent_file(field: str = "file") -> SentFile:
    """The file in this request; refuses MissingField."""
    held = request.files.get(field)
    if held is None or not held.filename:
        raise MissingField(field=field)
    return SentFile(held.filename, held.read(), held.mimetype)


def sent_file_if_any(field: str = "file") -> SentFile | None:
    """The file in this request, where there is one."""
    held = request.files.get(field)
    return sent_file(field) if held is not None and held.filename else None


def sent_files(field: str) -> list[SentFile]:
    """The files in this request under that name, in the order in which they were sent."""
    return [
        SentFile(held.filename, held.read(), held.mimetype)
        for held in request.files.getlist(field)
        if held.filename
    ]


def typed() -> dict[str, str]:
    """What the reader typed into the form that was refused, by input; empty on a fresh page."""
    return request.form.to_dict() if g.get("reasons") else {}
