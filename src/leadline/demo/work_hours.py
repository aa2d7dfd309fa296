"""Working hours: the moments at which things happen at the demo's desk."""

from datetime import UTC, datetime, timedelta
from random import Random

OPENING_HOUR, CLOSING_HOUR = 7, 18
"""The hours of a working day, in UTC."""
HISTORY_DAYS = 365
SATURDAY = 5
GROWTH_EXPONENT = 0.8
"""Below 1, more leads come in the newer weeks."""


class WorkHours:
    """Chooses moments in the year before `now`. People work on weekdays; visitors of a website come at any time."""

    def __init__(self, random: Random, now: datetime) -> None:
        self._random = random
        self.now = now
        self.begin = now - timedelta(days=HISTORY_DAYS)

    def choose_any_time(self) -> datetime:
        """Returns a moment by day rather than by night, and seldom at a weekend."""
        while True:
            days = (HISTORY_DAYS - 1) * self._random.random() ** GROWTH_EXPONENT
            day = (self.begin + timedelta(days=1 + days)).replace(hour=0, minute=0, second=0)
            found = day + timedelta(hours=self._random.triangular(5, 23.9, 13))
            is_weekend = found.weekday() >= SATURDAY
            if found < self.now and not (is_weekend and self._random.random() < 0.65):
                return found

    def choose_working_time(self) -> datetime:
        return self.follow(self.choose_any_time())

    def follow(self, after: datetime, days: float = 0) -> datetime:
        """Returns a moment in working hours that is at least so many days after another."""
        moment = after + timedelta(days=days, minutes=2)
        if moment.hour >= CLOSING_HOUR - 1:
            moment = moment.replace(hour=0, minute=0) + timedelta(days=1)
        if moment.weekday() >= SATURDAY:  # not everything that waits for Monday is done on Monday
            days_off = 7 - moment.weekday() + self._random.randrange(4)
            moment = moment.replace(hour=0, minute=0) + timedelta(days=days_off)
        opening = max(moment, moment.replace(hour=OPENING_HOUR, minute=0))
        closing = moment.replace(hour=CLOSING_HOUR, minute=0)
        if days > 1:
            return opening + (closing - opening) * self._random.random()
        return opening + min(closing - opening, timedelta(hours=4)) * self._random.random()

    def follow_soon(self, after: datetime, minutes: float) -> datetime:
        """Returns a moment some minutes after another, in working hours or not."""
        return after + timedelta(minutes=1 + self._random.expovariate(1 / minutes))

    def follow_late(self, after: datetime, mean_days: float) -> datetime:
        """Returns a moment in working hours that is on average so many days after another."""
        return self.follow(after, self._random.expovariate(1 / mean_days))


def from_milliseconds(at: int) -> datetime:
    return datetime.fromtimestamp(at // 1000, UTC)


def to_milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
