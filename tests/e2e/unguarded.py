"""`leadline serve` with a convert that is not guarded: it reads the lead in one transaction, and writes what
becomes of it in another. The control of the race: a check that does not see this one fail sees nothing."""

import asyncio
import dataclasses
from functools import partial
from pathlib import Path

import leadline.app
from leadline import migrations
from leadline.access import Actor
from leadline.cli.main import main
from leadline.clock import system_clock
from leadline.crm.conversion import ConversionService
from leadline.crm.kinds import KINDS
from leadline.crm.leads import LEADS
from leadline.crm.matching import MatchService
from leadline.http.endpoints.conversion import ConversionEndpoints
from leadline.http.server.dispatch import Dispatch
from leadline.http.server.endpoint import HandlerInput, Response, Route
from leadline.http.server.request import Request
from leadline.http.server.request_context import RequestContext
from leadline.kit.db import Transaction
from leadline.kit.db.migrate import load_migrations, migrate
from leadline.kit.db.sqlite import SqliteDatabase
from leadline.log import OperationLog
from leadline.records.kind import Kind, Values
from leadline.records.operation import RecordOperation
from leadline.records.service import RecordService
from leadline.records.store import Record

GUARDS = {"lead_id TEXT UNIQUE": "lead_id TEXT", "CREATE UNIQUE INDEX changes_of": "CREATE INDEX changes_of"}


def prepare(file: Path) -> None:
    """Makes a data file whose schema lacks the guards."""
    file.parent.mkdir(parents=True)
    asyncio.run(_migrate(SqliteDatabase(file)))


async def _migrate(database: SqliteDatabase) -> None:
    first, *others = load_migrations(migrations.__name__, database.name)
    script = first.script
    for guarded, unguarded in GUARDS.items():
        assert guarded in script
        script = script.replace(guarded, unguarded)
    await database.open()
    await migrate(database, [dataclasses.replace(first, script=script), *others])
    await database.close()


class _Believing(RecordService):
    """Believes that a lead is as it was when it was read."""

    def __init__(self, lead: Record) -> None:
        super().__init__(OperationLog(system_clock), KINDS)
        self._lead = lead

    async def get(self, tx: Transaction, actor: Actor, kind: Kind, id_: str, **options: object) -> Record:
        assert kind is LEADS
        return self._lead

    def begin(
        self, tx: Transaction, actor: Actor, action: str, *, records: int = 0, undoes: str | None = None
    ) -> RecordOperation:
        return _Unconditional(self.operations, tx, actor, action, records=records, undoes=undoes)


class _Unconditional(RecordOperation):
    """Writes whatever another has written meanwhile."""

    async def update(self, kind: Kind, before: Record, changes: Values, *, unless: str = "") -> Record:
        return await super().update(kind, before, changes)


class _Unguarded(Dispatch):
    async def _run_write(self, route: Route, asked: Request, exchange: RequestContext) -> Response:
        if route.endpoint.name != "convert_lead":
            return await super()._run_write(route, asked, exchange)
        actor = await self._database.read(partial(self._authorize_caller, route, asked, exchange))
        body = await self._read_body(route, asked)
        records = RecordService(OperationLog(system_clock), KINDS)
        lead = await self._database.read(lambda tx: records.get(tx, actor, LEADS, asked.id))
        convert = ConversionEndpoints(ConversionService(_Believing(lead)), MatchService(records)).convert_endpoint()
        assert convert.run is not None
        assert convert.parse is not None
        call = HandlerInput(actor, asked, body)
        call.parsed = convert.parse(call)
        run = convert.run
        return await self._database.write(lambda tx: run(tx, call))


if __name__ == "__main__":
    leadline.app.Dispatch = _Unguarded  # type: ignore[attr-defined]
    main()
