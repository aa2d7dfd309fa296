"""Answers compressed for those who accept it (RFC 9110, 12.5.3). ADR 0032 says why so, and not more."""

import asyncio
import gzip
from functools import lru_cache

from msgspec import structs

from leadline.http.server.endpoint import EncodedBody, Response, encode_json

MIN_BYTES = 1_400
"""What fits into one packet anyway is sent as it is."""
GZIP_LEVEL = 1
MAX_BYTES_AT_ONCE = 128 * 1024
"""What is larger is compressed in a thread: on the event loop it would hold others up."""
MAX_HEADER_BYTES = 1_000


async def compress_response(reply: Response, accepted: bytes) -> Response:
    """The reply, compressed if that is accepted and worth it. One that carries secrets never is: its size would tell
    of them."""
    if reply.body is None or "Cache-Control" in reply.headers or not accepts_gzip(accepted):
        return reply
    body = reply.body if isinstance(reply.body, EncodedBody) else EncodedBody(_body_bytes(reply.body))
    if len(body.data) < MIN_BYTES:
        return structs.replace(reply, body=body)
    if body.gzipped is None:
        body.gzipped = await _gzip_data(body.data)
    headers = {**reply.headers, "Content-Encoding": "gzip"}
    if "ETag" in headers:  # other bytes, so another tag (RFC 9110, 8.8.3.3)
        headers["ETag"] = f'{headers["ETag"][:-1]}-gzip"'
    return structs.replace(reply, body=EncodedBody(body.gzipped), headers=headers)


def _body_bytes(body: object) -> bytes:
    return body if isinstance(body, bytes) else encode_json(body)


async def _gzip_data(data: bytes) -> bytes:
    if len(data) <= MAX_BYTES_AT_ONCE:
        return gzip.compress(data, GZIP_LEVEL, mtime=0)
    return await asyncio.to_thread(gzip.compress, data, GZIP_LEVEL, mtime=0)


def accepts_gzip(header: bytes) -> bool:
    """Whether gzip is accepted, and no less liked than the plain answer."""
    return len(header) <= MAX_HEADER_BYTES and _accepts_gzip(header)


@lru_cache(maxsize=256)
def _accepts_gzip(header: bytes) -> bool:
    weights: dict[str, float] = {}
    for element in header.decode("latin-1").lower().split(","):
        coding, *parameters = (part.strip() for part in element.split(";"))
        weights[coding] = _read_weight(parameters)
    wanted = weights.get("gzip", weights.get("x-gzip", weights.get("*", 0)))
    return wanted > 0 and wanted >= weights.get("identity", 0)


def _read_weight(parameters: list[str]) -> float:
    """The q-value among an element's parameters; 0 for one that is none."""
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "q":
            return _parse_quality(value.strip())
    return 1


def _parse_quality(text: str) -> float:
    whole, _, digits = text.partition(".")
    is_one = whole in ("0", "1") and len(digits) <= 3 and (digits.isdecimal() or not digits)
    return min(float(f"{whole}.{digits or 0}"), 1) if is_one and text.isascii() else 0
