"""Answers of lists, kept as they were sent: nobody works them out again while nothing has changed."""

from collections.abc import Hashable

from leadline.log.feed import Place

MAX_KEPT = 500
"""Answers; one has some kilobytes, and never more than a hundred items."""


class Answers:
    """Exact by construction: an answer is given again only at the place in the log that it was made at."""

    def __init__(self) -> None:
        self._kept: dict[Hashable, tuple[Place, bytes]] = {}

    def find(self, asked: Hashable, place: Place | None) -> bytes | None:
        """`asked` is all that the answer depends on beside the data of the workspace."""
        kept = self._kept.get(asked)
        return kept[1] if kept is not None and kept[0] == place else None

    def keep(self, asked: Hashable, place: Place | None, body: bytes) -> None:
        if len(self._kept) >= MAX_KEPT:
            self._kept.clear()
        if place is not None:
            self._kept[asked] = place, body
