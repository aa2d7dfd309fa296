"""`leadline backup`, `restore`, `verify` and `copy`."""

import asyncio
from pathlib import Path

import typer

from leadline.app import as_it_is, database_of, up_to_date
from leadline.cli.target import CommandTarget, check_settings, say_progress, settings_of
from leadline.kit.db import Database, DatabaseError
from leadline.maintenance import copying, files, moving
from leadline.maintenance.verify import VerifyReport, verify_data
from leadline.settings import Settings


def back_up(file: Path, *, data: Path | None, database: str | None) -> None:
    settings = _in_a_file(CommandTarget(data, database).read_settings())
    files.back_up(settings.data_file, file)
    typer.echo(f"{file} holds the data of {settings.data_file} ({file.stat().st_size:,} bytes).")


def restore_backup(file: Path, *, data: Path | None, database: str | None) -> None:
    settings = _in_a_file(settings_of(data=data, database=database))
    with files.restoring_copy(file, settings.data_file) as copied:
        report = asyncio.run(_check_restored(copied))
        _show_report(report)
        if report.findings:
            raise DatabaseError(f"{file} is not restored: what it holds is broken.")
    typer.echo(f"{settings.data_file} holds the data of {file}.")


def verify_all(*, data: Path | None, database: str | None) -> None:
    members = settings_of(data=data, database=database).cluster_settings
    is_broken = False
    for name, settings in members.items():
        report = asyncio.run(_check_data(settings))
        if len(members) > 1:
            typer.echo(f"Cluster {name}:")
        _show_report(report)
        is_broken |= bool(report.findings)
    if is_broken:
        raise typer.Exit(1)


def copy_data(source: str, target: str, *, workspace: str | None) -> None:
    origin, destination = _settings_of(source, "--from"), _settings_of(target, "--to")
    if not origin.is_there:
        raise DatabaseError(f"There are no data at {origin.data_file}; say with --from where they are.")
    if _place_of(origin) == _place_of(destination):
        raise DatabaseError("--from and --to are the same database.")
    asyncio.run(_copy_data(origin, destination, workspace))
    typer.echo("The copy is whole, and equal to its source.")


def _settings_of(address: str, option: str) -> Settings:
    """Returns the settings of one database alone. Replica and clusters in the environment are ignored."""
    if not address:
        raise DatabaseError(f"{option} must name a database.")
    return check_settings({"database": address, "replica": "", "clusters": ""}, {"database": option})


def _in_a_file(settings: Settings) -> Settings:
    if settings.on_postgres:
        raise DatabaseError(
            "These data are in PostgreSQL, whose own programs back them up: pg_dump and pg_restore, or"
            " pg_basebackup; docs/data.md shows how."
        )
    return settings


async def _check_restored(file: Path) -> VerifyReport:
    """Verifies a restored file, after bringing it to this version's schema."""
    settings = Settings(database=f"sqlite:///{file}")
    async with as_it_is(settings, older=True):
        pass
    async with up_to_date(database_of(settings)) as database:
        return await _verify_database(database)


async def _check_data(settings: Settings) -> VerifyReport:
    async with as_it_is(settings, only_snapshots=True) as database:
        return await _verify_database(database)


async def _verify_database(database: Database) -> VerifyReport:
    async with database.snapshot() as tx:
        return await verify_data(tx, say_progress)


def _show_report(report: VerifyReport) -> None:
    for finding in report.findings:
        typer.echo(str(finding), err=True)
    counted = ", ".join(f"{count:,} {table}" for table, count in report.counts.items())
    typer.echo(f"Checked {counted}: {len(report.findings)} of {len(report.checked)} invariants are broken.")


async def _copy_data(source: Settings, target: Settings, workspace: str | None) -> None:
    async with (
        as_it_is(source) as original,
        up_to_date(database_of(target)) as destination,
        original.snapshot() as tx,
    ):
        if workspace is not None:
            await moving.refuse_moved(tx, workspace)
        await copying.copy_data(tx, destination, workspace, say_progress)


def _place_of(settings: Settings) -> object:
    return settings.database if settings.on_postgres else settings.data_file.resolve()
