"""The domain's errors. They know nothing of HTTP; `http/server/errors.py` gives each its status.

LeadlineError
├── MalformedRequest     the request cannot be understood
├── InvalidInput         the request is understood, and breaks a rule of the data
├── InvalidRows          some of the many records in the request break a rule of the data
├── Unauthenticated      the request does not prove which user or key sent it
├── Forbidden            the caller may see the record, and may not do this to it
├── NotFound             the record does not exist, or is not the caller's
│   ├── MergedAway       the record was merged into another, and its id is an alias
│   └── NotInList        the list does not have the record around which it is asked for
├── TooManyAttempts      the caller tried too often, and must wait
├── Conflict             the state of the record forbids the change
├── ItemsRefused         items of a request that is done as a whole or not at all are refused
├── CountMoved           the request is about another number of records than its caller thinks
├── LogTrimmed           the request needs a part of the log that was removed
└── StaleVersion         the record is no longer the version that the caller saw
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class FieldError:
    """An error of one field. `code` is stable, `message` is a sentence for a person. The last of very many errors may
    stand for several fields; `fields` is their number."""

    field: str
    code: str
    message: str
    fields: int = 1


class LeadlineError(Exception):
    """The base class of the domain's errors. `detail` is a sentence that says what to do; `code` is stable.

    `facts` are further members of the response, as JSON (for a conflict, the ids that are in the way). `errors` has
    an error for each field at fault.
    """

    code = "error"

    def __init__(
        self,
        detail: str,
        *,
        code: str | None = None,
        facts: Mapping[str, object] | None = None,
        errors: Sequence[FieldError] = (),
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.code = code or type(self).code
        self.facts = dict(facts or {})
        self.errors = tuple(errors)


class MalformedRequest(LeadlineError):
    code = "malformed"


class InvalidInput(LeadlineError):
    code = "invalid"

    def __init__(self, errors: Sequence[FieldError], detail: str = "", *, code: str | None = None) -> None:
        count = sum(error.fields for error in errors)
        several = f"{count:,} fields are not acceptable; see errors."
        super().__init__(detail or (errors[0].message if count == 1 else several), errors=errors, code=code)


class InvalidRows(LeadlineError):
    """Errors in some of many records. `rows` has each such record's errors by its position in the request, from 0."""

    code = "invalid"

    def __init__(self, rows: Mapping[int, Sequence[FieldError]]) -> None:
        first = min(rows)
        what = f"row {first + 1}" if len(rows) == 1 else f"{len(rows):,} rows, the first of them row {first + 1}"
        super().__init__(f"Nothing was created because of {what}: {rows[first][0].message}")
        self.rows = dict(rows)


class Unauthenticated(LeadlineError):
    code = "unauthenticated"


BAD_TOKEN = "bad_token"
"""The error code of a token that is not valid."""


class Forbidden(LeadlineError):
    code = "forbidden"


class NotFound(LeadlineError):
    code = "not_found"

    def __init__(self, detail: str = "There is nothing here under this address; check the id.") -> None:
        super().__init__(detail)


class MergedAway(NotFound):
    """A record that was merged into another one, which is the `survivor`."""

    code = "merged"

    def __init__(self, survivor: str) -> None:
        super().__init__(f"This record was merged into {survivor}; write to that one.")
        self.survivor = survivor
        self.facts = {"mergedInto": survivor}


class NotInList(NotFound):
    """A record that a list does not have: its filters do not find it, or it does not exist."""

    code = "not_in_list"

    def __init__(self, id_: str) -> None:
        super().__init__(f"This list has no {id_}; take away filters, or leave out around.")


class TooManyAttempts(LeadlineError):
    """Too many attempts. `retry_after` is how long the caller must wait, in seconds."""

    code = "too_many"

    def __init__(self, detail: str, *, retry_after: int, code: str | None = None) -> None:
        super().__init__(detail, code=code)
        self.retry_after = retry_after


class Conflict(LeadlineError):
    code = "conflict"


class ItemsRefused(LeadlineError):
    code = "batch_refused"


class CountMoved(LeadlineError):
    code = "count_moved"


class LogTrimmed(LeadlineError):
    code = "log_trimmed"


class StaleVersion(LeadlineError):
    """A condition on a record's version that does not hold. `version` is the current one, `tag` its entity tag, and
    `current` the record as a GET would answer it, or None if the caller may not read it."""

    code = "stale_version"

    def __init__(self, detail: str, *, version: int, tag: str, current: Mapping[str, object] | None) -> None:
        shown = {} if current is None else {"current": current}
        super().__init__(detail, facts={"version": version, "etag": tag, **shown})
        self.tag = tag
