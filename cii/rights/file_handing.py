"""The file of a person as it goes out in answer to their request: JSON to read by machine, PDF to read."""

from functools import partial

import orjson

from cii.people.queries import person_by_id
from cii.rights.file_page import file_page
from cii.rights.person_requests import fit_for_file, handed_out
from cii.rights.queries import person_file
from cii.rights.vocabulary_requests import FileForm
from cii.store.work import Work

MEDIA_TYPES = {FileForm.JSON: "application/json", FileForm.PDF: "application/pdf"}


def made_file(work: Work, ref: str, form: FileForm, lang: str) -> bytes:
    """The file for a request; that it went out is written in the officer's name with what it showed.

    Refuses: FileNotAsked, UnknownThing, NotAllowed.
    """
    row = fit_for_file(work, ref)
    told = person_file(work, person_by_id(work, row.person_id).ref, row.medical)
    told["request"] = {
        "ref": row.ref, "asked_on": row.asked_on.isoformat(), "medical": str(row.medical),
        "physician": row.physician,
    }  # fmt: skip
    work.afterwards.append(partial(handed_out, ref=ref, form=form))
    if form is FileForm.PDF:
        return file_page(work, told, lang)
    return orjson.dumps(told, option=orjson.OPT_INDENT_2)
