"""A power cut, simulated: every write to the disk is recorded, and at any moment the disk may hold only what was
flushed, and of the rest whatever it likes. (Killing the process shows nothing of this: the system keeps its pages.)
"""

import asyncio
import gc
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import apsw
import pytest

import leadline.kit.db.sqlite
from leadline.app import build_app
from leadline.crm.leads import LEADS
from leadline.kit.db.sqlite import checkpointer
from leadline.kit.db.sqlite.connection import open_connection
from leadline.records.body import read_new
from leadline.settings import Settings

LEADS_WRITTEN = 25
CUTS = 60


@dataclass
class Disk:
    """What was done to it, in order: (what, file, offset or size, data), and ("ack", id) for each answered write."""

    done: list[tuple[Any, ...]] = field(default_factory=list)

    def after_cut(self, at: int, chance: random.Random) -> tuple[dict[str, bytearray], list[str]]:
        """The files as they may be if the power goes after `at` steps, and the ids acknowledged till then."""
        files: dict[str, bytearray] = {}
        unflushed: dict[str, list[tuple[Any, ...]]] = {}
        acknowledged = []
        for step in self.done[:at]:
            if step[0] == "ack":
                acknowledged.append(step[1])
            elif step[0] == "flush":
                for earlier in unflushed.pop(step[1], []):
                    _apply(files, earlier)
            elif step[0] == "delete":  # SQLite has the folder flushed with it
                unflushed.pop(step[1], None)
                files.pop(step[1], None)
            else:
                unflushed.setdefault(step[1], []).append(step)
        for steps in unflushed.values():
            for step in steps:
                if chance.random() < 0.5:
                    _apply(files, step)
        return files, acknowledged


def _apply(files: dict[str, bytearray], step: tuple[Any, ...]) -> None:
    what, name, place, data = step
    content = files.setdefault(name, bytearray())
    if what == "write":
        content.extend(bytes(max(0, place + len(data) - len(content))))
        content[place : place + len(data)] = data
    else:
        del content[place:]


class RecordedFile(apsw.VFSFile):
    def __init__(self, disk: Disk, name: Any, flags: Any) -> None:
        self._disk = disk
        path = name.filename() if isinstance(name, apsw.URIFilename) else name
        self._name = Path(path or "temporary").name
        super().__init__("unix", name, flags)

    def xWrite(self, data: bytes, offset: int) -> None:  # noqa: N802
        self._disk.done.append(("write", self._name, offset, bytes(data)))
        super().xWrite(data, offset)

    def xTruncate(self, size: int) -> None:  # noqa: N802
        self._disk.done.append(("truncate", self._name, size, b""))
        super().xTruncate(size)

    def xSync(self, flags: int) -> None:  # noqa: N802
        self._disk.done.append(("flush", self._name))
        super().xSync(flags)


class RecordedDisk(apsw.VFS):
    def __init__(self, disk: Disk) -> None:
        self._disk = disk
        super().__init__("recorded", "unix", makedefault=True)

    def xOpen(self, name: Any, flags: Any) -> RecordedFile:  # noqa: N802
        return RecordedFile(self._disk, name, flags)

    def xDelete(self, name: str, sync_directory: bool) -> None:  # noqa: N802
        self._disk.done.append(("delete", Path(name).name, 0, b""))
        super().xDelete(name, sync_directory)


@pytest.fixture
def disk() -> Iterator[Disk]:
    recorded = Disk()
    vfs = RecordedDisk(recorded)
    yield recorded
    gc.collect()  # what is still open on it
    vfs.unregister()


async def write_leads(folder: Path, disk: Disk) -> None:
    app = build_app(Settings(data=folder))
    async with app.open():
        workspace = await app.database.write(lambda tx: app.workspaces.create(tx, "Acme"))
        actor = await app.database.read(lambda tx: app.workspaces.system_actor(tx, workspace.number))
        for number in range(LEADS_WRITTEN):
            lead = read_new(LEADS, {"lastName": "Lee", "email": f"dana{number}@startup.example"})
            written = await app.database.write(partial(app.records.create, actor=actor, kind=LEADS, draft=lead))
            disk.done.append(("ack", written.record["id"]))


def lost_and_broken(disk: Disk, folder: Path) -> tuple[int, int]:
    """In how many of the states after a cut an acknowledged lead is missing, and how many are corrupt."""
    chance = random.Random(1)
    first = next(at for at, step in enumerate(disk.done) if step[0] == "ack")
    lost = broken = 0
    for number in range(CUTS):
        files, acknowledged = disk.after_cut(chance.randrange(first, len(disk.done)), chance)
        state = folder / str(number)
        state.mkdir()
        for name, content in files.items():
            if not name.endswith("-shm"):
                (state / name).write_bytes(content)
        connection = apsw.Connection(str(state / "leadline.db"), vfs="unix")
        broken += connection.execute("PRAGMA integrity_check").fetchall() != [("ok",)]
        lost += not leads_in(connection).issuperset(acknowledged)
        connection.close()
    return lost, broken


def leads_in(connection: apsw.Connection) -> set[str]:
    if not connection.table_exists(None, "leads"):  # even the migration may be lost
        return set()
    return {id_ for (id_,) in connection.execute("SELECT id FROM leads")}


def test_a_power_cut_loses_nothing_that_was_acknowledged(tmp_path: Path, disk: Disk) -> None:
    asyncio.run(write_leads(tmp_path / "data", disk))
    assert lost_and_broken(disk, tmp_path) == (0, 0)


def test_nor_does_one_while_checkpoints_are_made_beside_the_writes(
    tmp_path: Path, disk: Disk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checkpointer, "LONG_WAL_PAGES", 10)
    asyncio.run(write_leads(tmp_path / "data", disk))
    first, *_, last = (at for at, step in enumerate(disk.done) if step[0] == "ack")
    assert any(step[:2] == ("write", "leadline.db") for step in disk.done[first:last])
    assert lost_and_broken(disk, tmp_path) == (0, 0)


def test_the_same_with_less_flushing_does_lose(tmp_path: Path, disk: Disk, monkeypatch: pytest.MonkeyPatch) -> None:
    def connect_carelessly(path: Path) -> apsw.Connection:
        connection = open_connection(path)
        connection.execute("PRAGMA synchronous = NORMAL")
        return connection

    monkeypatch.setattr(leadline.kit.db.sqlite, "open_connection", connect_carelessly)
    asyncio.run(write_leads(tmp_path / "data", disk))
    lost, broken = lost_and_broken(disk, tmp_path)
    assert lost > 0
    assert broken == 0
