"""Compression of responses for clients that accept it (RFC 9110, 12.5.3). ADR 0032 has the reasons."""

import asyncio
import gzip

from msgspec import structs

from leadline.http.server.accept import accepts_coding
from leadline.http.server.endpoint import EncodedBody, Response, encode_json

MIN_BYTES = 1_400
"""The size from which a body is compressed, in bytes: a smaller one fits into one packet anyway."""
GZIP_LEVEL = 1
MAX_BYTES_AT_ONCE = 128 * 1024
"""The largest body that is compressed on the event loop, in bytes. A larger one would hold other requests up, so it
is compressed in a thread."""


async def compress_response(response: Response, accepted: bytes) -> Response:
    """Returns the response, compressed if the client accepts that and it is worth it. A response with secrets is
    never compressed, because its size would reveal something about them."""
    if response.body is None or "Cache-Control" in response.headers or not accepts_coding(accepted, "gzip"):
        return response
    body = response.body if isinstance(response.body, EncodedBody) else EncodedBody(_body_bytes(response.body))
    if len(body.data) < MIN_BYTES:
        return structs.replace(response, body=body)
    if body.gzipped is None:
        body.gzipped = await _gzip_data(body.data)
    headers = {**response.headers, "Content-Encoding": "gzip"}
    if "ETag" in headers:  # other bytes need another tag (RFC 9110, 8.8.3.3)
        headers["ETag"] = f'{headers["ETag"][:-1]}-gzip"'
    return structs.replace(response, body=EncodedBody(body.gzipped), headers=headers)


def _body_bytes(body: object) -> bytes:
    return body if isinstance(body, bytes) else encode_json(body)


async def _gzip_data(data: bytes) -> bytes:
    if len(data) <= MAX_BYTES_AT_ONCE:
        return gzip.compress(data, GZIP_LEVEL, mtime=0)
    return await asyncio.to_thread(gzip.compress, data, GZIP_LEVEL, mtime=0)
