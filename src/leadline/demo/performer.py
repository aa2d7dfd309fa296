"""Performs the steps of the plan through the services that the API uses."""

from collections.abc import Mapping, Sequence

from leadline.access import Actor
from leadline.app import App
from leadline.clock import SettableClock
from leadline.crm import conversion, merging
from leadline.crm.accounts import ACCOUNTS
from leadline.crm.contacts import CONTACTS
from leadline.crm.conversion import ConversionResult
from leadline.crm.leads import LEADS
from leadline.crm.opportunities import OPPORTUNITIES
from leadline.demo.steps import Body, Step, StepAction
from leadline.demo.work_hours import to_milliseconds
from leadline.kit.db import Transaction
from leadline.records.body import read_new, read_patch
from leadline.records.kind import Kind


class StepPerformer:
    """Performs steps in their order, which a transaction may do again. `actors` has everybody by the name that steps
    call them. `clock` must be the clock of the application."""

    _tx: Transaction

    def __init__(self, app: App, clock: SettableClock, actors: Mapping[str, Actor]) -> None:
        self._app = app
        self._clock = clock
        self._actors = actors
        self._leads: dict[int, str] = {}
        self._newest_operations: dict[int, str] = {}
        self._converted: dict[int, ConversionResult] = {}
        self._accounts: dict[str, tuple[int, str]] = {}  # by company: the lead that it was made for, and its id
        self._acts = {
            StepAction.CREATE: self._create_lead,
            StepAction.IMPORT: self._import_leads,
            StepAction.PATCH: self._patch_lead,
            StepAction.PATCH_ACCOUNT: self._patch_account,
            StepAction.PATCH_CONTACT: self._patch_contact,
            StepAction.PATCH_OPPORTUNITY: self._patch_opportunity,
            StepAction.CONVERT: self._convert_lead,
            StepAction.MERGE: self._merge_leads,
            StepAction.DELETE: self._delete_lead,
            StepAction.UNDO: self._undo_newest,
        }

    async def perform_steps(self, steps: Sequence[Step], tx: Transaction) -> None:
        self._tx = tx
        for step in steps:
            self._clock.at = to_milliseconds(step.at)
            await self._acts[step.action](step, self._actors[step.actor])

    async def _create_lead(self, step: Step, actor: Actor) -> None:
        draft = read_new(LEADS, self._name_users(step.bodies[0]))
        made = await self._app.records.create(self._tx, actor, LEADS, draft)
        self._leads[step.lead] = str(made.record["id"])

    async def _import_leads(self, step: Step, actor: Actor) -> None:
        drafts = [read_new(LEADS, self._name_users(body)) for body in step.bodies]
        made = await self._app.records.create_many(self._tx, actor, LEADS, drafts)
        self._leads |= dict(enumerate(made.ids, step.lead))

    async def _patch_lead(self, step: Step, actor: Actor) -> None:
        self._newest_operations[step.lead] = await self._patch(LEADS, self._leads[step.lead], step, actor)

    async def _patch_account(self, step: Step, actor: Actor) -> None:
        """Changes an account. Of one that another lead's conversion made, it changes the stage alone."""
        converted = self._converted[step.lead]
        if converted.account is None:
            return
        body, account_id = step.bodies[0], str(converted.account["id"])
        account = await self._app.records.get(self._tx, actor, ACCOUNTS, account_id)
        is_theirs = account["leadId"] == self._leads[step.lead] or "stage" in body
        if is_theirs and any(account[name] != value for name, value in body.items()):
            await self._patch(ACCOUNTS, account_id, step, actor)

    async def _patch_contact(self, step: Step, actor: Actor) -> None:
        await self._patch(CONTACTS, str(self._converted[step.lead].contact["id"]), step, actor)

    async def _patch_opportunity(self, step: Step, actor: Actor) -> None:
        opportunity = self._converted[step.lead].opportunity
        if opportunity is not None:
            await self._patch(OPPORTUNITIES, str(opportunity["id"]), step, actor)

    async def _convert_lead(self, step: Step, actor: Actor) -> None:
        """Converts a lead. If its company has an account already, that one is linked."""
        body, lead_id = dict(step.bodies[0]), self._leads[step.lead]
        lead = await self._app.records.get(self._tx, actor, LEADS, lead_id)
        company = str(lead["company"])
        maker, account_id = self._accounts.get(company, (step.lead, ""))
        if body["createAccount"] and maker != step.lead:
            body |= {"createAccount": False, "accountId": account_id}
        request = conversion.read_request(body)
        done = await self._app.conversion.convert_lead(self._tx, actor, lead_id, request)
        self._converted[step.lead] = done
        if done.account is not None and maker == step.lead:
            self._accounts[company] = (step.lead, str(done.account["id"]))

    async def _merge_leads(self, step: Step, actor: Actor) -> None:
        request = merging.read_request(LEADS, {"duplicates": [self._leads[step.other]]})
        await self._app.merging.merge_records(self._tx, actor, LEADS, self._leads[step.lead], request)

    async def _delete_lead(self, step: Step, actor: Actor) -> None:
        await self._app.records.delete(self._tx, actor, LEADS, self._leads[step.lead])

    async def _undo_newest(self, step: Step, actor: Actor) -> None:
        operation_id = self._newest_operations[step.lead]
        await self._app.undoing.undo_operation(self._tx, actor, operation_id, None)

    async def _patch(self, kind: Kind, id_: str, step: Step, actor: Actor) -> str:
        """Changes a record, and returns the id of the operation."""
        sent = read_patch(kind, self._name_users(step.bodies[0]))
        return (await self._app.records.patch(self._tx, actor, kind, id_, sent)).operation.id

    def _name_users(self, body: Body) -> Body:
        """Returns the body with the id of the user that it calls by name."""
        name = body.get("assignedTo")
        return {**body, "assignedTo": self._actors[str(name)].user_id} if name else body
