"""The first start: `leadline serve` or `leadline init` makes a workspace, its admin and a first key."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial

import msgspec
import typer

from leadline.access import Role
from leadline.app import App
from leadline.cli.refusals import WrongSettings
from leadline.cli.target import CommandTarget, say_progress, with_app
from leadline.cli.users import made_up_password
from leadline.clock import system_clock
from leadline.demo.crew import ADMIN
from leadline.demo.filling import DemoDesk
from leadline.errors import FieldError, InvalidInput, LeadlineError
from leadline.kit.db import Transaction
from leadline.people.keys import KEYS
from leadline.people.users import USERS
from leadline.records.body import ParsedBody, read_new
from leadline.settings import Settings, variable_of

FIRST_WORKSPACE = "My workspace"
_SETTINGS = {"email": "admin_email", "password": "admin_password"}
"""The names of the settings that the admin's fields come from."""
_NO_NAMES: Mapping[str, str] = {}


@dataclass(frozen=True)
class FirstStart:
    """The result of a first start. `password` is the admin's, "" if a setting chose it, so that it is not shown."""

    workspace: str
    key: str
    email: str
    password: str


def init_data(place: CommandTarget, *, as_json: bool) -> None:
    """Runs `leadline init`. Raises `LeadlineError` if there are data already."""
    settings = place.read_settings(may_be_new=True)
    first = make_first(settings)
    if first is None:
        raise LeadlineError(
            f"there are data already ({settings.safe_address}); see `leadline users list`, and make a key with"
            " `leadline keys create NAME`."
        )
    if as_json:
        shown = {"workspaceId": first.workspace, "key": first.key, "email": first.email}
        shown["password"] = first.password or None  # type: ignore[assignment]
        typer.echo(msgspec.json.encode(shown).decode())
        return
    typer.echo(
        f"{settings.safe_address} has a workspace, its first key and its admin; key and password are shown this once:"
    )
    typer.echo(f"key {first.key}")
    typer.echo(sign_in(first))
    typer.echo("`leadline serve` runs the server on it.")


def sign_in(first: FirstStart) -> str:
    return f"Sign in as {first.email} with {first.password or 'the password in LEADLINE_ADMIN_PASSWORD'}"


def make_first(settings: Settings, demo: DemoDesk | None = None) -> FirstStart | None:
    """Opens the data, or makes them if there are none, and brings them up to date.

    Returns None if there is a workspace already; otherwise makes the first workspace, its admin and a key, and fills
    the desk with the demo if there is one.
    """
    if not settings.is_there:
        _refuse_settings(_admin_body(settings).errors)
    now = system_clock if demo is None else demo.clock
    return with_app(settings, partial(_prepare_data, demo), may_be_new=True, now=now)


async def _prepare_data(demo: DemoDesk | None, app: App) -> FirstStart | None:
    if await app.database.read(app.workspaces.find_all):
        return None
    names = {} if demo is None else {"firstName": ADMIN.first_name, "lastName": ADMIN.last_name}
    draft = _admin_body(app.settings, names)
    admin = await app.users.hash_password(draft, app.settings.admin_email)
    _refuse_settings(admin.errors)

    password = "" if app.settings.admin_password else str(draft.values["password"])
    if demo is not None:
        say_progress("Filling the empty desk with made-up leads; this takes some seconds…")
        await demo.prepare(app)
    try:
        first = await app.database.write(partial(_write_first, app, admin, password))
    except InvalidInput as error:
        _refuse_settings(error.errors)
        raise
    if first is not None and demo is not None:
        await demo.fill(app)
    return first


async def _write_first(app: App, admin: ParsedBody, password: str, tx: Transaction) -> FirstStart | None:
    """Makes the first workspace, its admin and a key. Returns None if another process was first."""
    if await app.workspaces.find_all(tx):
        return None
    workspace = await app.workspaces.create(tx, FIRST_WORKSPACE)
    actor = await app.workspaces.system_actor(tx, workspace.number)
    await app.users.create(tx, actor, admin)
    key = await app.keys.create(tx, actor, read_new(KEYS, {"name": "first key"}))
    return FirstStart(workspace.id, key.secret, app.settings.admin_email, password)


def _admin_body(settings: Settings, names: Mapping[str, str] = _NO_NAMES) -> ParsedBody:
    password = settings.admin_password or made_up_password()
    return read_new(USERS, {"email": settings.admin_email, "role": Role.ADMIN.value, "password": password, **names})


def _refuse_settings(errors: Iterable[FieldError]) -> None:
    """Raises `WrongSettings` if there are errors. Its sentences name the settings instead of the fields."""
    told = [f"{variable_of(_SETTINGS[error.field])}{error.message.removeprefix(error.field)}" for error in errors]
    if told:
        raise WrongSettings(told)
