"""`leadline index`: makes the files that the live indexes of a server start from."""

import asyncio
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from fcntl import LOCK_EX, flock
from pathlib import Path

import typer

from leadline.app import App
from leadline.cli.target import CommandTarget, with_app
from leadline.crm.kinds import KINDS
from leadline.errors import LeadlineError
from leadline.index.builder import IndexBuilder
from leadline.kit.db import DatabaseError
from leadline.log import feed
from leadline.people.workspaces import Workspace
from leadline.records.kind import Kind
from leadline.records.list_index import MIN_INDEXED_RECORDS


def make_files(place: CommandTarget, *, kind_name: str | None) -> None:
    settings = place.read_settings()
    kinds = _choose_kinds(kind_name)
    if settings.index_files is None:
        raise DatabaseError("There is no folder for the files; name one in LEADLINE_INDEX_FOLDER.")
    folder = settings.index_files
    folder.mkdir(parents=True, exist_ok=True)

    async def make_all(app: App) -> None:
        for workspace in await _choose_workspaces(app, place.workspace):
            await _make_indexes(app, folder, workspace, kinds)

    with _lock_folder(folder):
        with_app(settings, make_all)


def _choose_kinds(name: str | None) -> Sequence[Kind]:
    kinds = [kind for kind in KINDS if name in (None, kind.name)]
    if not kinds:
        raise LeadlineError(f"choose one of these kinds: {', '.join(kind.name for kind in KINDS)}.")
    return kinds


@contextmanager
def _lock_folder(folder: Path) -> Iterator[None]:
    """Locks the folder. Another process that wants to make the same files waits, and then finds them made."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        flock(descriptor, LOCK_EX)
        yield
    finally:
        os.close(descriptor)


async def _choose_workspaces(app: App, id_: str | None) -> Sequence[Workspace]:
    if id_ is None:
        return await app.database.read(app.workspaces.find_all)
    workspace = await app.database.read(lambda tx: app.workspaces.choose_workspace(tx, id_))
    return [workspace] if workspace else []


async def _make_indexes(app: App, folder: Path, workspace: Workspace, kinds: Sequence[Kind]) -> None:
    async with app.database.snapshot(workspace.number) as tx:
        state = await feed.read_version(tx, workspace.number)
    if state.newest_no < MIN_INDEXED_RECORDS:
        typer.echo(f"{workspace.id} has too few records to need one.")
        return
    builder = IndexBuilder(app.database.snapshot, folder, pause_seconds=0)  # nobody else needs this process
    for kind in kinds:
        follower = await asyncio.to_thread(builder.make_replica, kind, workspace.number)
        follower.save_file()
        typer.echo(f"{workspace.id}: the index of {kind.plural} is up to date.")
