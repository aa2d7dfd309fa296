"""All error codes of responses, by status. The codes are stable, for programs."""

CODES: dict[int, dict[str, str]] = {
    400: {
        "bad_header": "a header is not what it must be",
        "bad_parameter": "a parameter is unknown or has a wrong value; `errors` names each",
        "bad_query": "the query string cannot be read",
        "bad_request": "this is no valid HTTP request",
        "not_an_object": "the body is JSON, but no object",
        "not_json": "the body is no JSON",
        "unsafe_json": "the body's JSON means different things to different readers",
    },
    401: {
        "bad_credentials": "e-mail or password is wrong",
        "bad_token": "the token is not, or no longer, valid",
        "no_token": "no token was sent",
    },
    403: {
        "forbidden": "your role may not do this",
        "foreign_origin": "a browser's cookie writes from pages of this server only",
        "missing_scope": "the key lacks a scope",
        "not_a_person": "this is for people, not for keys",
        "nothing_shared": "a viewer sees what is shared, which is nothing yet",
    },
    404: {
        "not_found": "it does not exist, or is not yours",
        "not_in_list": "the list does not have the record that `around` names",
    },
    405: {"method_not_allowed": "this address does not take the method; `Allow` says which it takes"},
    408: {"too_slow": "the request did not arrive in time"},
    409: {
        "already_converted": "the lead is converted; the answer has the ids of what it became",
        "ambiguous": "several records have the e-mail of an item of a batch; the error has their ids",
        "changed_meanwhile": "your password was changed at the same moment",
        "conflict": "the record's state forbids it",
        "converted_duplicate": "a converted lead cannot be merged into another; `converted` has its id",
        "erased": "a person was erased from it, so it cannot be taken back",
        "in_progress": "a request with this Idempotency-Key is still running; `Retry-After` says when to ask again",
        "last_admin": "nobody would be left to manage the workspace",
        "merged": "the record was merged into another, whose id is `mergedInto`",
        "not_undoable": "changes of users, keys, sessions, views and workspaces are not taken back",
        "nothing_to_undo": "nothing of the operation is left to take back; `undoneBy` is the undo, if there was one",
        "other_history": "the data were restored to an earlier state; read all records anew",
        "secret_shown_once": "it was done, and its answer had a secret; `operationId` is what was done",
        "too_many_views": "you have as many views as one person may have",
        "undo_conflict": "others have written since; `conflicts` has each place",
        "yourself": "nobody disables themselves",
    },
    410: {"log_trimmed": "that part of the log was removed; the answer says where it begins now"},
    412: {
        "count_moved": "the filter chooses another number of records; the answer has `count`",
        "stale_version": "the record has changed since you saw it; `current` is the record now, `etag` its ETag",
    },
    413: {"body_too_large": "the body is too large"},
    414: {"url_too_long": "the address is too long"},
    415: {"unsupported_media_type": "the body is not said to be JSON"},
    422: {
        "idempotency_key_reused": "the Idempotency-Key came with another request",
        "invalid": "fields break a rule; `errors` names each",
        "batch_refused": "items of an atomic batch are refused, so nothing was done; `results` has them",
        "bulk_refused": "records refuse the change, so nothing was done; `results` has them",
        "nothing_to_change": "the body names no field",
        "too_many_at_once": "the filter chooses more records than one bulk write changes",
        "too_far_back": "too much has changed since the time that `asOf` names",
    },
    429: {
        "rate_limited": "too many requests; `Retry-After` says how long to wait",
        "too_many_failures": "too many wrong passwords; `Retry-After` says how long to wait",
    },
    431: {"head_too_large": "the headers are too large"},
    500: {"defect": "a defect of the server, whose log has the details"},
    503: {"unavailable": "the data are away or the server is full; `Retry-After` says how long to wait"},
    505: {"http_version_not_supported": "the server speaks HTTP/1.1 and HTTP/1.0"},
}
"""The meaning of each code, by status and code."""


def describe_codes(status: int) -> str:
    """Returns a sentence that lists the codes of a status, "" if it has none."""
    codes = CODES.get(status, {})
    listed = "; ".join(f"`{code}` ({meaning})" for code, meaning in codes.items())
    return f" Codes: {listed}." if listed else ""
