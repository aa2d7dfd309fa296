"""A desk as `leadline init` makes it, for the commands to work on."""

import json
from pathlib import Path

from typer.testing import CliRunner

from leadline.cli.main import app as command_line

ADMIN = "admin@leadline.local"


def make_desk(folder: Path) -> dict[str, str]:
    """What was shown once: `workspaceId`, `key`, `email` and `password`."""
    made = CliRunner().invoke(command_line, ["init", "--json", "--data", str(folder)])
    assert made.exit_code == 0, made.output
    shown: dict[str, str] = json.loads(made.stdout)
    return shown
