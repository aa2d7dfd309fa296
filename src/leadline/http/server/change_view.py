"""The changes of records as the API shows them."""

from leadline.crm.kinds import KINDS, PRIVATE_KINDS
from leadline.http.server.endpoint import Json
from leadline.log.operations import RecordChange
from leadline.people.keys import KEYS
from leadline.people.users import USERS

_KINDS = (*KINDS, *PRIVATE_KINDS, USERS, KEYS)
_WORDS = {kind.prefix: kind.name for kind in _KINDS} | {"ses": "session", "ws": "workspace"}
"""The words of kinds in the log, by the prefix of their ids."""


def show_change(change: RecordChange) -> Json:
    return {"kind": word_of(change.record_id), **change.show_change()}


def word_of(record_id: str) -> str:
    """Returns the word for the kind of a record."""
    prefix = record_id.partition("_")[0]
    return _WORDS.get(prefix, prefix)
