"""What the files of each kind of report mean: the dictionary of its CSV, the schema of its JSON."""

from typing import Any

from flask import Response, jsonify

from cii.access.permits import Permit
from cii.api.base import PREFIX, Blueprint
from cii.documents import csv
from cii.kernel.errors import UnknownThing
from cii.reports.kinds import Kind
from cii.reports.meanings import dictionary as dictionary_of
from cii.reports.meanings import schema as schema_of
from cii.reports.registry import KINDS
from cii.reports.vocabulary import ReportKind
from cii.wire.doors import needs

blueprint = Blueprint("api-report-shapes", __name__, url_prefix=f"{PREFIX}/reports/kinds")


@blueprint.get("/<kind>/schema")
@needs(Permit.SEE_REPORTS)
@blueprint.response(200, content_type="application/json")
def schema(kind: str) -> Response:
    """The JSON schema (2020-12) that every JSON file of this kind keeps."""
    shape: dict[str, Any] = schema_of(_kind(kind))
    return jsonify(shape)


@blueprint.get("/<kind>/dictionary")
@needs(Permit.SEE_REPORTS)
@blueprint.response(200, content_type=csv.MEDIA_TYPE)
def dictionary(kind: str) -> Response:
    """Every column and figure of the CSV file of this kind, named and defined in three languages, as CSV."""
    answer = Response(csv.write(dictionary_of(_kind(kind))), mimetype=csv.MEDIA_TYPE)
    answer.headers["Content-Disposition"] = f'attachment; filename="cii-{kind}-dictionary.csv"'
    return answer


def _kind(name: str) -> Kind:
    if name not in set(ReportKind):
        raise UnknownThing(field="kind")
    return KINDS[ReportKind(name)]
