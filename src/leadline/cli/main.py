"""The `leadline` command. What a command needs is imported when it runs, so that --help costs nothing."""

from pathlib import Path
from typing import Annotated

import typer

Data = Annotated[Path | None, typer.Option(help="Folder of the data file (default: ./data).")]
Database = Annotated[str | None, typer.Option(help="Address of the data instead: sqlite:///path/to/file.db.")]

app = typer.Typer(
    help="Leadline: the lead desk that a team runs itself.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
keys = typer.Typer(help="API keys, which programs sign in with.", no_args_is_help=True)
app.add_typer(keys, name="keys")


@app.command()
def serve(
    data: Data = None,
    database: Database = None,
    host: Annotated[str | None, typer.Option(help="Address to listen on (default: 127.0.0.1).")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on (default: 8000).")] = None,
    workers: Annotated[int | None, typer.Option(help="Server processes (default: 1).")] = None,
) -> None:
    """Run the server. On an empty folder it makes a workspace and a first key, and shows a request to paste."""
    from leadline.cli import run, serving

    run.guarded(serving.serve, data=data, database=database, host=host, port=port, workers=workers)


@app.command()
def backup(
    file: Annotated[Path, typer.Argument(help="The file to make; it must not exist.")],
    data: Data = None,
    database: Database = None,
) -> None:
    """Keep the data as they are now in a new file, while the server runs."""
    from leadline.cli import run, upkeep

    run.guarded(upkeep.back_up, file, data=data, database=database)


@app.command()
def restore(
    file: Annotated[Path, typer.Argument(help="A backup, which is checked first.")],
    data: Data = None,
    database: Database = None,
) -> None:
    """Bring a backup back, into a folder without data."""
    from leadline.cli import run, upkeep

    run.guarded(upkeep.restore, file, data=data, database=database)


@app.command()
def verify(data: Data = None, database: Database = None) -> None:
    """Check that the data are whole and agree with each other, while the server runs."""
    from leadline.cli import run, upkeep

    run.guarded(upkeep.verify_data, data=data, database=database)


@app.command()
def copy(
    source: Annotated[str, typer.Option("--from", help="Address of the data: sqlite:///… or postgresql://….")],
    target: Annotated[str, typer.Option("--to", help="Address of the database that is to hold them.")],
    workspace: Annotated[str | None, typer.Option(help="Only the workspace with this id, ws_….")] = None,
) -> None:
    """Copy the data to another database, and compare; after an interruption it goes on where it stopped."""
    from leadline.cli import run, upkeep

    run.guarded(upkeep.copy, source, target, workspace=workspace)


@keys.command("create")
def create_key(
    name: Annotated[str, typer.Argument(help="What the key is for.")], data: Data = None, database: Database = None
) -> None:
    """Make a key and print it; it cannot be shown again."""
    from leadline.cli import keys, run

    run.guarded(keys.create, name, data=data, database=database)


@keys.command("list")
def list_keys(data: Data = None, database: Database = None) -> None:
    """List the keys, revoked ones too."""
    from leadline.cli import keys, run

    run.guarded(keys.show, data=data, database=database)


@keys.command("revoke")
def revoke_key(
    key: Annotated[str, typer.Argument(help="The key's id, key_….")], data: Data = None, database: Database = None
) -> None:
    """Revoke a key: from now on no server takes it."""
    from leadline.cli import keys, run

    run.guarded(keys.revoke, key, data=data, database=database)


def main() -> None:
    app()
