"""Static files: the built web app, which the server sends from memory."""

import re
from base64 import b64encode
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

from leadline.http.server.accept import accepts_coding, accepts_html
from leadline.http.server.endpoint import EncodedBody, Response
from leadline.http.server.errors import method_not_allowed
from leadline.http.server.request import Request, allow_header

HASHED_FOLDER = "assets"
"""The folder whose files have a hash of their content in their names, so that they never change."""
PAGE = "index.html"
MEDIA_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".ico": "image/x-icon",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".map": "application/json",
    ".png": "image/png",
    ".svg": "image/svg+xml; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
    ".webmanifest": "application/manifest+json",
    ".woff2": "font/woff2",
}
CODINGS = {"br": ".br", "gzip": ".gz"}
"""The content codings of compressed siblings and their endings, the preferred first."""
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'{scripts}; style-src 'self'; img-src 'self' data: blob:; font-src 'self';"
    " connect-src 'self'; manifest-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'self';"
    " frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
)
"""The policy of every file: a page loads only files of its own server, runs besides only `scripts`, given by their
hashes, and is shown in no frame."""
SECURITY_HEADERS = {"X-Frame-Options": "DENY", "Referrer-Policy": "same-origin"}
_INLINE_SCRIPT = re.compile(rb"<script>(.*?)</script>", re.DOTALL)
_ALLOWED = allow_header(["GET"])


FileForms = Mapping[str, Response]
"""The responses of one file by content coding, the preferred first, and the plain one last, under ""."""


class StaticFiles:
    """The files of a folder, found in a table that is made once: no path of a request reaches the disk.

    A path that is no file is the app's page for a browser that opens a page, because the app has paths of its own.
    """

    def __init__(self, folder: Path) -> None:
        """Reads the files, but no hidden ones, and follows no links."""
        found = {
            file.relative_to(folder).as_posix(): file.read_bytes()
            for file in sorted(folder.rglob("*"))
            if file.is_file() and not file.is_symlink() and not _is_hidden(file.relative_to(folder))
        }
        self._files = {f"/{name}": _make_forms(name, found) for name in found if not _is_sibling(name, found)}
        self._page = self._files.get(f"/{PAGE}")
        if self._page is not None:
            self._files["/"] = self._page

    def answer_request(self, request: Request, method: str, path: str) -> Response | None:
        """Returns the response, None for a path that is neither a file nor a page. Raises `HttpError` (405) for a
        method that does not read, and `MalformedRequest` for a header that is not valid."""
        file = self._files.get(path)
        if file is None and accepts_html(request.accepted_media_types()):
            file = self._page
        if file is None:
            return None
        if method == "OPTIONS":
            return Response(None, 204, {"Allow": _ALLOWED})
        if method not in ("GET", "HEAD"):
            raise method_not_allowed(_ALLOWED)
        form = _choose_form(file, request.accepted_encodings() or b"")
        seen = request.find_seen_tag(form.headers["ETag"])
        if seen is None:
            return form
        headers = {name: value for name, value in form.headers.items() if name != "Content-Encoding"}
        return Response(None, 304, headers | {"ETag": seen})


def load_static_files(folder: Path) -> StaticFiles | None:
    """Returns the files of the folder, None if there is no such folder."""
    return StaticFiles(folder) if folder.is_dir() else None


def _choose_form(forms: FileForms, accepted: bytes) -> Response:
    return next(form for coding, form in forms.items() if not coding or accepts_coding(accepted, coding))


def _is_hidden(file: Path) -> bool:
    return any(part.startswith(".") for part in file.parts)


def _is_sibling(name: str, found: Mapping[str, bytes]) -> bool:
    """Returns True for the compressed form of another file, which is not a file of its own."""
    return any(name.endswith(ending) and name.removesuffix(ending) in found for ending in CODINGS.values())


def _make_forms(name: str, found: Mapping[str, bytes]) -> FileForms:
    never_changes = name.startswith(f"{HASHED_FOLDER}/")
    headers = {
        **SECURITY_HEADERS,
        "Content-Security-Policy": CONTENT_SECURITY_POLICY.format(scripts=_hash_scripts(name, found[name])),
        "Cache-Control": "public, max-age=31536000, immutable" if never_changes else "no-cache",
    }
    if name == PAGE:
        headers["Vary"] = "accept"  # without text/html, most of its addresses are 404
    media_type = MEDIA_TYPES.get(Path(name).suffix, "application/octet-stream")
    tag = sha256(found[name]).hexdigest()[:32]
    forms: dict[str, Response] = {}
    for coding, ending in CODINGS.items():
        if (data := found.get(name + ending)) is not None:
            own = {**headers, "ETag": f'"{tag}-{coding}"', "Content-Encoding": coding}
            forms[coding] = Response(EncodedBody(data), headers=own, media_type=media_type)
    forms[""] = Response(EncodedBody(found[name]), headers={**headers, "ETag": f'"{tag}"'}, media_type=media_type)
    return forms


def _hash_scripts(name: str, data: bytes) -> str:
    """Returns the sources in a policy that allow the scripts within a page, "" for other files."""
    scripts = _INLINE_SCRIPT.findall(data) if name.endswith(".html") else []
    return "".join(f" 'sha256-{b64encode(sha256(script).digest()).decode()}'" for script in scripts)
