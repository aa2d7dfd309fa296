"""`leadline workspaces`: make and list workspaces."""

import typer

from leadline.app import App
from leadline.auth.workspaces import Workspace
from leadline.cli.run import Place, with_app


def create(name: str, place: Place) -> None:
    async def work(app: App) -> Workspace:
        return await app.database.write(lambda tx: app.workspaces.create(tx, name))

    made = with_app(place.settings(), work)
    typer.echo(
        f"{made.name}. It needs an admin: leadline users create EMAIL --role admin --workspace {made.id}", err=True
    )
    typer.echo(made.id)


def show(place: Place) -> None:
    async def work(app: App) -> list[Workspace]:
        return await app.database.read(app.workspaces.find)

    for workspace in with_app(place.settings(), work):
        typer.echo(f"{workspace.id}  {workspace.name}")
