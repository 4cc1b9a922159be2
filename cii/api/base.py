"""The API's blueprint: flask-smorest for the document, the house's schemas and refusals for everything else.

    @blueprint.post("/")
    @needs(Permit.ASSIGN_PLACEMENT)
    @once
    @blueprint.arguments(AssignPlacement)
    @blueprint.response(201, PlacementAnswer)
    def assign(ask: AssignPlacement) -> Placement: ...

A part of the address that belongs to the command is named: `arguments(AnswerPlan, given=("case_ref",))` hands
the view a function that waits for it: `answer_plan(g.work, ask(case_ref=ref))`.
"""

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any, NoReturn, TypeVar

import flask
import flask_smorest
import marshmallow as ma
from apispec.ext.marshmallow import MarshmallowPlugin
from webargs.flaskparser import FlaskParser
from werkzeug.datastructures import MultiDict

from cii.kernel.errors import refuse
from cii.wire.answers import ProblemAnswer
from cii.wire.forms import form_values
from cii.wire.reading import body
from cii.wire.refusals import NoSorting
from cii.wire.schema import RequestSchema, field_faults, request_schema

View = TypeVar("View", bound=Callable[..., Any])
PREFIX = "/api/v1"
SORTING = ("sort", "order", "order_by", "sort_by")
"""Names by which other houses sort: here refused as such, whatever field they name."""


class _Parser(FlaskParser):
    """Reads body and query as the house does, and refuses with its own codes."""

    DEFAULT_UNKNOWN_BY_LOCATION = {"json": None, "query": ma.RAISE}  # noqa: RUF012 - as in the library

    def load_json(self, req: flask.Request, schema: ma.Schema) -> Any:  # noqa: ANN401, ARG002
        return body()

    def load_querystring(self, req: flask.Request, schema: ma.Schema) -> Any:  # noqa: ANN401
        asked = MultiDict((k, v) for k, v in req.args.items(multi=True) if k != "lang")
        refuse(NoSorting(field=name) for name in SORTING if name in asked)
        return form_values(schema.command, asked) if isinstance(schema, RequestSchema) else asked

    def handle_error(
        self,
        error: ma.ValidationError,
        req: flask.Request,  # noqa: ARG002
        schema: ma.Schema,  # noqa: ARG002
        *,
        error_status_code: int | None,  # noqa: ARG002
        error_headers: Mapping[str, str] | None,  # noqa: ARG002
    ) -> NoReturn:
        located: Any = error.messages
        refuse(fault for messages in located.values() for fault in field_faults(messages))
        raise error


class Blueprint(flask_smorest.Blueprint):  # type: ignore[misc]  # the library is untyped
    """A set of API routes; a module of `cii.api` calls its own `blueprint`."""

    ARGUMENTS_PARSER = _Parser()

    def arguments(self, shape: type[Any], **more: Any) -> Callable[[View], View]:  # noqa: ANN401
        """Read the body, or with `location="query"` the query, into a command or through a schema."""
        given = more.pop("given", ())
        if dataclasses.is_dataclass(shape):
            shape = request_schema(shape, given=tuple(sorted(given)))
        decorate: Callable[[View], View] = super().arguments(shape, **more)
        return decorate

    def response(self, status: int, shape: Any = None, **more: Any) -> Callable[[View], View]:  # noqa: ANN401
        """What the view answers with: a marshmallow schema, or none."""
        decorate: Callable[[View], View] = super().response(status, shape, **more)
        return decorate

    def doc(self, **about: Any) -> Callable[[View], View]:  # noqa: ANN401
        """Further words for the document."""
        decorate: Callable[[View], View] = super().doc(**about)
        return decorate

    def get(self, rule: str, **options: Any) -> Callable[[View], View]:  # noqa: ANN401
        """A route that reads."""
        return self._route(rule, "GET", options)

    def post(self, rule: str, **options: Any) -> Callable[[View], View]:  # noqa: ANN401
        """A route that acts."""
        return self._route(rule, "POST", options)

    def patch(self, rule: str, **options: Any) -> Callable[[View], View]:  # noqa: ANN401
        """A route that changes."""
        return self._route(rule, "PATCH", options)

    def put(self, rule: str, **options: Any) -> Callable[[View], View]:  # noqa: ANN401
        """A route that sets."""
        return self._route(rule, "PUT", options)

    def delete(self, rule: str, **options: Any) -> Callable[[View], View]:  # noqa: ANN401
        """A route that takes away."""
        return self._route(rule, "DELETE", options)

    def _route(self, rule: str, method: str, options: dict[str, Any]) -> Callable[[View], View]:
        decorate: Callable[[View], View] = super().route(rule, methods=[method], **options)
        return decorate


class Api(flask_smorest.Api):  # type: ignore[misc]  # the library is untyped
    """The document; refusals are told by the door, not by the library."""

    ERROR_SCHEMA = ProblemAnswer

    def _register_error_handlers(self) -> None:
        """None: `House.tell` is the one handler."""


def make_api(app: flask.Flask) -> Api:
    """The API of the application, OpenAPI 3.1."""
    app.config.update(API_TITLE="cii", API_VERSION="v1", OPENAPI_VERSION="3.1.0")
    return Api(
        app,
        spec_kwargs={
            "marshmallow_plugin": MarshmallowPlugin(schema_name_resolver=_shape_name),
            "info": {"description": "Cases, places, budgets and reports of interinstitutional cooperation."},
            "components": {
                "securitySchemes": {
                    "bearer": {"type": "http", "scheme": "bearer"},
                    "cookie": {"type": "apiKey", "in": "cookie", "name": "cii_session"},
                }
            },
            "security": [{"bearer": []}, {"cookie": []}],
        },
    )


def _shape_name(schema: Any) -> Any:  # noqa: ANN401 - class, instance or name
    """The name of a shape in the document; anonymous shapes stand in place."""
    made = schema if isinstance(schema, type) else type(schema)
    return made.__name__.removesuffix("Schema") if made.__name__ != "GeneratedSchema" else False
