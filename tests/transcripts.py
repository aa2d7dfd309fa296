"""What each test asks a desk and is answered, written down on both databases: it must be the same.

What is a desk's own is masked: ids and tokens are numbered as they come, and times near today are all the same.
What fixtures of more than one test ask is left out, because it depends on the worker which test they come before;
and so are tests that make up what they ask.
"""

import difflib
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import date
from hashlib import sha256
from itertools import groupby
from pathlib import Path

import httpx2
import pytest

PLACES = ("sqlite", "postgres")
ASKED = ("authorization", "if-match", "content-type")
ANSWERED = ("content-type", "location", "etag", "allow", "www-authenticate", "retry-after", "cache-control")
"""The headers that matter."""

_THIS_YEAR = date.today().year
_OWN = re.compile(
    r"(?:\b|(?<=%2C))(?:"
    r"(?P<id>[a-z]{2,4})_[0-9A-HJKMNP-TV-Z]{26}\b"
    r"|(?P<key>pk_live)_\w{32}\b"
    r"|(?P<jwt>eyJ)[\w-]+\.[\w-]+\.[\w-]*"
    r"|(?P<request>req)_\w+"
    rf"|(?P<time>{_THIS_YEAR - 1}|{_THIS_YEAR}|{_THIS_YEAR + 1})-\d\d-\d\dT\d\d(?:(?::|%3A)\d\d){{2}}(?:\.\d+)?Z"
    r")"
    r'|"(?:(?:(?<="hint":")|(?<="hint":\[null,\n    "))(?P<hint>\w{4})|(?<="database":")(?P<engine>sqlite|postgres))"'
)
"""All of them begin where a word or a text does, and are looked for there alone: the transcripts are megabytes."""
_WAIT = re.compile(r"retry-after: \d{2,}")
"""A wait of minutes, which is a second shorter if one has passed between two answers."""
_NEXT_SECOND = re.compile(r',\s+"updatedAt":\["<time>",\s+"<time>"\]')
"""A history tells of it only where the clock has gone on to another second."""
_CHECKSUM = re.compile(r"(?<=\d)-[0-9a-f]{8}\b")
"""In an entity tag: of ids, among others."""


class Transcript:
    """One test's, on one database."""

    def __init__(self, test: str) -> None:
        self._parts = [test]
        self._numbers: dict[str, int] = {}

    def note(self, answer: httpx2.Response) -> None:
        request = answer.request
        sent = ""
        with suppress(httpx2.RequestNotRead):
            sent = request.content.decode("utf-8", "backslashreplace")
        self._parts += [
            f"{request.method} {request.url}{_headers(request.headers, ASKED)}{_lines(sent)}",
            f"{answer.status_code}{_headers(answer.headers, ANSWERED)}{_lines(answer.text)}",
        ]

    def text(self) -> str:
        return _NEXT_SECOND.sub("", _OWN.sub(self._masked, "\n".join(self._parts))) + "\n"

    def _masked(self, found: re.Match[str]) -> str:
        kind = found.lastgroup
        if kind in ("hint", "engine", "request", "time"):
            return f"<{kind}>"
        number = self._numbers.setdefault(found[0], len(self._numbers) + 1)
        return f"<{found[str(kind)]} {number}>"


def _headers(headers: httpx2.Headers, names: tuple[str, ...]) -> str:
    shown = "".join(f"\n  {name}: {headers[name]}" for name in names if name in headers)
    return _WAIT.sub("retry-after: <seconds>", _CHECKSUM.sub("-<sum>", shown))


def _lines(body: str) -> str:
    """A field a line, for whoever reads the differences."""
    return "\n    " + body.replace(',"', ',\n    "') if body else ""


_under_way: Transcript | None = None


def note(answer: httpx2.Response) -> None:
    """Adds the answer, and what it answers, to the transcript of the test that is under way."""
    if _under_way:
        _under_way.note(answer)


@contextmanager
def written_down(item: pytest.Item, folder: Path) -> Iterator[None]:
    """Keeps the transcript of a test that runs in every place, in a file that has the same name in each."""
    global _under_way
    callspec = getattr(item, "callspec", None)
    place = callspec and callspec.params.get("place")
    if not place or item.get_closest_marker("makes_up_its_steps"):
        yield
        return
    function, _, parameters = item.nodeid.partition("[")
    test = f"{function}[{parameters.replace(place, '*', 1)}"
    _under_way = Transcript(test)
    try:
        yield
    finally:
        (folder / place).mkdir(exist_ok=True)
        (folder / place / sha256(test.encode()).hexdigest()).write_text(_under_way.text(), "utf-8")
        _under_way = None


def of_both(folder: Path) -> Iterator[tuple[str, str]]:
    """Each test's two transcripts, of the tests that ran in both places."""
    names = sorted(file.name for place in PLACES for file in (folder / place).glob("*"))
    for name, files in groupby(names):
        if len(list(files)) == len(PLACES):
            one, other = ((folder / place / name).read_text("utf-8") for place in PLACES)
            yield one, other


def difference(one: str, other: str) -> str:
    """Which test it is, and the lines that differ with those around them; "" if none do."""
    if one == other:
        return ""
    lines = difflib.unified_diff(one.splitlines(), other.splitlines(), *PLACES, n=6, lineterm="")
    return "\n".join([one.partition("\n")[0], *lines])
