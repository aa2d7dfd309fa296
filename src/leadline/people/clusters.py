"""Clusters: several databases served as one. Each holds the workspaces that live in it; `home` has a row for each.

A token's workspace is found by asking the databases: only the one where it lives accepts the token. The database that
accepted a token last is cached, and asked first. A cached entry may be outdated, but then that database refuses the
token and the others are asked, so an answer is never wrong.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from contextvars import ContextVar

from msgspec.structs import astuple

from leadline.errors import BAD_TOKEN, Unauthenticated
from leadline.kit.cache import BoundedCache
from leadline.kit.db import Database, ReadStats, T, Transaction, Unavailable, Work, WriteStats, WrongCluster
from leadline.kit.db.commit_signal import CommitListener
from leadline.settings import HOME

MAX_REMEMBERED_TOKENS = 10_000

_asker: ContextVar[str] = ContextVar("asker", default="")


@contextmanager
def asking_with(token: str) -> Iterator[None]:
    """Sets the token that reads and writes within the context are routed by."""
    before = _asker.set(token)
    try:
        yield
    finally:
        _asker.reset(before)


class ClusterDatabase:
    """A database made of `members`, by cluster name; `home` is one of them."""

    def __init__(self, members: Mapping[str, Database]) -> None:
        self.name = members[HOME].name
        self._members = members
        self._found: BoundedCache[str, str] = BoundedCache(MAX_REMEMBERED_TOKENS)

    async def open(self) -> None:
        for member in self._members.values():
            await member.open()

    async def close(self) -> None:
        for member in self._members.values():
            await member.close()

    async def read(self, work: Work[T], share: str | None = None) -> T:
        """Runs the work on the cluster that accepts the token, or on `home` without a token.

        Raises `Unauthenticated` for an unknown token only if no cluster accepts it.
        """
        token = _asker.get()
        if not token:
            return await self._ask_cluster(HOME, lambda name: self._members[name].read(work, share))
        refusal: Exception | None = None
        for start in dict.fromkeys((self._found.find(token) or HOME, HOME, *self._members)):
            try:
                return await self._ask_cluster(start, lambda name: self._read_from(name, token, work, share))
            except Unavailable as error:
                refusal = error
            except Unauthenticated as error:
                if error.code != BAD_TOKEN:
                    raise
                refusal = refusal or error
        assert refusal is not None, "home was asked"
        raise refusal

    async def _read_from(self, name: str, token: str, work: Work[T], share: str | None) -> T:
        try:
            answer = await self._members[name].read(work, share)
        except (Unavailable, Unauthenticated):
            raise
        except Exception:
            self._remember_cluster(token, name)
            raise
        self._remember_cluster(token, name)
        return answer

    async def write(self, work: Work[T], partition: int = 0, *, is_slow: bool = False) -> T:
        name = self._found.find(_asker.get()) or HOME
        return await self._ask_cluster(name, lambda name: self._members[name].write(work, partition, is_slow=is_slow))

    @asynccontextmanager
    async def snapshot(self, partition: int = 0) -> AsyncIterator[Transaction]:
        """Opens a snapshot of the cluster where the workspace `partition` lives, or of `home` for 0.

        Raises `WrongCluster` if that cluster is not a member.
        """
        async with self._members[HOME].snapshot() as tx:
            row = await tx.fetch_one("SELECT cluster FROM workspaces WHERE number = ?", (partition,))
            if row is None or row[0] is None:
                yield tx
                return
        name = str(row[0])
        if name not in self._members:
            raise WrongCluster(name)
        async with self._members[name].snapshot() as tx:
            yield tx

    def bound_requests(self, seconds: float) -> None:
        for member in self._members.values():
            member.bound_requests(seconds)

    async def rehearse(self, work: Work[T], partition: int = 0) -> T:
        name = self._found.find(_asker.get()) or HOME
        return await self._ask_cluster(name, lambda name: self._members[name].rehearse(work, partition))

    def subscribe(self, on_commit: CommitListener) -> None:
        for member in self._members.values():
            member.subscribe(on_commit)

    def write_stats(self) -> WriteStats:
        all_writes = [member.write_stats() for member in self._members.values()]
        waiting, units, groups, failing = zip(*map(astuple, all_writes), strict=True)
        return WriteStats(sum(waiting), sum(units), sum(groups), any(failing))

    def read_stats(self) -> ReadStats:
        return self._members[HOME].read_stats()

    async def _ask_cluster(self, name: str, ask: Callable[[str], Awaitable[T]]) -> T:
        """Asks the cluster, and follows it to the cluster that it names if the workspace lives there.

        Raises `WrongCluster` if the next cluster was asked already or is not a member.
        """
        asked: set[str] = set()
        while True:
            asked.add(name)
            try:
                return await ask(name)
            except WrongCluster as error:
                name = error.cluster
                if name in asked or name not in self._members:
                    raise

    def _remember_cluster(self, token: str, name: str) -> None:
        if name == HOME:
            self._found.forget(token)
        else:
            self._found.keep(token, name)
