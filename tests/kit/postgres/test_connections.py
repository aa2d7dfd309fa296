"""How a process lends its connections to those who read and write."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest

from leadline.kit.db.postgres.connection import Connection
from leadline.kit.db.postgres.connection_pool import ConnectionPool, PoolExhausted
from leadline.kit.db.postgres.servers import ServerList
from tests.postgres import Cluster

MOST = 2
Story = Callable[[ConnectionPool], Awaitable[Any]]


@pytest.fixture
def play(cluster: Cluster, runner: asyncio.Runner) -> Iterator[Callable[[Story], Any]]:
    """Plays a story with connections to a database; all of them must come back."""
    with cluster.copy() as name:

        async def work(story: Story) -> Any:
            connections = ConnectionPool(ServerList(cluster.url(name)).connect, MOST, 2.0)
            answer = await story(connections)
            await asyncio.wait_for(connections.close(), 5)
            return answer

        yield lambda story: runner.run(work(story))


async def process_of(connections: ConnectionPool) -> int:
    async with connections.lend_connection() as connection:
        return connection.get_server_pid()


def test_one_that_is_given_back_is_lent_again(play: Callable[[Story], Any]) -> None:
    async def story(connections: ConnectionPool) -> None:
        assert await process_of(connections) == await process_of(connections)

    play(story)


def test_no_more_are_open_than_may_be(play: Callable[[Story], Any]) -> None:
    async def story(connections: ConnectionPool) -> list[int]:
        return await asyncio.gather(*(process_of(connections) for _ in range(20)))

    assert len(set(play(story))) <= MOST


def test_who_waits_too_long_is_told_and_nothing_is_lost(play: Callable[[Story], Any]) -> None:
    async def story(connections: ConnectionPool) -> None:
        taken = [await connections.acquire() for _ in range(MOST)]
        with pytest.raises(TimeoutError):
            await connections.acquire()
        for connection in taken:
            connections.release(connection)
        assert await process_of(connections) in {connection.get_server_pid() for connection in taken}

    play(story)


def test_one_share_leaves_connections_for_others(play: Callable[[Story], Any]) -> None:
    async def story(connections: ConnectionPool) -> None:
        async with connections.lend_connection("leads"):
            with pytest.raises(PoolExhausted):
                await connections.acquire("leads")
            async with connections.lend_connection("contacts"):
                pass
            async with connections.lend_connection():
                pass

    play(story)


def test_who_waits_in_vain_for_a_share_takes_nothing_along(play: Callable[[Story], Any]) -> None:
    async def story(connections: ConnectionPool) -> None:
        async with connections.lend_connection("leads"):
            waiting = [asyncio.create_task(connections.acquire("leads")) for _ in range(3)]
            await asyncio.sleep(0)
            for task in waiting:
                task.cancel()
            await asyncio.wait(waiting)
        async with connections.lend_connection("leads"), connections.lend_connection("contacts"):
            pass

    play(story)


def test_who_gives_up_waiting_takes_nothing_along(play: Callable[[Story], Any]) -> None:
    async def story(connections: ConnectionPool) -> None:
        taken = [await connections.acquire() for _ in range(MOST)]
        waiting = [asyncio.create_task(connections.acquire()) for _ in range(3)]
        await asyncio.sleep(0)
        for task in waiting:
            task.cancel()
        for connection in taken:
            connections.release(connection)
        await asyncio.wait(waiting)
        assert all(task.cancelled() for task in waiting)

    play(story)


def test_one_that_was_closed_is_replaced(play: Callable[[Story], Any]) -> None:
    async def story(connections: ConnectionPool) -> None:
        async with connections.lend_connection() as connection:
            connection.terminate()
        async with connections.lend_connection() as connection:
            assert await connection.fetchval("SELECT 1") == 1

    play(story)


def test_one_that_is_in_a_transaction_is_not_lent_again(play: Callable[[Story], Any]) -> None:
    async def story(connections: ConnectionPool) -> None:
        async with connections.lend_connection() as connection:
            await connection.execute("BEGIN")
        async with connections.lend_connection() as another:
            assert not another.is_in_transaction()
            assert another is not connection

    play(story)


def test_after_they_have_expired_all_are_new(play: Callable[[Story], Any]) -> None:
    async def story(connections: ConnectionPool) -> None:
        idle = await process_of(connections)
        async with connections.lend_connection() as one, connections.lend_connection() as other:
            before = {idle, one.get_server_pid(), other.get_server_pid()}
        async with connections.lend_connection():
            connections.expire_all()
        async with connections.lend_connection() as one, connections.lend_connection() as other:
            assert not before & {one.get_server_pid(), other.get_server_pid()}

    play(story)


def test_a_server_that_refuses_leaves_room_for_another_try(runner: asyncio.Runner) -> None:
    async def refuse() -> Connection:
        raise ConnectionRefusedError

    async def story() -> None:
        connections = ConnectionPool(refuse, MOST, 0.2)
        for _ in range(MOST + 1):
            with pytest.raises(ConnectionRefusedError):
                await connections.acquire()
        await asyncio.wait_for(connections.close(), 5)

    runner.run(story())
