"""`leadline keys`: make, list and revoke API keys. A running server applies the changes at once."""

from datetime import UTC, datetime, timedelta

import typer

from leadline import clock
from leadline.access import Actor
from leadline.app import App
from leadline.cli.target import CommandTarget, list_all, run_as_system, tell_as_json
from leadline.errors import LeadlineError, NotFound
from leadline.kit.db import Transaction
from leadline.log import Operation
from leadline.people.keys import KEYS, NewKey
from leadline.records.body import read_new
from leadline.records.item_store import Item


def create_key(name: str, place: CommandTarget, *, scopes: list[str], expires_in_days: int | None) -> None:
    raw: dict[str, object] = {"name": name, "scopes": scopes or None}
    if expires_in_days is not None:
        raw["expiresAt"] = _in_days(expires_in_days)

    async def write_key(app: App, tx: Transaction, actor: Actor) -> NewKey:
        return await app.keys.create(tx, actor, read_new(KEYS, raw))

    made = run_as_system(place, write_key)
    typer.echo(f"{made.record['id']} ({made.record['name']}). This is the only time the key is shown:", err=True)
    typer.echo(made.secret)


def _in_days(days: int) -> str:
    return clock.to_text(int((datetime.now(UTC) + timedelta(days=days)).timestamp()))


def show_keys(place: CommandTarget, *, as_json: bool) -> None:
    found = list_all(place, KEYS)
    if as_json:
        tell_as_json(found)
        return
    for key in found:
        scopes = ",".join(key.scopes) if key.scopes else "all scopes"  # type: ignore[attr-defined]
        used = f"last used {key.lastUsedAt}" if key.lastUsedAt else "never used"  # type: ignore[attr-defined]
        about = f"{key.id}  …{key.hint}  {key.createdAt}"  # type: ignore[attr-defined]
        typer.echo(f"{about}  {_status_of(key)}  {scopes}  {used}  {key.name}")  # type: ignore[attr-defined]


def _status_of(key: Item) -> str:
    expires, revoked = key.expiresAt, key.revokedAt  # type: ignore[attr-defined]
    if revoked:
        return f"revoked {revoked}"
    if expires and expires <= clock.to_text(clock.system_clock() // 1000):
        return f"expired {expires}"
    return "in force" if expires is None else f"in force until {expires}"


def revoke_key(key_id: str, place: CommandTarget) -> None:
    async def write_revocation(app: App, tx: Transaction, actor: Actor) -> Operation:
        return await app.keys.revoke(tx, actor, key_id)

    try:
        run_as_system(place, write_revocation)
    except NotFound:
        raise LeadlineError(f"there is no key {key_id} in force; see `leadline keys list`.") from None
    typer.echo(f"{key_id} is revoked.")
