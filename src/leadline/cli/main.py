"""The `leadline` command. Each command imports its modules when it runs, so that `--help` is quick."""

import re
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

import leadline

Data = Annotated[Path | None, typer.Option(help="Folder of the data file (default: ./data).")]
Database = Annotated[str | None, typer.Option(help="Address of the data instead: sqlite:///path/to/file.db.")]
Workspace = Annotated[str | None, typer.Option(help="The workspace's id, ws_…; needed only if there are several.")]
Email = Annotated[str, typer.Argument(help="The user's e-mail.")]
Operation = Annotated[str, typer.Argument(help="The operation's id, op_….")]
Json = Annotated[bool, typer.Option("--json", help="As JSON, with the members that the API's lists have.")]
Prompt = Annotated[bool, typer.Option("--prompt", help="Ask for the password instead of making one up.")]

_UsageError: type[Exception] = typer.BadParameter.__mro__[1]
_QUOTED = re.compile(r"(unexpected extra argument\S*) \(.*\)|(No such command) '(?![a-z-]+').*'", re.DOTALL)


class _RootGroup(TyperGroup):
    """The root command group. Its usage errors do not quote what was typed, which may hold a password: an address
    in the place of an option, or a password after a name."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except _UsageError as error:
            error.message = _QUOTED.sub(_without_what_was_typed, error.message)  # type: ignore[attr-defined]
            raise


def _without_what_was_typed(match: re.Match[str]) -> str:
    return f"{match[1] or match[2]}; what a command is told begins with an option, such as --database"


app = typer.Typer(
    cls=_RootGroup,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
keys = typer.Typer(help="API keys, which programs sign in with.", no_args_is_help=True)
app.add_typer(keys, name="keys")
users = typer.Typer(help="Users: the people of a workspace.", no_args_is_help=True)
app.add_typer(users, name="users")
operations = typer.Typer(help="Operations: what was done, to look at and to take back.", no_args_is_help=True)
app.add_typer(operations, name="operations")
workspaces = typer.Typer(help="Workspaces: each holds the data of one team.", no_args_is_help=True)
app.add_typer(workspaces, name="workspaces")


def _tell_version(is_asked: bool) -> None:
    if is_asked:
        typer.echo(f"Leadline {leadline.__version__}")
        raise typer.Exit


@app.callback()
def _root_command(
    version: Annotated[
        bool, typer.Option("--version", is_eager=True, callback=_tell_version, help="Tell the version.")
    ] = False,
) -> None:
    """Leadline: the lead desk that a team runs itself."""


@app.command()
def serve(
    data: Data = None,
    database: Database = None,
    host: Annotated[str | None, typer.Option(help="Address to listen on (default: 127.0.0.1).")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on (default: 8000).")] = None,
    workers: Annotated[int | None, typer.Option(help="Server processes (default: 1).")] = None,
    demo: Annotated[bool, typer.Option("--demo", help="Fill an empty desk with made-up leads.")] = False,
) -> None:
    """Run the server. On an empty folder it makes a workspace, an admin and a first key, and shows them."""
    from leadline.cli import serving, target

    target.report_errors(
        serving.serve_data, data=data, database=database, host=host, port=port, workers=workers, demo=demo
    )


@app.command()
def init(data: Data = None, database: Database = None, json: Json = False) -> None:
    """Make a workspace, an admin and a first key without starting the server, and show them."""
    from leadline.cli import first_start, target

    target.report_errors(first_start.init_data, target.CommandTarget(data, database), as_json=json)


@app.command()
def backup(
    file: Annotated[Path, typer.Argument(help="The file to make; it must not exist.")],
    data: Data = None,
    database: Database = None,
) -> None:
    """Keep the data as they are now in a new file, while the server runs."""
    from leadline.cli import maintenance, target

    target.report_errors(maintenance.back_up, file, data=data, database=database)


@app.command()
def restore(
    file: Annotated[Path, typer.Argument(help="A backup, which is checked first.")],
    data: Data = None,
    database: Database = None,
) -> None:
    """Bring a backup back, into a folder without data."""
    from leadline.cli import maintenance, target

    target.report_errors(maintenance.restore_backup, file, data=data, database=database)


@app.command()
def verify(data: Data = None, database: Database = None) -> None:
    """Check that the data are whole and agree with each other, while the server runs."""
    from leadline.cli import maintenance, target

    target.report_errors(maintenance.verify_all, data=data, database=database)


@app.command()
def copy(
    source: Annotated[str, typer.Option("--from", help="Address of the data: sqlite:///… or postgresql://….")],
    target: Annotated[str, typer.Option("--to", help="Address of the database that is to hold them.")],
    workspace: Annotated[str | None, typer.Option(help="Only the workspace with this id, ws_….")] = None,
) -> None:
    """Copy the data to another database, and compare; after an interruption it goes on where it stopped."""
    from leadline.cli import maintenance
    from leadline.cli.target import report_errors

    report_errors(maintenance.copy_data, source, target, workspace=workspace)


@app.command()
def index(
    kind: Annotated[str | None, typer.Option(help="Only of these records, such as lead.")] = None,
    data: Data = None,
    database: Database = None,
    workspace: Annotated[str | None, typer.Option(help="Only of the workspace with this id, ws_….")] = None,
) -> None:
    """Make the files of the live indexes, or bring them up to date, so that a server begins with them."""
    from leadline.cli import indexes, target

    target.report_errors(indexes.make_files, target.CommandTarget(data, database, workspace), kind_name=kind)


@keys.command("create")
def create_key(
    name: Annotated[str, typer.Argument(help="What the key is for.")],
    scope: Annotated[
        list[str] | None,
        typer.Option(help="What it may do, such as leads:read; several times for more (default: all)."),
    ] = None,
    expires_in_days: Annotated[int | None, typer.Option(min=1, max=36_500, help="When it ends by itself.")] = None,
    data: Data = None,
    database: Database = None,
    workspace: Workspace = None,
) -> None:
    """Make a key and print it; it cannot be shown again."""
    from leadline.cli import keys, target

    place = target.CommandTarget(data, database, workspace)
    target.report_errors(keys.create_key, name, place, scopes=scope or [], expires_in_days=expires_in_days)


@keys.command("list")
def list_keys(data: Data = None, database: Database = None, workspace: Workspace = None, json: Json = False) -> None:
    """List the keys with what they may do and their last use, revoked ones too."""
    from leadline.cli import keys, target

    target.report_errors(keys.show_keys, target.CommandTarget(data, database, workspace), as_json=json)


@keys.command("revoke")
def revoke_key(
    key: Annotated[str, typer.Argument(help="The key's id, key_….")],
    data: Data = None,
    database: Database = None,
    workspace: Workspace = None,
) -> None:
    """Revoke a key: from now on no server takes it."""
    from leadline.cli import keys, target

    target.report_errors(keys.revoke_key, key, target.CommandTarget(data, database, workspace))


@users.command("create")
def create_user(
    email: Email,
    first_name: Annotated[str | None, typer.Option(help="Their first name.")] = None,
    last_name: Annotated[str | None, typer.Option(help="Their last name.")] = None,
    role: Annotated[str, typer.Option(help="admin, user or viewer.")] = "user",
    prompt: Prompt = False,
    data: Data = None,
    database: Database = None,
    workspace: Workspace = None,
) -> None:
    """Make a user; the password is made up and printed, unless you type one."""
    from leadline.cli import target, users

    place = target.CommandTarget(data, database, workspace)
    target.report_errors(
        users.create_user, email, place, first_name=first_name, last_name=last_name, role=role, prompt=prompt
    )


@users.command("list")
def list_users(data: Data = None, database: Database = None, workspace: Workspace = None, json: Json = False) -> None:
    """List the users, disabled ones too."""
    from leadline.cli import target, users

    target.report_errors(users.show_users, target.CommandTarget(data, database, workspace), as_json=json)


@users.command("disable")
def disable_user(email: Email, data: Data = None, database: Database = None, workspace: Workspace = None) -> None:
    """Disable a user: from now on no server lets them in. What they own stays theirs."""
    from leadline.cli import target, users

    target.report_errors(users.disable_user, email, target.CommandTarget(data, database, workspace))


@users.command("enable")
def enable_user(email: Email, data: Data = None, database: Database = None, workspace: Workspace = None) -> None:
    """Let a disabled user in again."""
    from leadline.cli import target, users

    target.report_errors(users.enable_user, email, target.CommandTarget(data, database, workspace))


@users.command("role")
def set_role(
    email: Email,
    role: Annotated[str, typer.Argument(help="admin, user or viewer.")],
    data: Data = None,
    database: Database = None,
    workspace: Workspace = None,
) -> None:
    """Give a user another role: from their next request on it counts."""
    from leadline.cli import target, users

    target.report_errors(users.set_role, email, role, target.CommandTarget(data, database, workspace))


@users.command("password")
def set_password(
    email: Email,
    prompt: Prompt = False,
    data: Data = None,
    database: Database = None,
    workspace: Workspace = None,
) -> None:
    """Give a user another password, made up and printed, unless you type one; it signs them out everywhere."""
    from leadline.cli import target, users

    target.report_errors(users.set_password, email, target.CommandTarget(data, database, workspace), prompt=prompt)


@operations.command("list")
def list_operations(
    limit: Annotated[int, typer.Option(min=1, max=100_000, help="How many, the newest first.")] = 20,
    kind: Annotated[str | None, typer.Option(help="Only of this kind, such as lead.converted.")] = None,
    record: Annotated[str | None, typer.Option(help="Only those that changed this record, by its id.")] = None,
    data: Data = None,
    database: Database = None,
    workspace: Workspace = None,
    json: Json = False,
) -> None:
    """List what was done, the newest first."""
    from leadline.cli import operations, target

    place = target.CommandTarget(data, database, workspace)
    target.report_errors(operations.list_operations, place, limit=limit, kind=kind, record=record, as_json=json)


@operations.command("show")
def show_operation(
    operation: Operation,
    data: Data = None,
    database: Database = None,
    workspace: Workspace = None,
    json: Json = False,
) -> None:
    """Show an operation, with each value before and after."""
    from leadline.cli import operations, target

    place = target.CommandTarget(data, database, workspace)
    target.report_errors(operations.show_operation, operation, place, as_json=json)


@operations.command("undo")
def undo_operation(
    operation: Operation,
    force: Annotated[
        str | None, typer.Option(help="Past conflicts: skip leaves what others have written, overwrite does not.")
    ] = None,
    data: Data = None,
    database: Database = None,
    workspace: Workspace = None,
) -> None:
    """Take an operation back, by a new one whose id is printed. If others have written since, say where."""
    from leadline.cli import operations, target

    place = target.CommandTarget(data, database, workspace)
    target.report_errors(operations.undo_operation, operation, place, force=force)


@app.command()
def changes(
    after: Annotated[str | None, typer.Option(help="Only what came after this seq, or cursor of the API.")] = None,
    follow: Annotated[bool, typer.Option("--follow", help="Go on with what is done next, until Ctrl-C.")] = False,
    data: Data = None,
    database: Database = None,
    workspace: Workspace = None,
    json: Annotated[bool, typer.Option("--json", help="As JSON, one operation a line.")] = False,
) -> None:
    """Print what was done, the oldest first, with the records that it changed."""
    from leadline.cli import changes, target

    place = target.CommandTarget(data, database, workspace)
    target.report_errors(changes.print_changes, place, after=after, follows=follow, as_json=json)


@workspaces.command("create")
def create_workspace(
    name: Annotated[str, typer.Argument(help="The team's name.")], data: Data = None, database: Database = None
) -> None:
    """Make a workspace, and print its id: other teams' data are never seen in it."""
    from leadline.cli import target, workspaces

    target.report_errors(workspaces.create_workspace, name, target.CommandTarget(data, database))


@workspaces.command("list")
def list_workspaces(data: Data = None, database: Database = None, json: Json = False) -> None:
    """List the workspaces."""
    from leadline.cli import target, workspaces

    target.report_errors(workspaces.show_workspaces, target.CommandTarget(data, database), as_json=json)


@workspaces.command("rename")
def rename_workspace(
    workspace: Annotated[str, typer.Argument(help="The workspace's id, ws_….")],
    name: Annotated[str, typer.Argument(help="The team's new name.")],
    data: Data = None,
    database: Database = None,
) -> None:
    """Give a workspace another name."""
    from leadline.cli import target, workspaces

    target.report_errors(workspaces.rename_workspace, workspace, name, target.CommandTarget(data, database))


@workspaces.command("move")
def move_workspace(
    workspace: Annotated[str, typer.Argument(help="The workspace's id, ws_….")],
    to: Annotated[str, typer.Option(help="The cluster that it is to live in: a name of LEADLINE_CLUSTERS, or home.")],
    data: Data = None,
    database: Database = None,
) -> None:
    """Move a workspace to another cluster while it is served; after an interruption it goes on where it stopped."""
    from leadline.cli import target, workspaces

    target.report_errors(workspaces.move_workspace, workspace, to, target.CommandTarget(data, database))


def main() -> None:
    app()
