"""What a door itself refuses, before any room is asked: fields that do not fit, sessions, versions, keys.

Most map by their kind; a few facts of HTTP itself (405, 413, 415, 503) name their status, read by `problems`.
"""

from typing import ClassVar

from cii.kernel.errors import Refusal


class FieldFault(Refusal):
    """A value of the request does not fit its field."""

    code, kind = "unfit-field", "unfit"


class UnknownField(FieldFault):
    """The field does not exist, or is not the sender's to fill."""

    code = "unknown-field"


class NoSorting(Refusal):
    """Lists have one order each: no address sorts by a field, open to the reader or not."""

    code, kind = "no-sorting", "malformed"


class MissingField(FieldFault):
    """A field that must be there is not."""

    code = "missing-field"


class EmptyField(FieldFault):
    """A field that must say something says nothing."""

    code = "empty-field"


class NotText(FieldFault):
    """A text is expected."""

    code = "not-text"


class HiddenCharacters(FieldFault):
    """The text holds NUL, another control character or half a character."""

    code = "hidden-characters"


class NotAnInteger(FieldFault):
    """A whole number is expected."""

    code = "not-an-integer"


class NotABoolean(FieldFault):
    """Yes or no is expected."""

    code = "not-a-boolean"


class NotAList(FieldFault):
    """A list is expected."""

    code = "not-a-list"


class NotADate(FieldFault):
    """The date does not exist or is not written as one."""

    code = "not-a-date"


class NotAMoment(FieldFault):
    """The moment has no time zone, or Swiss clocks never showed it."""

    code = "not-a-moment"


class NotAChoice(FieldFault):
    """The value is not one of the choices (fact `choices`)."""

    code = "not-a-choice"


class TooLong(FieldFault):
    """More characters or more items than `max`."""

    code = "too-long"


class TooShort(FieldFault):
    """Fewer characters or items than `min`."""

    code = "too-short"


class TooSmall(FieldFault):
    """Below `min`."""

    code = "too-small"


class TooGreat(FieldFault):
    """Above `max`."""

    code = "too-great"


class NotThePattern(FieldFault):
    """The text does not have the form of the field."""

    code = "not-the-pattern"


class BadMark(Refusal):
    """The mark of a next page was not issued by this house for this list."""

    code, kind = "bad-page-mark", "malformed"


class MalformedJson(Refusal):
    """The body is not readable JSON, or names a key twice."""

    code, kind = "malformed-json", "malformed"


class NotLoggedIn(Refusal):
    """Nobody is logged in, or the session has ended."""

    code, kind = "not-logged-in", "closed"


class BadCsrf(Refusal):
    """The request does not come from a page of this house."""

    code, kind = "csrf", "forbidden"


class Stale(Refusal):
    """Somebody else has changed the thing; fact `current` is its version now."""

    code, kind = "stale", "stale"


class PreconditionRequired(Refusal):
    """The request does not say which version it changes; fact `current` is the version now."""

    code, kind = "precondition-required", "unmet"


class KeyMissing(Refusal):
    """A request that must not run twice carries no key."""

    code, kind = "idempotency-key-missing", "malformed"


class KeyReused(Refusal):
    """The key has served for another request."""

    code, kind = "idempotency-key-reused", "unfit"


class AnswerShownOnce(Refusal):
    """The request was carried out; its answer held a secret, was shown once and is not kept."""

    code, kind = "answer-shown-once", "conflict"


class KeyInProgress(Refusal):
    """The same request is running."""

    code, kind = "idempotency-in-progress", "conflict"


class Crossed(Refusal):
    """The database refused the write: another one crossed it."""

    code, kind = "crossed", "conflict"


class NotFound(Refusal):
    """There is no such address."""

    code, kind = "not-found", "unknown"


class MethodNotAllowed(Refusal):
    """The address does not know this operation."""

    code, kind = "method-not-allowed", "malformed"
    status: ClassVar[int] = 405


class TooLarge(Refusal):
    """The request is larger than the house accepts."""

    code, kind = "too-large", "malformed"
    status: ClassVar[int] = 413


class UnsupportedType(Refusal):
    """The content is of a kind that the address does not read."""

    code, kind = "unsupported-type", "malformed"
    status: ClassVar[int] = 415


class BadRequest(Refusal):
    """The request cannot be read."""

    code, kind = "bad-request", "malformed"


class Unavailable(Refusal):
    """The database does not answer or cannot write; nothing has been saved."""

    code, kind = "unavailable", "conflict"
    status: ClassVar[int] = 503


class Broken(Refusal):
    """A fault of the program; the operator finds it in the log under the request's number."""

    code, kind = "broken", "conflict"
    status: ClassVar[int] = 500
