"""The translation of errors into problem documents (RFC 9457), the one shape of all error responses."""

from http import HTTPStatus
from typing import Any

from leadline.errors import (
    Conflict,
    CountMoved,
    Forbidden,
    InvalidInput,
    InvalidRows,
    ItemsRefused,
    LeadlineError,
    LogTrimmed,
    MalformedRequest,
    MergedAway,
    NotFound,
    NotInList,
    StaleVersion,
    TooManyAttempts,
    Unauthenticated,
)
from leadline.kit.db import ConstraintViolation, Unavailable

Headers = dict[str, str]

STATUSES: dict[type[LeadlineError], HTTPStatus] = {
    MalformedRequest: HTTPStatus.BAD_REQUEST,
    Unauthenticated: HTTPStatus.UNAUTHORIZED,
    Forbidden: HTTPStatus.FORBIDDEN,
    NotFound: HTTPStatus.NOT_FOUND,
    NotInList: HTTPStatus.NOT_FOUND,
    MergedAway: HTTPStatus.CONFLICT,
    TooManyAttempts: HTTPStatus.TOO_MANY_REQUESTS,
    Conflict: HTTPStatus.CONFLICT,
    LogTrimmed: HTTPStatus.GONE,
    CountMoved: HTTPStatus.PRECONDITION_FAILED,
    ItemsRefused: HTTPStatus.UNPROCESSABLE_ENTITY,
    StaleVersion: HTTPStatus.PRECONDITION_FAILED,
    InvalidInput: HTTPStatus.UNPROCESSABLE_ENTITY,
    InvalidRows: HTTPStatus.UNPROCESSABLE_ENTITY,
}


class HttpError(Exception):
    """An error that only HTTP knows, such as a wrong method or a body that is too large."""

    def __init__(self, status: HTTPStatus, code: str, detail: str, headers: Headers | None = None) -> None:
        super().__init__(detail)
        self.status = status
        self.code = code
        self.detail = detail
        self.headers = headers or {}


def method_not_allowed(allowed: str) -> HttpError:
    detail = f"This address takes {allowed}."
    return HttpError(HTTPStatus.METHOD_NOT_ALLOWED, "method_not_allowed", detail, {"Allow": allowed})


def problem_of(error: Exception, request_id: str) -> tuple[HTTPStatus, dict[str, Any], Headers]:
    """Returns status, body and headers of the response to an error: 500 for an error of no known class."""
    match error:
        case LeadlineError():
            status = STATUSES[type(error)]
            body = problem_document(status, error.code, error.detail, request_id) | error.facts
            if error.errors:
                body["errors"] = [
                    {"field": one.field, "code": one.code, "message": one.message} for one in error.errors
                ]
            return status, body, _headers_of(error)
        case HttpError():
            return error.status, problem_document(error.status, error.code, error.detail, request_id), error.headers
        case ConstraintViolation():
            status = HTTPStatus.CONFLICT
            detail = "Something that excludes this was written just before; read it again."
            return status, problem_document(status, "conflict", detail, request_id), {}
        case Unavailable():
            status = HTTPStatus.SERVICE_UNAVAILABLE
            headers = {"Retry-After": str(error.retry_after)}
            return status, problem_document(status, "unavailable", str(error), request_id), headers
        case _:
            status = HTTPStatus.INTERNAL_SERVER_ERROR
            detail = "This is a defect of the server; its log has the details under this requestId."
            return status, problem_document(status, "defect", detail, request_id), {}


def _headers_of(error: LeadlineError) -> Headers:
    if isinstance(error, Unauthenticated):
        return {"WWW-Authenticate": "Bearer"}
    if isinstance(error, StaleVersion):
        return {"ETag": error.tag}
    return {"Retry-After": str(error.retry_after)} if isinstance(error, TooManyAttempts) else {}


def problem_document(status: HTTPStatus, code: str, detail: str, request_id: str) -> dict[str, Any]:
    return {
        "type": "about:blank",
        "title": status.phrase,
        "status": status.value,
        "detail": detail,
        "code": code,
        "requestId": request_id,
    }
