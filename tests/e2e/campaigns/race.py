"""Sixteen callers convert the same lead at the same instant, half of them on each of two nodes.

python -m tests.e2e.campaigns.race [LEADS]
"""

import sys
import tempfile
from collections import Counter
from contextlib import ExitStack
from pathlib import Path

from tests.e2e.load import all_leads
from tests.e2e.raw import connected
from tests.e2e.server import Server, serving
from tests.e2e.test_convert_race import CALLERS, convert, create_leads, ids_of, race_for
from tests.postgres import cluster


def race(nodes: list[Server], leads: int) -> str:
    """Answers what came of it; raises `AssertionError` if a lead became two contacts."""
    ids, statuses, contacts = create_leads(nodes[0], leads), Counter[int](), set()
    with ExitStack() as stack:
        callers = [stack.enter_context(connected(nodes[number % len(nodes)].url)) for number in range(CALLERS)]
        for id_ in ids:
            answers = race_for(callers, [convert(nodes[0], id_)] * CALLERS)
            assert Counter(answer.status for answer in answers) == {200: 1, 409: CALLERS - 1}
            (found,) = {ids_of(answer)["contact"] for answer in answers}
            contacts.add(found)
            statuses.update(answer.status for answer in answers)
    with nodes[-1].client() as client:
        found = all_leads(client)
        assert {found[id_]["convertedContactId"] for id_ in ids} == contacts
    return (
        f"{leads} leads, {CALLERS} callers each on {len(nodes)} nodes: {statuses[200]} × 200,"
        f" {statuses[409]} × 409, {len(contacts)} contacts"
    )


if __name__ == "__main__":
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    with cluster() as own, own.copy() as name, tempfile.TemporaryDirectory() as place:
        options = {"workers": 2, "environment": {"LEADLINE_DATABASE": own.url(name)}}
        with (
            serving(Path(place) / "first", **options) as first,
            serving(Path(place) / "second", key=first.key, **options) as second,
        ):
            print(race([first, second], count))  # noqa: T201
