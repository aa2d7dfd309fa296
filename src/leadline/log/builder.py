"""The builder of operations, the one way to write: it collects changes while they are written, and logs them."""

from types import TracebackType
from typing import Self

from leadline.access import Actor
from leadline.kit.db import Transaction
from leadline.log import Change, Operation, OperationLog


class OperationBuilder:
    """An operation of a workspace while it is written. Use it as a context: `async with` begins the operation, and
    appends it to the log on leaving without an error.

    Each record has one change and one version step in an operation, however often the operation touches the record.

    actor: who the log says did it; its workspace is the operation's.
    operation: its number in the log, and its time; known from the beginning of the context.
    """

    operation: Operation

    def __init__(
        self,
        log: OperationLog,
        tx: Transaction,
        actor: Actor,
        kind: str,
        *,
        records: int = 0,
        undoes: str | None = None,
    ) -> None:
        """`kind` is the action in the past tense, such as `lead.converted`. `records` is how many new records are
        expected; a number for each is taken at the beginning. `undoes` is the id of the operation that this one takes
        back."""
        self.tx = tx
        self.actor = actor
        self._log = log
        self._kind = kind
        self._records = records
        self._undoes = undoes
        self._numbers_taken = 0
        self._changes: dict[str, Change] = {}

    async def __aenter__(self) -> Self:
        """Raises `Unavailable` while the workspace is being moved, and `WrongCluster` once it was."""
        self.operation = await self._log.begin(self.tx, self.actor.workspace, records=self._records)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if error is None:
            changes = self._changes.values()
            await self._log.append(self.tx, self.actor, self.operation, self._kind, changes, self._undoes)

    async def take_number(self) -> int:
        """Takes the running number of a new record."""
        if self._numbers_taken == self._records:
            return await self._log.take_number(self.tx, self.actor.workspace)
        self._numbers_taken += 1
        return self.operation.first_no + self._numbers_taken - 1

    def next_version(self, record_id: str, version: int) -> int:
        """Returns the version that a record has after the operation, given its version now."""
        return version if record_id in self._changes else version + 1

    def note(self, change: Change) -> None:
        """Adds a change, or merges it with the operation's earlier change of the same record."""
        before = self._changes.get(change.record_id)
        self._changes[change.record_id] = change if before is None else _merge(before, change)


def _merge(first: Change, second: Change) -> Change:
    fields = dict(first.fields)
    for name, (was, now) in second.fields.items():
        fields[name] = [fields[name][0] if name in fields else was, now]
    changed = {name: values for name, values in fields.items() if values[0] != values[1]}
    return Change(first.record_id, second.version, changed)
