"""Requests that are sent ahead of the answers."""

import asyncio

from leadline.http.server.pipelining import MAX_BEGUN_A_TURN, RequestsSentAhead


def test_one_turn_of_the_loop_begins_a_few_requests_of_all_connections_together() -> None:
    begun: list[int] = []

    async def count_in_each_turn() -> list[int]:
        loop, sent_ahead = asyncio.get_running_loop(), RequestsSentAhead()
        for number in range(3 * MAX_BEGUN_A_TURN + 1):
            sent_ahead.add_request(lambda number=number: begun.append(number), loop)  # type: ignore[misc]
        counts: list[int] = []
        for _ in range(4):
            await asyncio.sleep(0)
            counts.append(len(begun))
        return counts

    assert asyncio.run(count_in_each_turn()) == [MAX_BEGUN_A_TURN * turn for turn in (1, 2, 3)] + [len(begun)]
    assert begun == list(range(3 * MAX_BEGUN_A_TURN + 1))


def test_a_connection_that_has_more_to_ask_waits_for_its_turn() -> None:
    begun: list[str] = []

    async def ask() -> None:
        loop, sent_ahead = asyncio.get_running_loop(), RequestsSentAhead()

        def begin_and_ask_again() -> None:
            begun.append("greedy")
            sent_ahead.add_request(begin_and_ask_again, loop)

        sent_ahead.add_request(begin_and_ask_again, loop)
        sent_ahead.add_request(lambda: begun.append("modest"), loop)
        for _ in range(3):
            await asyncio.sleep(0)

    asyncio.run(ask())
    assert begun[:2] == ["greedy", "modest"]


def test_one_that_cannot_begin_holds_up_no_other() -> None:
    begun: list[str] = []

    async def ask() -> list[str]:
        loop, sent_ahead = asyncio.get_running_loop(), RequestsSentAhead()
        loop.set_exception_handler(lambda _, context: begun.append(type(context["exception"]).__name__))
        sent_ahead.add_request(lambda: begun.remove("nothing"), loop)
        sent_ahead.add_request(lambda: begun.append("next"), loop)
        for _ in range(3):
            await asyncio.sleep(0)
        return begun

    assert asyncio.run(ask()) == ["ValueError", "next"]
