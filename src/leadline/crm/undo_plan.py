"""The plan of an undo: the undo of each record of an operation, and what follows from one for another."""

from collections.abc import Collection, Iterable, Mapping, Sequence

from leadline import ids
from leadline.crm.accounts import ACCOUNTS
from leadline.crm.contacts import CONTACTS
from leadline.crm.kinds import KINDS
from leadline.crm.leads import CONVERTED, LEADS
from leadline.crm.opportunities import OPPORTUNITIES
from leadline.crm.record_undo import Force, RecordUndo
from leadline.kit.db import Transaction
from leadline.log import operations
from leadline.log.operations import RecordChange
from leadline.log.provenance import FieldWriter, trace_writers
from leadline.records import store
from leadline.records.kind import Kind, Values
from leadline.records.operation import RecordOperation
from leadline.records.service import RecordService
from leadline.records.store import Record
from leadline.records.types import Value

MAX_LATER_CHANGES = 5_000
"""Changes of a record since the operation, over which all its fields count as changed."""

KINDS_BY_PREFIX = {kind.prefix: kind for kind in KINDS}
_PARENTS_FIRST = (ACCOUNTS, CONTACTS, OPPORTUNITIES, LEADS)
_CONVERSION = ("status", "convertedAt", "convertedContactId", "convertedAccountId", "convertedOpportunityId")
_MADE_FROM_LEADS = {
    CONTACTS: "convertedContactId",
    ACCOUNTS: "convertedAccountId",
    OPPORTUNITIES: "convertedOpportunityId",
}
"""The kinds whose records carry the lead that they were made from, and the lead's field that names them back."""


class UndoPlan:
    """The plan for all records of an operation, made and carried out in one transaction."""

    def __init__(self, records: RecordService, tx: Transaction, workspace: int, force: Force | None) -> None:
        self._service = records
        self._tx = tx
        self._workspace = workspace
        self._force = force
        self._undos: dict[str, RecordUndo] = {}
        self._versions: dict[str, int] = {}

    @property
    def records(self) -> Iterable[RecordUndo]:
        return self._undos.values()

    def has_effects(self) -> bool:
        return any(undo.action != "kept" for undo in self.records)

    async def make_plan(self, changes: Sequence[RecordChange]) -> None:
        """Plans the undo of each change, and then what follows from one for another."""
        self._tx.expect_slow()
        now = await self._find_now([change.record_id for change in changes])
        for change in changes:
            writers = await self._trace_writers(change)
            record = now.get(change.record_id)
            undo = RecordUndo(_kind_of(change.record_id), change.record_id, record, self._force, change, writers)
            self._undos[undo.id] = undo
        gone = await self._find_gone()
        for undo in self.records:
            undo.plan_alone(gone)
            if undo.kind is LEADS:
                _keep_conversion(undo)
        await self._keep_referenced()
        await self._drop_dangling()
        await self._keep_conversions_whole()
        for undo in self.records:
            undo.keep_rules()

    async def _find_now(self, record_ids: Iterable[str]) -> dict[str, Record]:
        found = {}
        for kind in KINDS:
            nos = [ids.number_of(id_) for id_ in record_ids if _kind_of(id_) is kind]
            for record in await store.find_stored(self._tx, kind, self._workspace, nos):
                found[str(record["id"])] = record
        return found

    async def _trace_writers(self, change: RecordChange) -> dict[str, FieldWriter]:
        """Traces the writers of the record's fields since the change, and notes the version that it has."""
        later = await operations.read_changes_of(
            self._tx, self._workspace, change.record_id, since=change.version, limit=MAX_LATER_CHANGES + 1
        )
        self._versions[change.record_id] = later[-1].version
        if len(later) > MAX_LATER_CHANGES:
            return dict.fromkeys(change.fields, FieldWriter(later[-1].operation))
        return dict(trace_writers(later))

    async def _find_gone(self) -> set[Value]:
        """Returns those of the references that the changes set that lead nowhere now."""
        written = [reference for undo in self.records for reference in undo.written_references()]
        gone: set[Value] = set()
        for kind in KINDS:
            named: set[Value] = {id_ for _, to, id_ in written if to == kind.name}
            gone |= named - await self._find_existing(kind, named)
        return gone - await self._find_gone_before()

    async def _find_gone_before(self) -> set[Value]:
        """Returns the survivors of merges that were gone already when the operation took their merge back."""
        merges = [(undo.merged_into, undo.seq) for undo in self.records if undo.merged_into]
        return {
            survivor
            for survivor, seq in merges
            if await operations.find_newest_seq(self._tx, self._workspace, survivor) < seq
        }

    async def _find_existing(self, kind: Kind, named: set[Value]) -> set[Value]:
        return await self._service.references.find_existing(self._tx, kind.name, self._workspace, named)

    async def _keep_referenced(self) -> None:
        """Notes each record that would be deleted and that others refer to. With `skip` it stays, and so do the
        records that it refers to."""
        while references := await self._find_references():
            for target, referrer in references:
                target.add_conflict("referenced", referrer=referrer)
                target.exists = self._force is Force.SKIP
            if self._force is not Force.SKIP:
                return

    async def _find_references(self) -> list[tuple[RecordUndo, str]]:
        """Returns the records that would be deleted and that others refer to after the undo, with one of these."""
        found: dict[str, tuple[RecordUndo, str]] = {}
        for kind in KINDS:
            deleted = [undo.id for undo in self.records if undo.kind is kind and undo.action == "deleted"]
            for referring, name in self._service.references.fields_to(kind) if deleted else ():
                rows = await store.find_referring(self._tx, referring, self._workspace, name, deleted)
                for referrer, target in rows:
                    if self._still_refers(referrer, name, target):
                        found[target] = self._undos[target], referrer
        return list(found.values())

    def _still_refers(self, referrer: str, name: str, target: str) -> bool:
        """Returns True if the record refers to the target after the undo, too."""
        undo = self._undos.get(referrer)
        if undo is None:
            return True
        return undo.result is not None and undo.result[name] == target

    async def _drop_dangling(self) -> None:
        """Leaves out the references to records that do not exist after the undo."""
        wanted = [(undo, name, type_.to, id_) for undo in self.records for name, type_, id_ in undo.references()]
        for kind in KINDS:
            named: set[Value] = {id_ for _, _, to, id_ in wanted if to == kind.name}
            existing = await self._find_existing(kind, named)
            for undo, name, to, id_ in wanted:
                if to == kind.name and not self._exists(id_, existing):
                    undo.leave_out(name, "target_gone")

    def _exists(self, id_: str, existing: Collection[Value]) -> bool:
        undo = self._undos.get(id_)
        return undo.exists if undo else id_ in existing

    async def _keep_conversions_whole(self) -> None:
        """Takes the lead away from each record that its lead does not name after the undo."""
        leads = await self._find_leads()
        for kind, name in _MADE_FROM_LEADS.items():
            for record_id, lead_id in await self._find_made_from(kind, list(leads)):
                lead = leads[lead_id]
                if lead is None or lead[name] == record_id:
                    continue
                undo = self._undos.get(record_id) or await self._add_undo(kind, record_id)
                if undo.changes.get("leadId") is not None:
                    undo.leave_out("leadId", "taken")
                if undo.now is not None and undo.now["leadId"] is not None:
                    undo.changes["leadId"] = None

    async def _find_leads(self) -> dict[str, Values | None]:
        """Returns the leads of the plan, and those that records of the plan were made from, as they are after the
        undo; None for a lead that does not exist then."""
        leads = {undo.id: undo.result for undo in self.records if undo.kind is LEADS}
        results = [undo.result for undo in self.records if undo.kind in _MADE_FROM_LEADS]
        others = {str(result["leadId"]) for result in results if result and result["leadId"]} - leads.keys()
        now = await self._find_now(others)
        return leads | {id_: now[id_].values if id_ in now else None for id_ in others}

    async def _find_made_from(self, kind: Kind, lead_ids: Sequence[str]) -> list[tuple[str, str]]:
        """Returns the records of the kind that are made from one of the leads after the undo, each with the lead."""
        rows = dict(await store.find_referring(self._tx, kind, self._workspace, "leadId", lead_ids))
        for undo in self.records:
            if undo.kind is kind:
                rows.pop(undo.id, None)
                if undo.result and undo.result["leadId"] in lead_ids:
                    rows[undo.id] = str(undo.result["leadId"])
        return list(rows.items())

    async def _add_undo(self, kind: Kind, record_id: str) -> RecordUndo:
        """Adds a record that the operation did not change, but that changes along with others."""
        now = await self._find_now([record_id])
        self._undos[record_id] = RecordUndo(kind, record_id, now[record_id], self._force)
        return self._undos[record_id]

    async def carry_out(self, op: RecordOperation) -> None:
        """Writes what was planned: parents are restored before the records that refer to them, and deleted after."""
        by_action: dict[str, list[RecordUndo]] = {"restored": [], "changed": [], "deleted": [], "kept": []}
        for undo in sorted(self.records, key=lambda undo: _PARENTS_FIRST.index(undo.kind)):
            by_action[undo.action].append(undo)
        await self._release_leads(op, by_action)
        for undo in by_action["restored"]:
            version = self._versions[undo.id] + 1
            values = {**undo.kind.default_values, **undo.changes}
            await op.restore(undo.kind, ids.number_of(undo.id), version, values, merged_into=undo.merged_into)
        for undo in by_action["changed"]:
            if undo.changes and undo.now:
                await op.update(undo.kind, undo.now, undo.changes)
        for undo in reversed(by_action["deleted"]):
            assert undo.now is not None, "a record that is deleted exists"
            await self._service.delete_within(op, undo.kind, undo.now, merged_into=undo.merged_into)

    async def _release_leads(self, op: RecordOperation, by_action: Mapping[str, Sequence[RecordUndo]]) -> None:
        """Takes leads away from records before others get them: a lead has one record of a kind."""
        for undo in (*by_action["changed"], *by_action["deleted"]):
            loses_lead = not undo.exists or undo.changes.get("leadId", "") is None
            if undo.now is None or undo.kind is LEADS or undo.now["leadId"] is None or not loses_lead:
                continue
            if self._is_given_again(undo.kind, undo.now["leadId"]):
                undo.now = await op.update(undo.kind, undo.now, {"leadId": None})
                undo.changes.pop("leadId", None)

    def _is_given_again(self, kind: Kind, lead_id: Value) -> bool:
        return any(undo.kind is kind and undo.changes.get("leadId") == lead_id for undo in self.records)


def _keep_conversion(lead: RecordUndo) -> None:
    """Takes back all that a conversion did to a lead, or nothing: a lead is converted just when it has a time of
    conversion."""
    if "convertedAt" in lead.changes:
        lead.keep_together(_CONVERSION)
    result = lead.result
    if result and lead.now and (result["status"] == CONVERTED) != (result["convertedAt"] is not None):
        for name in lead.changes.keys() & set(_CONVERSION):
            lead.leave_out(name, "rule")


def _kind_of(record_id: str) -> Kind:
    return KINDS_BY_PREFIX[record_id.partition("_")[0]]
