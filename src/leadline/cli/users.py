"""`leadline users`: make, list, disable and enable users, give them roles and passwords. A running server applies the
changes at once."""

import secrets

import typer
from msgspec.structs import astuple

from leadline.access import Actor
from leadline.app import App
from leadline.cli.target import CommandTarget, list_all, run_as_system, tell_as_json
from leadline.errors import LeadlineError
from leadline.kit.db import Transaction
from leadline.names import full_name
from leadline.people.users import USERS
from leadline.records.body import ParsedBody, read_new, read_patch
from leadline.records.service import WriteResult


def create_user(
    email: str, place: CommandTarget, *, first_name: str | None, last_name: str | None, role: str, prompt: bool
) -> None:
    password, shown = _choose_password(prompt)
    raw = {"email": email, "firstName": first_name, "lastName": last_name, "role": role, "password": password}
    draft = _hash_password(place, read_new(USERS, raw), email)

    async def write_user(app: App, tx: Transaction, actor: Actor) -> WriteResult:
        return await app.users.create(tx, actor, draft)

    made = run_as_system(place, write_user)
    typer.echo(f"{made.record['id']} ({made.record['email']}, {role}){shown}", err=True)
    if not prompt:
        typer.echo(password)


def show_users(place: CommandTarget, *, as_json: bool) -> None:
    found = list_all(place, USERS)
    if as_json:
        tell_as_json(found)
        return
    for user in found:
        id_, email, first, last, role, active, created, _ = astuple(user)
        name = full_name(first, last) or ""
        typer.echo(f"{id_}  {created}  {'active' if active else 'disabled'}  {role}  {email}  {name}".rstrip())


def disable_user(email: str, place: CommandTarget) -> None:
    _patch_user(email, place, read_patch(USERS, {"active": False}))
    typer.echo(f"{email} is disabled, and signed out everywhere.")


def enable_user(email: str, place: CommandTarget) -> None:
    _patch_user(email, place, read_patch(USERS, {"active": True}))
    typer.echo(f"{email} is enabled, and may sign in with the password that they had.")


def set_role(email: str, role: str, place: CommandTarget) -> None:
    _patch_user(email, place, read_patch(USERS, {"role": role}))
    typer.echo(f"{email} is {role} now, also where they are signed in.")


def set_password(email: str, place: CommandTarget, *, prompt: bool) -> None:
    password, shown = _choose_password(prompt)
    _patch_user(email, place, _hash_password(place, read_patch(USERS, {"password": password}), email))
    typer.echo(f"{email} has a new password, and is signed out everywhere{shown}", err=True)
    if not prompt:
        typer.echo(password)


def made_up_password() -> str:
    return secrets.token_urlsafe(15)


def _choose_password(prompt: bool) -> tuple[str, str]:
    """Returns a password, and the end of the sentence that tells of it."""
    if prompt:
        return str(typer.prompt("Password", hide_input=True, confirmation_prompt=True)), "."
    return made_up_password(), ". This is the only time the password is shown:"


def _hash_password(place: CommandTarget, draft: ParsedBody, email: str) -> ParsedBody:
    return place.run_with_app(lambda app: app.users.hash_password(draft, email))


def _patch_user(email: str, place: CommandTarget, sent: ParsedBody) -> None:
    async def write_user(app: App, tx: Transaction, actor: Actor) -> WriteResult:
        user_id = await app.users.find_by_email(tx, actor.workspace, email)
        if user_id is None:
            raise LeadlineError(f"there is no user {email}; see `leadline users list`.")
        return await app.users.patch(tx, actor, user_id, sent)

    run_as_system(place, write_user)
