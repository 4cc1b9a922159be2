"""The version that a form was made from, out of its hidden `version`."""

import re

from flask import request

from cii.wire.refusals import PreconditionRequired


def seen_version(ref: str) -> int:
    """The number of the version that the editor saw; refuses PreconditionRequired."""
    found = re.fullmatch(rf'"{ref}\.(\d{{1,9}})"', request.form.get("version", ""))
    if found is None:
        raise PreconditionRequired(current="")
    return int(found[1])
