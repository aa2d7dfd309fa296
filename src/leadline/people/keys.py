"""API keys: a key is `pk_live_` and 160 random bits, is shown once, and is stored as its SHA-256."""

import hashlib
import re
import secrets
from collections.abc import Awaitable, Callable, Sequence

import msgspec
from msgspec import structs

from leadline import clock
from leadline.access import SCOPES, Actor, Role
from leadline.clock import Clock
from leadline.errors import FieldError, NotFound
from leadline.kit.cache import BoundedCache
from leadline.kit.db import Row, SqlValue, Transaction, WrongCluster
from leadline.log import Operation, lock_counters
from leadline.records.body import ParsedBody
from leadline.records.kind import Field, Kind
from leadline.records.service import RecordService, VersionConditions, WriteResult
from leadline.records.structures import TagsField
from leadline.records.texts import TextField
from leadline.records.times import TimeField
from leadline.records.types import ChoiceField, Value

PREFIX = "pk_live_"
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
MAX_KEPT_KEYS = 10_000
USE_SECONDS = 60
"""The precision, in seconds, to which the last use of a key is known."""


class _ExpiryField(TimeField):
    """A time whose fraction of a second is dropped, because programs that compute an expiry seldom leave it out."""

    def parse_value(self, raw: object) -> Value:
        return super().parse_value(re.sub(r"\.[0-9]{1,9}", "", raw) if isinstance(raw, str) else raw)


class _UnloggedTimeField(TimeField):
    """A time that changes without an entry in the operation log. Filters cannot use it, because counts of filtered
    records are cached by log position."""

    operators = ()


KEYS = Kind(
    name="key",
    plural="keys",
    prefix="key",
    own_fields=(
        Field("name", TextField(max_length=100), required=True),
        Field("hint", TextField(), server=True, required=True),
        Field("scopes", TagsField(each=ChoiceField(values=SCOPES), max_count=len(SCOPES), what="scopes")),
        Field("expiresAt", _ExpiryField()),
        Field(
            "lastUsedAt",
            _UnloggedTimeField(),
            server=True,
            expression="(SELECT key_uses.at FROM key_uses WHERE key_uses.key_id = keys.id)",
            logged=False,
        ),
        Field("revokedAt", TimeField(), server=True),
        Field("hash", TextField(), server=True, required=True, shown=False, secret=True),
    ),
    listed=("id", "name", "hint", "scopes", "expiresAt", "lastUsedAt", "createdAt", "revokedAt"),
    search=(("name",),),
)
"""The kind of record for API keys. `hint` is the key's last four characters. A key without scopes may do all that the
role `user` may."""


class NewKey(WriteResult, frozen=True):
    """A new key. `secret` is the key itself, which cannot be read again."""

    secret: str


class ApiKeys:
    def __init__(self, records: RecordService, now: Clock) -> None:
        self._records = records
        self._now = now

    async def create(self, tx: Transaction, actor: Actor, draft: ParsedBody) -> NewKey:
        """Creates a key. Raises `InvalidInput`."""
        secret = PREFIX + "".join(secrets.choice(_ALPHABET) for _ in range(32))
        values = draft.values | {"hint": secret[-4:], "hash": _hash_secret(secret)}
        made = await self._records.create(
            tx, actor, KEYS, ParsedBody(values, [*draft.errors, *self._find_errors(draft)])
        )
        return NewKey(made.record, made.operation, secret)

    def _find_errors(self, draft: ParsedBody) -> list[FieldError]:
        values, errors = draft.values, []
        expires = values.get("expiresAt")
        if expires is not None and clock.from_text(str(expires)) <= self._now() // 1000:
            errors.append(FieldError("expiresAt", "past", "expiresAt must lie in the future."))
        if values.get("scopes") == []:
            errors.append(FieldError("scopes", "required", "scopes must name one at least; leave it out for all."))
        return errors

    async def revoke(
        self, tx: Transaction, actor: Actor, id_: str, *, versions: VersionConditions | None = None
    ) -> Operation:
        """Revokes a key: every process refuses it from the commit on.

        Raises `StaleVersion`, and `NotFound` (also for a key that is revoked already).
        """
        await lock_counters(tx, actor.workspace)
        key = await self._records.get(tx, actor, KEYS, id_, lock=True, versions=versions)
        if key["revokedAt"] is not None:
            raise NotFound
        async with self._records.begin(tx, actor, "key.revoked") as op:
            await op.update(KEYS, key, {"revokedAt": op.operation.time_text})
        return op.operation


def _hash_secret(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


Fetch = Callable[[str, Sequence[SqlValue]], Awaitable[Row | None]]
"""The type of a transaction's `fetch_one` and `fetch_cached`."""


class ApiKeyAuthenticator:
    """An authenticator for API keys. A key acts as its workspace's system user, with the rights of the role `user`,
    limited to the key's scopes."""

    def __init__(self, now: Clock) -> None:
        self._now = now
        self._found: BoundedCache[str, Actor] = BoundedCache(MAX_KEPT_KEYS)
        self._noted: dict[str, int] = {}
        self._unwritten: dict[str, int] = {}

    async def find_actor(self, tx: Transaction, secret: str, request_id: str) -> Actor | None:
        """Returns the actor of a key, or None if the key is not valid. Raises `WrongCluster`."""
        now = self._now() // 1000
        found = self._found.find(secret, tx.data_version) or await self._find_key(tx, secret, tx.fetch_cached)
        if found is not None and self._is_to_be_noted(found, now):
            found = await self._find_key(tx, secret, tx.fetch_one)  # a cached answer may prove outdated
        if found is None or (found.expires is not None and found.expires <= now):
            return None
        if self._is_to_be_noted(found, now):
            key_id = str(found.key_id)
            self._noted[key_id] = self._unwritten[key_id] = now
        return structs.replace(found, request_id=request_id)

    def _is_to_be_noted(self, found: Actor, now: int) -> bool:
        return abs(now - self._noted.get(str(found.key_id), 0)) >= USE_SECONDS

    async def _find_key(self, tx: Transaction, secret: str, fetch: Fetch) -> Actor | None:
        """Returns the actor of a key that is not revoked, of no request yet. Raises `WrongCluster`."""
        row = await fetch(
            "SELECT workspaces.number, users.id, keys.id, keys.scopes, keys.expires_at, workspaces.cluster,"
            " workspaces.id, workspaces.access_seq FROM keys JOIN workspaces ON workspaces.number = keys.workspace"
            " JOIN users ON users.workspace = keys.workspace AND users.email IS NULL"
            " WHERE keys.hash = ? AND keys.revoked_at IS NULL",
            (_hash_secret(secret),),
        )
        if row is None:
            return None
        workspace, user_id, key_id, scopes, expires, cluster, workspace_id, access_seq = row
        if cluster is not None:
            raise WrongCluster(str(cluster))
        found = Actor(
            workspace=int(workspace or 0),
            workspace_id=str(workspace_id),
            access_seq=int(access_seq or 0),
            expires=None if expires is None else int(expires),
            user_id=str(user_id),
            role=Role.USER,
            key_id=str(key_id),
            scopes=None if scopes is None else frozenset(msgspec.json.decode(str(scopes))),
        )
        self._found.keep(secret, found, tx.data_version)
        return found

    def take_uses(self) -> dict[str, int]:
        """Returns the last uses of keys that are not yet written, by key id, in seconds since 1970. Each is returned
        only once."""
        taken, self._unwritten = self._unwritten, {}
        return taken


async def write_uses(tx: Transaction, uses: dict[str, int]) -> None:
    """Writes the uses that `take_uses` returned, for the keys of workspaces that live in this database.

    A key's last use is written at most once in `USE_SECONDS`, whichever processes write it. A use older than the
    stored one by `USE_SECONDS` is written too: uses are only seconds old here, so the clock must have been set back.
    """
    for key_id, at in uses.items():
        await tx.execute(
            "INSERT INTO key_uses (key_id, at) SELECT keys.id, CAST(? AS BIGINT) FROM keys"
            " JOIN workspaces ON workspaces.number = keys.workspace"
            " WHERE keys.id = ? AND cluster IS NULL AND moving IS NULL"
            " ON CONFLICT (key_id) DO UPDATE SET at = excluded.at WHERE abs(excluded.at - key_uses.at) >= ?",
            (at, key_id, USE_SECONDS),
        )
