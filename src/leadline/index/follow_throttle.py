"""When indexes are to follow what their process writes, so that whoever asks next need not wait for it."""

from collections import Counter
from collections.abc import Callable

from leadline.index.known_matches import MAX_INLINE_RECORDS

FOLLOW_AFTER_WRITES = MAX_INLINE_RECORDS // 2
"""Writes in a workspace."""
FOLLOW_SECONDS = 0.03
"""Between two times. Who writes faster than that is not kept pace with: more is behind then than is made up for."""


class FollowThrottle:
    """For the event loop's thread only."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._unread: Counter[int] = Counter()
        self._followed: dict[int, float] = {}

    def is_time(self, workspace: int) -> bool:
        """To be asked after each write in the workspace."""
        self._unread[workspace] += 1
        now = self._monotonic()
        if self._unread[workspace] < FOLLOW_AFTER_WRITES or now < self._followed.get(workspace, 0) + FOLLOW_SECONDS:
            return False
        del self._unread[workspace]
        self._followed[workspace] = now
        return True
