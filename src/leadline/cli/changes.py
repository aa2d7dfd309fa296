"""`leadline changes`: prints what was done, in order, and follows what is done next."""

from contextlib import suppress
from functools import partial

import msgspec
import typer

from leadline.app import App
from leadline.cli.operations import describe_operation
from leadline.cli.target import CommandTarget, NoWorkspace
from leadline.crm.kinds import KINDS
from leadline.errors import LeadlineError
from leadline.http.server.change_view import show_change
from leadline.kit.db import Transaction
from leadline.log.change_feed import FeedCursor, FeedFilter, FeedPage, parse_cursor, read_page
from leadline.people.users import USERS

PAGE_OPERATIONS = 1_000
WAIT_SECONDS = 15.0
_VISIBLE = FeedFilter([kind.prefix for kind in (*KINDS, USERS)])


def print_changes(place: CommandTarget, *, after: str | None, follows: bool, as_json: bool) -> None:
    """Prints the operations after a cursor. With `follows` it waits for more, until it is interrupted."""
    cursor = parse_cursor(after) if after else None
    if after and cursor is None:
        raise LeadlineError("--after takes the seq of an operation, or a cursor of the API, such as 42.op_01….")

    async def follow_log(app: App) -> None:
        known = cursor
        while True:
            workspace, page = await app.database.read(partial(_read_page, app, place, known))
            _print_page(page, as_json=as_json)
            known = page.cursor
            if page.is_newest and not follows:
                return
            if page.is_newest:
                await app.signals.wait_beyond(workspace, page.through.seq, WAIT_SECONDS)

    with suppress(KeyboardInterrupt):
        place.run_with_app(follow_log)


async def _read_page(
    app: App, place: CommandTarget, after: FeedCursor | None, tx: Transaction
) -> tuple[int, FeedPage]:
    """Returns the workspace's number and the page. Raises `NoWorkspace`, and as `read_page` does."""
    workspace = await app.workspaces.choose_workspace(tx, place.workspace)
    if workspace is None:
        raise NoWorkspace
    return workspace.number, await read_page(tx, workspace.number, after, _VISIBLE, PAGE_OPERATIONS)


def _print_page(page: FeedPage, *, as_json: bool) -> None:
    for operation, changes in page.operations():
        if as_json:
            shown = operation.show_head() | {"changes": [show_change(change) for change in changes]}
            typer.echo(msgspec.json.encode(shown))
            continue
        typer.echo(describe_operation(operation))
        for change in changes:
            typer.echo(f"  {change.record_id} {change.action}, version {change.version}")
