"""API keys: `pk_live_` and 160 random bits, shown once and stored as a SHA-256."""

import hashlib
import secrets
from dataclasses import dataclass

from leadline import clock, ids
from leadline.access import Actor, Role
from leadline.errors import FieldError, Invalid, NotFound
from leadline.kit.db import Transaction
from leadline.kit.db.memo import Memo
from leadline.log import Change, OperationLog

PREFIX = "pk_live_"
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
MAX_NAME = 100


@dataclass(frozen=True)
class ApiKey:
    """`hint` is the key's last four characters; times are the API's texts."""

    id: str
    name: str
    hint: str
    created_at: str
    revoked_at: str | None


class ApiKeys:
    def __init__(self, operations: OperationLog) -> None:
        self._operations = operations

    async def create(self, tx: Transaction, actor: Actor, name: str) -> tuple[ApiKey, str]:
        """The key, and its secret, which cannot be read again. Raises `Invalid` for a blank or long name."""
        name = name.strip()
        if not 1 <= len(name) <= MAX_NAME or not name.isprintable():
            sentence = f"name must have 1 to {MAX_NAME} printable characters."
            raise Invalid([FieldError("name", "out_of_range", sentence)])
        secret = PREFIX + "".join(secrets.choice(_ALPHABET) for _ in range(32))
        operation = await self._operations.begin(tx, actor.workspace)
        key = ApiKey(ids.new("key", operation.at, operation.seq), name, secret[-4:], operation.time, None)
        await tx.execute(
            "INSERT INTO api_keys (id, workspace, name, hash, hint, created_at) VALUES (?, ?, ?, ?, ?, ?)",
            (key.id, actor.workspace, name, _hash(secret), key.hint, operation.seconds),
        )
        change = Change(key.id, 1, {"name": [None, name], "hint": [None, key.hint]})
        await self._operations.append(tx, actor, operation, "key.created", [change])
        return key, secret

    async def list(self, tx: Transaction, workspace: int) -> list[ApiKey]:
        """All keys, revoked ones too, oldest first."""
        rows = await tx.fetch_all(
            "SELECT id, name, hint, created_at, revoked_at FROM api_keys WHERE workspace = ? ORDER BY id",
            (workspace,),
        )
        return [
            ApiKey(str(id_), str(name), str(hint), _time(created) or "", _time(revoked))
            for id_, name, hint, created, revoked in rows
        ]

    async def revoke(self, tx: Transaction, actor: Actor, id_: str) -> None:
        """From its commit on the key is refused, by every process. Raises `NotFound`, also for a revoked one."""
        operation = await self._operations.begin(tx, actor.workspace)
        revoked = await tx.execute(
            "UPDATE api_keys SET revoked_at = ? WHERE id = ? AND workspace = ? AND revoked_at IS NULL",
            (operation.seconds, ids.parse("key", id_), actor.workspace),
        )
        if not revoked:
            raise NotFound
        change = Change(str(ids.parse("key", id_)), 2, {"revokedAt": [None, operation.time]})
        await self._operations.append(tx, actor, operation, "key.revoked", [change])


def _time(seconds: object) -> str | None:
    return None if seconds is None else clock.to_text(int(str(seconds)))


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


class KeyRing:
    """Finds who acts with a key: its workspace's system user, with a User's rights."""

    def __init__(self) -> None:
        self._found: Memo[str, tuple[int, str, str]] = Memo()

    async def actor(self, tx: Transaction, secret: str, request_id: str) -> Actor | None:
        """None if the key is not in force."""
        found = self._found.find(tx, secret) or await self._find(tx, secret)
        if found is None:
            return None
        workspace, user_id, key_id = found
        return Actor(workspace=workspace, user_id=user_id, role=Role.USER, key_id=key_id, request_id=request_id)

    async def _find(self, tx: Transaction, secret: str) -> tuple[int, str, str] | None:
        row = await tx.fetch_one(
            "SELECT api_keys.workspace, users.id, api_keys.id FROM api_keys"
            " JOIN users ON users.workspace = api_keys.workspace AND users.email IS NULL"
            " WHERE api_keys.hash = ? AND api_keys.revoked_at IS NULL",
            (_hash(secret),),
        )
        if row is None:
            return None
        found = (int(row[0] or 0), str(row[1]), str(row[2]))
        self._found.keep(tx, secret, found)
        return found
