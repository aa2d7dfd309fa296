"""How much is kept of what was answered."""

from leadline.http.server.response_cache import ResponseCache, _CachedResponse
from leadline.log.feed import LogPosition

FIRST, SECOND = LogPosition(1, "op_first"), LogPosition(2, "op_second")


def answer(size: int) -> _CachedResponse:
    return _CachedResponse(b"x" * size, tag='"1"')


def question(number: int) -> tuple[str, str, bytes]:
    return "", "http://desk.example/api/leads/", b"page=%d" % number


def kept(answers: ResponseCache, workspace: int, position: LogPosition, numbers: int) -> list[int]:
    return [
        number for number in range(numbers) if answers._find_entry(workspace, position, question(number)) is not None
    ]


def test_the_size_is_bounded_however_long_the_answers_are() -> None:
    answers = ResponseCache(100_000)
    for number in range(50):
        answers._keep_entry(1, FIRST, question(number), answer(10_000))
        assert answers.size <= 100_000
    assert 0 < len(kept(answers, 1, FIRST, 50)) <= 5


def test_the_size_is_one_for_all_workspaces() -> None:
    answers = ResponseCache(100_000)
    for workspace in range(50):
        answers._keep_entry(workspace, FIRST, question(0), answer(10_000))
        assert answers.size <= 100_000
    assert kept(answers, 0, FIRST, 1) == []
    assert kept(answers, 49, FIRST, 1) == [0]


def test_the_first_question_at_another_state_drops_what_was_kept_before() -> None:
    answers = ResponseCache(100_000)
    for number in range(3):
        answers._keep_entry(1, FIRST, question(number), answer(10_000))
    assert kept(answers, 1, SECOND, 3) == []
    assert answers.size == 0
    answers._keep_entry(1, SECOND, question(0), answer(10_000))
    answers._keep_entry(1, FIRST, question(1), answer(10_000))  # of an older snapshot
    assert (kept(answers, 1, SECOND, 3), kept(answers, 1, FIRST, 3)) == ([0], [])


def test_what_is_larger_than_all_that_may_be_kept_is_not_kept() -> None:
    answers = ResponseCache(100_000)
    answers._keep_entry(1, FIRST, question(0), answer(1_000))
    answers._keep_entry(1, FIRST, question(1), answer(100_000))
    assert kept(answers, 1, FIRST, 2) == [0]
