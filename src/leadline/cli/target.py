"""Steps that all commands share: settings, opening the data, the acting user, progress, and reports of errors."""

import asyncio
import os
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ParamSpec, TypeVar

import msgspec
import typer
from pydantic import ValidationError

from leadline.access import Actor
from leadline.app import SHARED_FOLDER_VARIABLE, App, NoData, build_app
from leadline.cli.refusals import error_sentences, wrong_settings
from leadline.clock import Clock, system_clock
from leadline.errors import LeadlineError
from leadline.kit.db import DatabaseError, Transaction
from leadline.kit.suggest import find_nearest
from leadline.records.filters import Predicate, SortOrder
from leadline.records.item_store import Item
from leadline.records.kind import Kind
from leadline.records.query import ListQuery
from leadline.settings import Settings, variable_of

P = ParamSpec("P")
T = TypeVar("T")

MAX_LISTED_RECORDS = 1_000_000
MIN_LIKENESS = 0.8
"""The least similarity (0 to 1) of a misspelt setting to a known one for an error to suggest that one."""

SKIP_WEB_VARIABLE = "LEADLINE_SKIP_WEB"
"""The variable that leaves the web app out of a build. It is no setting of a server, but may be set beside one."""


class NoWorkspace(LeadlineError):
    def __init__(self) -> None:
        super().__init__(
            "there is nobody here yet; `leadline init`, or the first start of `leadline serve`, makes a workspace,"
            " its admin and a first key."
        )


def report_errors(command: Callable[P, None], *arguments: P.args, **options: P.kwargs) -> None:
    """Runs the command. An error that it raises becomes sentences on standard error and exit status 1."""
    try:
        command(*arguments, **options)
    except (LeadlineError, UnicodeError, DatabaseError, OSError) as error:
        for sentence in error_sentences(error):
            typer.echo(f"leadline: {sentence}", err=True)
        raise typer.Exit(1) from None


def say_progress(line: str) -> None:
    """Prints a line of progress on standard error, so that standard output has only the result."""
    typer.echo(line, err=True)


def tell_as_json(items: Sequence[Item] | Sequence[Mapping[str, str]]) -> None:
    """Prints the items as one JSON array, with the members that the API's lists have."""
    typer.echo(msgspec.json.format(msgspec.json.encode(items)).decode())


def settings_of(**given: object) -> Settings:
    """Returns the settings: given on the command line, else from the environment, else the defaults.

    Raises `LeadlineError` for both `data` and `database`, or an unknown `LEADLINE_` variable in the environment.
    """
    _refuse_unknown()
    chosen = {name: value for name, value in given.items() if value is not None}
    if {"data", "database"} <= chosen.keys():
        raise LeadlineError("--data and --database name two places; give one of them.")
    options = {name: f"--{name}" for name in chosen}
    if "data" in chosen:
        chosen |= {"database": "", "replica": ""}  # else the environment's would win over --data
    return check_settings(chosen, options)


def check_settings(given: Mapping[str, object], options: Mapping[str, str]) -> Settings:
    """Returns the settings. `options` maps each setting that was given on the command line to its option.

    Raises `WrongSettings`.
    """
    try:
        return Settings.model_validate(given)
    except ValidationError as error:
        raise wrong_settings(error, options) from None


def _refuse_unknown() -> None:
    """Raises `LeadlineError` for an unknown `LEADLINE_` variable.

    A misspelt setting would otherwise be ignored, and nobody would notice.
    """
    known = [variable_of(name) for name in Settings.model_fields]
    for name in os.environ:
        if name.upper().startswith("LEADLINE_") and name not in (*known, SHARED_FOLDER_VARIABLE, SKIP_WEB_VARIABLE):
            meant = find_nearest(name, known, likeness=MIN_LIKENESS)
            guess = f"; {meant} may be meant" if meant else ""
            raise LeadlineError(f"{name} is no setting{guess}.")


@dataclass(frozen=True)
class CommandTarget:
    """The target of a command: its data, and its workspace. None is the only workspace that there is."""

    data: Path | None
    database: str | None
    workspace: str | None = None

    def read_settings(self, *, may_be_new: bool = False) -> Settings:
        """Returns the settings. Raises `NoData` if there is no data file, unless `may_be_new`."""
        settings = settings_of(data=self.data, database=self.database)
        if not may_be_new and not settings.is_there:
            raise NoData(settings.data_file)
        return settings

    def run_with_app(self, work: Callable[[App], Awaitable[T]]) -> T:
        """Runs the work on existing data, as `with_app` does. Raises `NoData` if there is no data file."""
        return with_app(self.read_settings(), work)


def run_as_system(place: CommandTarget, work: Callable[[App, Transaction, Actor], Awaitable[T]]) -> T:
    """Runs work that writes, as the workspace's system user. Raises `NoWorkspace`."""

    async def write_as_system(app: App, tx: Transaction) -> T:
        workspace = await app.workspaces.choose_workspace(tx, place.workspace)
        if workspace is None:
            raise NoWorkspace
        return await work(app, tx, await app.workspaces.system_actor(tx, workspace.number))

    async def write_in_turn(app: App) -> T:
        """Queues the write behind other writes to the same workspace."""
        chosen = await app.database.read(lambda tx: app.workspaces.choose_workspace(tx, place.workspace))
        return await app.database.write(lambda tx: write_as_system(app, tx), chosen.number if chosen else 0)

    return place.run_with_app(write_in_turn)


def read_as_system(place: CommandTarget, work: Callable[[App, Transaction, Actor], Awaitable[T]]) -> T:
    """Runs work that reads, as the workspace's system user. Raises `NoWorkspace`."""

    async def read(app: App, tx: Transaction) -> T:
        workspace = await app.workspaces.choose_workspace(tx, place.workspace)
        if workspace is None:
            raise NoWorkspace
        tx.expect_slow()
        return await work(app, tx, await app.workspaces.system_actor(tx, workspace.number))

    return place.run_with_app(lambda app: app.database.read(lambda tx: read(app, tx)))


def list_all(place: CommandTarget, kind: Kind) -> list[Item]:
    """Returns up to `MAX_LISTED_RECORDS` records of a kind, oldest first."""

    async def read_all(app: App, tx: Transaction, actor: Actor) -> list[Item]:
        query = ListQuery(Predicate(), SortOrder((("id", False),)))
        return (await app.records.list(tx, actor, kind, query, limit=MAX_LISTED_RECORDS, offset=0)).items

    try:
        return read_as_system(place, read_all)
    except NoWorkspace:
        return []


def with_app(
    settings: Settings,
    work: Callable[[App], Awaitable[T]],
    *,
    may_be_new: bool = False,
    now: Clock = system_clock,
) -> T:
    """Opens the data, brings them up to date, and runs the work on them. `now` dates what it writes.

    Raises `DatabaseError` if there are none, unless `may_be_new`.
    """

    async def opened() -> T:
        async with build_app(settings, now).open(may_be_new=may_be_new) as app:
            return await work(app)

    return asyncio.run(opened())
