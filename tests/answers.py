"""What the tests look for in an answer."""

import httpx2


def faults(answer: httpx2.Response) -> list[tuple[str, str]]:
    """The field and the code of each error, as they come."""
    return [(error["field"], error["code"]) for error in answer.json().get("errors", [])]


def refusal(answer: httpx2.Response) -> tuple[int, list[tuple[str, str]]]:
    return answer.status_code, faults(answer)
