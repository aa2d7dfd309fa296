"""What every command does around its own work."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import ParamSpec, TypeVar

import typer
from pydantic import ValidationError

from leadline.app import App, build
from leadline.errors import LeadlineError
from leadline.kit.db import DatabaseError
from leadline.settings import Settings

P = ParamSpec("P")
T = TypeVar("T")


def guarded(command: Callable[P, None], *arguments: P.args, **options: P.kwargs) -> None:
    """Runs the command. What it refuses becomes a sentence on standard error and exit status 1."""
    try:
        command(*arguments, **options)
    except ValidationError as error:
        for problem in error.errors():
            typer.echo(f"leadline: {'.'.join(map(str, problem['loc']))}: {problem['msg']}", err=True)
        raise typer.Exit(1) from None
    except LeadlineError as error:
        for one in error.errors:
            typer.echo(f"leadline: {one.message}", err=True)
        if not error.errors:
            typer.echo(f"leadline: {error.detail}", err=True)
        raise typer.Exit(1) from None
    except (DatabaseError, OSError) as error:
        typer.echo(f"leadline: {error}", err=True)
        raise typer.Exit(1) from None


def settings_of(**given: object) -> Settings:
    """The settings: those given on the command line, the others from the environment or their defaults."""
    return Settings(**{name: value for name, value in given.items() if value is not None})  # type: ignore[arg-type]


def with_app(settings: Settings, work: Callable[[App], Awaitable[T]]) -> T:
    """Opens the data, brings them up to date, and runs the work on them."""

    async def opened() -> T:
        async with build(settings).open() as app:
            return await work(app)

    return asyncio.run(opened())
