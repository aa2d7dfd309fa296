"""`leadline keys`: make, list and revoke API keys. A running server knows at once."""

from pathlib import Path

import typer

from leadline.app import App
from leadline.auth.keys import ApiKey
from leadline.auth.workspaces import Workspace
from leadline.cli.run import settings_of, with_app
from leadline.errors import NotFound
from leadline.kit.db import Transaction


def create(name: str, *, data: Path | None, database: str | None) -> None:
    async def work(app: App) -> tuple[ApiKey, str]:
        async def write(tx: Transaction) -> tuple[ApiKey, str]:
            workspace = await _workspace(app, tx)
            actor = await app.workspaces.system_actor(tx, workspace.number)
            return await app.keys.create(tx, actor, name)

        return await app.database.write(write)

    key, secret = with_app(settings_of(data=data, database=database), work)
    typer.echo(f"{key.id} ({key.name}). This is the only time the key is shown:", err=True)
    typer.echo(secret)


def show(*, data: Path | None, database: str | None) -> None:
    async def work(app: App) -> list[ApiKey]:
        async def read(tx: Transaction) -> list[ApiKey]:
            existing = await app.workspaces.find(tx)
            return await app.keys.list(tx, existing[0].number) if existing else []

        return await app.database.read(read)

    for key in with_app(settings_of(data=data, database=database), work):
        state = f"revoked {key.revoked_at}" if key.revoked_at else "in force"
        typer.echo(f"{key.id}  …{key.hint}  {key.created_at}  {state}  {key.name}")


def revoke(key_id: str, *, data: Path | None, database: str | None) -> None:
    async def work(app: App) -> None:
        async def write(tx: Transaction) -> None:
            workspace = await _workspace(app, tx)
            await app.keys.revoke(tx, await app.workspaces.system_actor(tx, workspace.number), key_id)

        await app.database.write(write)

    try:
        with_app(settings_of(data=data, database=database), work)
    except NotFound:
        typer.echo(f"leadline: there is no key {key_id} in force; see `leadline keys list`.", err=True)
        raise typer.Exit(1) from None
    typer.echo(f"{key_id} is revoked.")


async def _workspace(app: App, tx: Transaction) -> Workspace:
    """The one workspace there is, made if there is none yet."""
    existing = await app.workspaces.find(tx)
    return existing[0] if existing else await app.workspaces.create(tx, "My workspace")
