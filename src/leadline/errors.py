"""The domain's errors. They know nothing of HTTP; `http/server/errors.py` gives each its status.

LeadlineError
├── Malformed            the request cannot be understood
├── Invalid              it is understood, and breaks a rule of the data
├── InvalidRows          the same of some of many records
├── Unauthenticated      nobody we know is asking
├── Forbidden            the asker may see it, and may not do it
├── NotFound             it does not exist, or is not the asker's
├── TooMany              it was tried too often; wait
├── Conflict             the state of the record forbids it
└── StaleVersion         the record is no longer what the asker saw
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class FieldError:
    """One thing wrong with one field: `code` is stable, `message` a sentence for a person. The last one of very many
    may stand for several `fields`."""

    field: str
    code: str
    message: str
    fields: int = 1


class LeadlineError(Exception):
    """Base of the tree. `detail` is a sentence that says what to do; `code` is stable.

    `facts` are further members of the answer (for a conflict: the ids that stand in the way);
    `errors` the single fields at fault, all of them.
    """

    code = "error"

    def __init__(
        self,
        detail: str,
        *,
        code: str | None = None,
        facts: Mapping[str, str | int | None] | None = None,
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
    """`rows` has what is wrong with each record at fault, by its place among all that were sent, from 0."""

    code = "invalid"

    def __init__(self, rows: Mapping[int, Sequence[FieldError]]) -> None:
        first = min(rows)
        what = f"row {first + 1}" if len(rows) == 1 else f"{len(rows):,} rows, the first of them row {first + 1}"
        super().__init__(f"Nothing was created because of {what}: {rows[first][0].message}")
        self.rows = dict(rows)


class Unauthenticated(LeadlineError):
    code = "unauthenticated"


BAD_TOKEN = "bad_token"
"""The code of a token that is not in force."""


class Forbidden(LeadlineError):
    code = "forbidden"


class NotFound(LeadlineError):
    code = "not_found"

    def __init__(self, detail: str = "There is nothing here under this address; check the id.") -> None:
        super().__init__(detail)


class TooManyAttempts(LeadlineError):
    """`retry_after` is in seconds."""

    code = "too_many"

    def __init__(self, detail: str, *, retry_after: int, code: str | None = None) -> None:
        super().__init__(detail, code=code)
        self.retry_after = retry_after


class Conflict(LeadlineError):
    code = "conflict"


class StaleVersion(LeadlineError):
    """`version` is the record's now, and `tag` its entity tag."""

    code = "stale_version"

    def __init__(self, detail: str, *, version: int, tag: str) -> None:
        super().__init__(detail, facts={"version": version})
        self.tag = tag
