"""Copying to another database: adds missing rows, corrects different ones, and compares both sides at the end.

A copy reads one snapshot, so the source may be served meanwhile. Each batch is a transaction of its own: a copy that
is cut off leaves whole batches, and the next run goes on from them. The next run may read a later state of the
source, and then corrects rows copied before. First it deletes rows that are gone and empties columns that could block
changes, from the referring tables to the tables they refer to. Then it adds and corrects rows in the other direction.

The workspaces with their `seq` are copied first, and the newest operations last. Meanwhile the log ends before its
workspace's `seq`, which tells a server that runs on the target that its tables are changing.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from leadline.kit.db import ConstraintViolation, Database, DatabaseError, Row, Transaction
from leadline.kit.db.introspection import read_tables
from leadline.maintenance import copy_mark
from leadline.maintenance.checksums import BATCH_ROWS, newest_operations, read_batches, sum_up
from leadline.maintenance.table_parts import TablePart, changed_since, travelling_parts

REPORT_EVERY_ROWS = 20 * BATCH_ROWS
MAX_CHANGED_ROWS = 5_000
"""The number of changed records up to which only those are compared. With more, all rows are compared."""

Say = Callable[[str], None]


class OtherData(DatabaseError):
    """The error for a target that has data which are not the source's."""


class CopyDiffers(DatabaseError):
    pass


async def copy_data(source: Transaction, target: Database, workspace: str | None, say: Say) -> None:
    """Makes the target equal to the source: all of it, or the workspace with that id. `say` is called with lines of
    progress.

    Raises:
        OtherData: the target has data of its own, none of which was changed.
        CopyDiffers: somebody else has written to the target meanwhile; another run will say what.
    """
    own = await newest_operations(source)
    if workspace is not None and workspace not in own:
        raise DatabaseError(f"The source has no workspace {workspace}.")
    moving = own if workspace is None else {workspace: own[workspace]}
    await _refuse_other_data(source, target, moving, everything=workspace is None)
    if workspace is None:
        await copy_mark.set_mark(target)
    else:
        await copy_mark.refuse_unfinished(target)
    number = None if workspace is None else int(own[workspace][0] or 0)
    travelling = travelling_parts(await read_tables(source), number)
    await _carry_over(source, target, travelling, moving, say)
    if workspace is None:
        await copy_mark.clear_mark(target)


async def copy_changes(source: Transaction, target: Database, workspace: str, seq: int) -> int:
    """Brings a workspace's copy up to date. The copy was equal to the source when the newest operation was `seq`.

    Returns the number of operations since then.

    Raises:
        OtherData, CopyDiffers: as `copy_data` does.
    """
    own = await newest_operations(source)
    number, newest = (int(value or 0) for value in own[workspace][:2])
    moving = {workspace: own[workspace]}
    await _refuse_other_data(source, target, moving, everything=False)
    rows = await source.fetch_all(
        "SELECT DISTINCT record_id FROM changes WHERE workspace = ? AND seq > ?", (number, seq)
    )
    travelling = travelling_parts(await read_tables(source), number)
    if len(rows) <= MAX_CHANGED_ROWS:
        travelling = [changed_since(part, seq, [str(row[0]) for row in rows]) for part in travelling]
    await _carry_over(source, target, travelling, moving, lambda line: None)
    return newest - seq


async def _carry_over(
    source: Transaction, target: Database, travelling: list[TablePart], moving: dict[str, Row], say: Say
) -> None:
    run = _TableCopy(source, target, say)
    await run.fill_part(travelling[0])
    for part in reversed(travelling):
        await run.clear_part(part)
    for part in travelling[1:]:
        await run.fill_part(part)
    await _compare_sides(source, target, travelling, moving, say)


async def _refuse_other_data(
    source: Transaction, target: Database, moving: dict[str, Row], *, everything: bool
) -> None:
    """Raises `OtherData` if the target has data that the copy must not touch.

    The target may have older states of the copied workspaces, and other workspaces unless everything is copied.
    """
    numbers = {row[0]: id_ for id_, row in moving.items()}
    for id_, (number, _, seq, operation) in (await target.read(newest_operations)).items():
        if number in numbers and numbers[number] != id_:
            raise OtherData(
                f"The target already has another workspace under the number {number}: {id_}, not {numbers[number]}."
                " Copy to an empty database."
            )
        if id_ not in moving:
            if everything:
                raise OtherData(f"The target has a workspace of its own, {id_}; copy to an empty database.")
        elif moving[id_][0] != number:
            raise OtherData(
                f"The target already has {id_} under another number, {number}; copy to an empty database."
            )
        elif seq is not None and not await _has_operation(source, number, seq, operation):
            raise OtherData(
                f"The target's workspace {id_} has been written to since it was copied: its operation {seq}"
                f" ({operation}) is not the source's. Nothing was changed."
            )


async def _has_operation(source: Transaction, *place: object) -> bool:
    sql = "SELECT 1 FROM operations WHERE workspace = ? AND seq = ? AND id = ?"
    return await source.fetch_one(sql, place) is not None  # type: ignore[arg-type]


@dataclass(frozen=True)
class _TableCopy:
    source: Transaction
    target: Database
    say: Say

    async def clear_part(self, part: TablePart) -> None:
        """Deletes the target's rows that the source no longer has, and detaches the rows that differ."""
        if not await self.target.read(part.count_rows):
            return
        async for rows, bounds in read_batches(self.source, part):
            here, there = await self._read_both(part, rows, bounds)
            gone = [key for key in there if key not in here]
            changed = [key for key, row in there.items() if key in here and here[key] != row]
            if gone or (changed and part.detachable_columns):
                await self.target.write(partial(_clear_rows, part, changed, gone))

    async def fill_part(self, part: TablePart) -> None:
        total, seen, new = await part.count_rows(self.source), 0, 0
        if total:
            self.say(f"{part.name}: {total:,} rows to look at")
        async for rows, bounds in read_batches(self.source, part):
            here, there = await self._read_both(part, rows, bounds)
            missing = [row for key, row in here.items() if key not in there]
            changed = [row for key, row in here.items() if key in there and there[key] != row]
            if missing or changed:
                await self._write_rows(part, missing, changed)
            seen, new = seen + len(rows), new + len(missing) + len(changed)
            if seen < total and seen % REPORT_EVERY_ROWS == 0:
                self.say(f"{part.name}: {seen:,} of {total:,}")
        self.say(f"{part.name}: {total:,} rows, {new:,} of them written")

    async def _read_both(
        self, part: TablePart, rows: list[Row], bounds: tuple[Row, Row]
    ) -> tuple[dict[Row, Row], dict[Row, Row]]:
        found = await self.target.read(lambda tx: part.read_rows(tx, *bounds))
        return {part.key_of(row): row for row in rows}, {part.key_of(row): row for row in found}

    async def _write_rows(self, part: TablePart, missing: list[Row], changed: list[Row]) -> None:
        try:
            await self.target.write(partial(_fill_rows, part, missing, changed))
        except ConstraintViolation as error:
            raise OtherData(
                f"The target already has other data under the same ids in {part.name} ({error})."
                " Copy to an empty database."
            ) from error


async def _clear_rows(part: TablePart, changed: list[Row], gone: list[Row], tx: Transaction) -> None:
    tx.expect_slow()
    await part.detach_rows(tx, changed)
    await part.delete_rows(tx, gone)


async def _fill_rows(part: TablePart, missing: list[Row], changed: list[Row], tx: Transaction) -> None:
    tx.expect_slow()
    await part.update_rows(tx, changed)
    await part.insert_rows(tx, missing)


async def _compare_sides(
    source: Transaction, target: Database, travelling: list[TablePart], moving: dict[str, Row], say: Say
) -> None:
    """Raises `CopyDiffers` unless source and target are equal."""
    async with target.snapshot() as copied:
        for part in travelling:
            wanted, found = await sum_up(source, part), await sum_up(copied, part)
            if wanted != found:
                raise CopyDiffers(f"{part.name} differ: the source has {wanted}; the target has {found}. Copy again.")
            say(f"{part.name}: {found}, equal")
        reached = await newest_operations(copied)
    for id_, newest in moving.items():
        if reached.get(id_) != newest:
            raise CopyDiffers(f"The logs of {id_} differ. Copy again.")
        say(f"{id_}: seq {newest[1]:,}, equal")
