"""`leadline workspaces`: make, list and move workspaces."""

import typer

from leadline.app import App
from leadline.auth.workspaces import Workspace
from leadline.cli.run import Place, say, with_app
from leadline.settings import HOME
from leadline.upkeep import moving


def create(name: str, place: Place) -> None:
    async def work(app: App) -> Workspace:
        return await app.database.write(lambda tx: app.workspaces.create(tx, name))

    made = place.run(work, may_be_new=True)
    typer.echo(
        f"{made.name}. It needs an admin: leadline users create EMAIL --role admin --workspace {made.id}", err=True
    )
    typer.echo(made.id)


def show(place: Place) -> None:
    """Each with the cluster where it lives, if there are several."""

    async def work(app: App) -> list[Workspace]:
        return await app.database.read(app.workspaces.find)

    settings = place.settings()
    for workspace in with_app(settings, work):
        cluster = f"{workspace.cluster or HOME}  " if settings.clusters or workspace.cluster else ""
        typer.echo(f"{workspace.id}  {cluster}{workspace.name}")


def move(workspace_id: str, to: str, place: Place) -> None:
    async def work(app: App) -> None:
        await moving.move(app.members, workspace_id, to, say)

    place.run(work)
