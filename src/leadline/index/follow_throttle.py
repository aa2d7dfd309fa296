"""A throttle that says when indexes follow the writes of their process, so that the next reader need not wait."""

from collections import Counter
from collections.abc import Callable

from leadline.index.undecided import MAX_INLINE_RECORDS

FOLLOW_AFTER_WRITES = MAX_INLINE_RECORDS // 2
"""Writes in a workspace after which its indexes follow."""
FOLLOW_SECONDS = 0.03
"""Least seconds between two follows of a workspace. Faster writers outrun it: the replica is then too far behind to
follow at once."""


class FollowThrottle:
    """Counts the writes in each workspace. To be used by the event loop's thread only."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._unread: Counter[int] = Counter()
        self._followed: dict[int, float] = {}

    def is_time(self, workspace: int) -> bool:
        """Returns True if the workspace's indexes should follow now. To be called once after each write in it."""
        self._unread[workspace] += 1
        now = self._monotonic()
        if self._unread[workspace] < FOLLOW_AFTER_WRITES or now < self._followed.get(workspace, 0) + FOLLOW_SECONDS:
            return False
        del self._unread[workspace]
        self._followed[workspace] = now
        return True
