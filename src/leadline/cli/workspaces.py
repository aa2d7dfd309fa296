"""`leadline workspaces`: make, list, rename and move workspaces."""

import typer

from leadline.app import App
from leadline.cli.target import CommandTarget, NoWorkspace, say_progress, tell_as_json, with_app
from leadline.errors import LeadlineError
from leadline.kit.db import Transaction
from leadline.maintenance import moving
from leadline.people.workspaces import Workspace
from leadline.settings import HOME


def create_workspace(name: str, place: CommandTarget) -> None:
    async def write_workspace(app: App, tx: Transaction) -> Workspace:
        if not await app.workspaces.find_all(tx):
            raise NoWorkspace
        return await app.workspaces.create(tx, name)

    made = place.run_with_app(lambda app: app.database.write(lambda tx: write_workspace(app, tx)))
    typer.echo(
        f"{made.name}. It needs an admin: leadline users create EMAIL --role admin --workspace {made.id}", err=True
    )
    typer.echo(made.id)


def show_workspaces(place: CommandTarget, *, as_json: bool) -> None:
    """Prints the workspaces, each with the cluster where it lives if there are several clusters."""

    async def read_workspaces(app: App) -> list[Workspace]:
        return await app.database.read(app.workspaces.find_all)

    settings = place.read_settings()
    found = with_app(settings, read_workspaces)
    if as_json:
        tell_as_json([{"id": one.id, "name": one.name, "cluster": one.cluster or HOME} for one in found])
        return
    for workspace in found:
        cluster = f"{workspace.cluster or HOME}  " if settings.clusters or workspace.cluster else ""
        typer.echo(f"{workspace.id}  {cluster}{workspace.name}")


def rename_workspace(workspace_id: str, name: str, place: CommandTarget) -> None:
    async def write_workspace(app: App, tx: Transaction) -> Workspace:
        workspace = await app.workspaces.get(tx, workspace_id)
        if workspace is None:
            raise LeadlineError(f"there is no workspace {workspace_id}; see `leadline workspaces list`.")
        return await app.workspaces.rename(tx, workspace, name)

    async def find_and_rename(app: App) -> Workspace:
        renamed = await app.database.write(lambda tx: write_workspace(app, tx))
        for member in app.members.values():
            await member.write(lambda tx: app.workspaces.note_name(tx, renamed))
        return renamed

    renamed = place.run_with_app(find_and_rename)
    typer.echo(f"{renamed.id} is called {renamed.name}.")


def move_workspace(workspace_id: str, to: str, place: CommandTarget) -> None:
    async def move_there(app: App) -> None:
        await moving.move_workspace(app.members, workspace_id, to, say_progress)

    place.run_with_app(move_there)
