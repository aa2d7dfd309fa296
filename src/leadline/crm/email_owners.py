"""The records that have an e-mail, for upserts: chosen in a read, and confirmed in the write."""

from collections.abc import Iterable, Sequence

from leadline.access import Actor
from leadline.crm.leads import CONVERTED, LEADS
from leadline.kit.db import SqlValue, Transaction
from leadline.records import store
from leadline.records.filters import Condition, Predicate
from leadline.records.kind import Kind
from leadline.records.query import MAX_LIST_VALUES
from leadline.records.selection import Selection, confirm_selection, select_records
from leadline.records.service import RecordService
from leadline.records.store import Record
from leadline.records.types import Value

MAX_OWNERS = 2_000
"""Most records that may have one of `MAX_LIST_VALUES` e-mails."""


class EmailOwners:
    """The records of a kind that have one of some e-mails, without converted leads."""

    def __init__(self, kind: Kind, workspace: int) -> None:
        self._kind = kind
        self._workspace = workspace
        self._chosen: list[tuple[Predicate, Selection]] = []
        self._ids: dict[SqlValue, dict[str, None]] = {}
        self._keys: dict[str, SqlValue] = {}

    async def choose_owners(
        self, tx: Transaction, records: RecordService, actor: Actor, emails: Iterable[Value]
    ) -> None:
        """Chooses the owners of the e-mails, in a read. May be run again."""
        keys = sorted({str(self._key_of(email)) for email in emails})
        self._chosen = []
        for start in range(0, len(keys), MAX_LIST_VALUES):
            predicate = self._make_predicate(keys[start : start + MAX_LIST_VALUES])
            selection = await select_records(tx, records, actor, self._kind, predicate, MAX_OWNERS)
            self._chosen.append((predicate, selection))

    def _make_predicate(self, keys: Sequence[str]) -> Predicate:
        open_leads = [Condition("status", "ne", (CONVERTED,))] if self._kind is LEADS else []
        return Predicate((Condition("email", "in", tuple(keys)), *open_leads))

    async def confirm_owners(self, tx: Transaction) -> None:
        """Finds out the owners as they are now, in the write. May be run again."""
        self._ids, self._keys = {}, {}
        for predicate, selection in self._chosen:
            nos = await confirm_selection(tx, self._kind, self._workspace, predicate, selection)
            for record in await store.find_stored(tx, self._kind, self._workspace, sorted(nos)):
                self.note_record(record)

    def find_owners(self, email: Value) -> list[str]:
        """Returns the ids of the records that have the e-mail, the oldest first."""
        return sorted(self._ids.get(self._key_of(email), {})) if email else []

    def note_record(self, record: Record) -> None:
        """Takes note of a record as it is now."""
        if "email" not in self._kind.fields:
            return
        self.forget_record(record)
        if self._kind is LEADS and record["status"] == CONVERTED:
            return
        id_, key = str(record["id"]), self._key_of(record["email"])
        self._ids.setdefault(key, {})[id_] = None
        self._keys[id_] = key

    def forget_record(self, record: Record) -> None:
        key = self._keys.pop(str(record["id"]), None)
        if key is not None:
            self._ids[key].pop(str(record["id"]), None)

    def _key_of(self, email: Value) -> SqlValue:
        return self._kind.fields["email"].type.fold_key(email)
