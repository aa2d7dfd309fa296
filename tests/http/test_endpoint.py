"""An endpoint says all that the dispatch and the documentation need to know."""

import pytest

from leadline.access import Right
from leadline.http.openapi.document import describe_api
from leadline.http.server.endpoint import Endpoint, HandlerInput, Response, Route
from leadline.http.server.uploads import UploadLimits
from leadline.kit.db import Transaction

LIMITS = UploadLimits(max_bytes=1024)


async def take(call: HandlerInput) -> Response:
    return Response(None, 204)


async def take_within(tx: Transaction, call: HandlerInput) -> Response:
    return Response(None, 204)


def test_an_upload_is_documented_as_bytes() -> None:
    upload = Endpoint(run_alone=take, name="upload", summary="", response_schema=None, upload=LIMITS)
    document = describe_api([Route("POST", "/api/imports/", Right.WRITE, upload, areas=())])
    described = document["paths"]["/api/imports/"]["post"]["requestBody"]
    assert described == {"required": True, "content": {"application/octet-stream": {}}}


def test_an_upload_within_a_transaction_is_refused_at_the_start() -> None:
    with pytest.raises(TypeError, match="needs run_alone"):
        Endpoint(run=take_within, name="upload", summary="", response_schema=None, upload=LIMITS)


def test_an_upload_that_is_json_as_well_is_refused_at_the_start() -> None:
    with pytest.raises(TypeError, match="no other body"):
        Endpoint(run_alone=take, name="upload", summary="", response_schema=None, upload=LIMITS, body={})
