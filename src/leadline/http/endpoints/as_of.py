"""The parameter `asOf`, with which a client reads the past."""

import re

from leadline.errors import FieldError
from leadline.http.server.endpoint import Json
from leadline.records.past import Moment
from leadline.records.query import Pairs
from leadline.records.times import TimeField
from leadline.records.types import Rejected

NAME = "asOf"
PARAMETER: Json = {
    "name": NAME,
    "in": "query",
    "description": "Reads the state at this time (to the end of its second), or after the operation with this `seq`.",
    "schema": {
        "type": "string",
        "anyOf": [{"pattern": "^[0-9]{1,15}$"}, {"pattern": f"^{TimeField().operand_pattern()}$"}],
    },
}
_SEQ = re.compile(r"[0-9]{1,15}", re.ASCII)


def read_moment(pairs: Pairs) -> tuple[Pairs, Moment | None, list[FieldError]]:
    """Returns the other parameters, the moment that is asked for, and the errors of `asOf`."""
    text = dict(pairs).get(NAME)
    if text is None:
        return pairs, None, []
    others = [pair for pair in pairs if pair[0] != NAME]
    try:
        return others, parse_moment(text), []
    except Rejected as rejected:
        return others, None, [FieldError(NAME, rejected.code, f"{NAME} {rejected.message}")]


def parse_moment(text: str) -> Moment:
    """Returns the moment that a text means. Raises `Rejected`."""
    if _SEQ.fullmatch(text.strip()):
        return Moment(seq=int(text))
    try:
        instant = TimeField().parse_instant(text)
    except Rejected as rejected:
        raise Rejected(rejected.code, f"{rejected.message} The seq of an operation will do as well.") from None
    return Moment(second=int(instant.second.timestamp()))
