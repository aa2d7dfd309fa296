"""The samples in deploy/: each setting, port, path and command that they name is there, and they fit each other."""

import re
import shlex
from configparser import RawConfigParser
from fnmatch import fnmatch
from pathlib import Path

import pytest
from typer.testing import CliRunner

from leadline.app import build_app
from leadline.cli.main import app as command_line
from leadline.http.routes import all_routes
from leadline.settings import Settings, variable_of

ROOT = Path(__file__).parent.parent.parent
DEPLOY = ROOT / "deploy"
SAMPLES = ["leadline.service", "leadline.env", "Caddyfile", "nginx.conf", "Dockerfile"]
DEFAULTS = Settings.model_construct()
BACKEND = f"127.0.0.1:{DEFAULTS.port}"


def text(name: str) -> str:
    return (DEPLOY / name).read_text("utf-8")


def without_comments(name: str) -> str:
    return re.sub(r"^\s*#.*$", "", text(name), flags=re.MULTILINE)


def sample_environment() -> dict[str, str]:
    lines = [line.removeprefix("#") for line in text("leadline.env").splitlines() if re.match(r"#?LEADLINE_", line)]
    return dict(line.split("=", 1) for line in lines)


@pytest.mark.parametrize("name", [*SAMPLES, "README.md"])
def test_every_setting_that_is_named_is_one(name: str) -> None:
    named = set(re.findall(r"LEADLINE_[A-Z_]+", text(name)))
    assert named <= {variable_of(setting) for setting in Settings.model_fields}


def test_every_sample_is_told_of() -> None:
    told = set(re.findall(r"\]\(([\w.]+)\)", text("README.md")))
    assert told == {file.name for file in DEPLOY.iterdir() if file.name not in {"README.md", "__pycache__"}}


def test_the_settings_can_be(monkeypatch: pytest.MonkeyPatch) -> None:
    environment = sample_environment()
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    settings = Settings()
    assert settings.on_postgres
    assert settings.public_url == "https://crm.example.com"
    assert {str(proxy) for proxy in settings.trusted_networks} == {"127.0.0.1/32", "::1/128"}


def unit() -> RawConfigParser:
    parser = RawConfigParser(strict=False, interpolation=None)
    parser.optionxform = str  # type: ignore[assignment]
    parser.read_string(text("leadline.service"))
    return parser


def is_command(arguments: list[str]) -> bool:
    return CliRunner().invoke(command_line, [*arguments, "--help"]).exit_code == 0


def test_the_service_starts_a_command_and_has_its_data_where_it_may_write() -> None:
    service = unit()["Service"]
    program, *arguments = shlex.split(service["ExecStart"])
    assert Path(program).name == "leadline"
    assert is_command(arguments)
    folder = f"/var/lib/{service['StateDirectory']}"
    assert service["Environment"] == f"LEADLINE_DATA={folder}"
    assert service["ProtectSystem"] == "strict"
    assert int(service["TimeoutStopSec"]) > DEFAULTS.stop_seconds
    assert int(service["LimitNOFILE"]) >= DEFAULTS.max_connections
    assert {program, folder, service["EnvironmentFile"].removeprefix("-")} <= set(
        re.findall(r"/[\w./-]+", text("README.md"))
    )


def test_the_commands_that_the_steps_run_are_there() -> None:
    blocks = "\n".join(re.findall(r"```sh\n(.*?)```", text("README.md"), re.DOTALL))
    commands = re.findall(r"(?:/opt/leadline/bin/|docker exec leadline |leadline:/data )leadline (\w+)", blocks)
    assert commands == ["init", "backup", "init", "verify"]
    for command in commands:
        assert is_command([command])
    for file in re.findall(r"deploy/[\w./-]+", blocks):
        assert (ROOT / file).exists(), file


@pytest.mark.parametrize("name", ["Caddyfile", "nginx.conf"])
def test_a_proxy_leads_to_the_port_and_lets_go_of_connections_first(name: str) -> None:
    sample = without_comments(name)
    assert sample.count("{") == sample.count("}")
    assert BACKEND in sample
    assert sample_environment()["LEADLINE_PUBLIC_URL"].removeprefix("https://") in sample
    (kept,) = re.findall(r"keepalive(?:_timeout)? (\d+)s", sample)
    assert int(kept) < DEFAULTS.keep_alive_seconds


def test_nginx_names_the_client_and_takes_as_large_a_body() -> None:
    sample = without_comments("nginx.conf")
    directives = [line.strip() for line in sample.splitlines() if line.strip()]
    assert [line for line in directives if not line.endswith((";", "{", "}"))] == []
    assert "proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;" in directives
    assert f"client_max_body_size {DEFAULTS.max_body_kib}k;" in directives
    (upstream,) = re.findall(r"upstream (\w+)", sample)
    assert f"proxy_pass http://{upstream};" in directives


def instructions() -> list[tuple[str, str]]:
    joined = without_comments("Dockerfile").replace("\\\n", " ")
    return [(line.split(" ", 1)[0], line.split(" ", 1)[1].strip()) for line in joined.splitlines() if line.strip()]


def is_sent_to_the_engine(path: str) -> bool:
    """By .dockerignore, whose last line that fits decides."""
    sent = True
    for line in (ROOT / ".dockerignore").read_text("utf-8").splitlines():
        if line and not line.startswith("#") and fnmatch(path, line.removeprefix("!")):
            sent = line.startswith("!")
    return sent


def test_the_image_copies_what_is_there_and_all_that_the_wheel_is_built_from() -> None:
    copied = [
        source
        for word, rest in instructions()
        if word == "COPY" and "--from" not in rest
        for source in rest.split()[:-1]
    ]
    assert {"pyproject.toml", "README.md", "LICENSE", "src", "constraints.txt"} == set(copied)
    for source in copied:
        assert (ROOT / source).exists(), source
        assert is_sent_to_the_engine(source), source
    assert not is_sent_to_the_engine("data")
    assert not is_sent_to_the_engine(".venv")


def test_the_image_serves_its_volume_on_the_port_as_somebody_without_rights() -> None:
    of = dict(instructions())
    assert of["EXPOSE"] == str(DEFAULTS.port)
    assert of["USER"] == "leadline"
    assert f"LEADLINE_DATA={of['VOLUME']}" in of["ENV"]
    assert re.fullmatch(r'\["leadline"\]', of["ENTRYPOINT"])
    assert is_command([of["CMD"].strip('[]"')])
    (health,) = re.findall(rf"http://127\.0\.0\.1:{DEFAULTS.port}(/\S+?)'", of["HEALTHCHECK"])
    assert health in {route.path for route in all_routes(build_app(Settings()).make_services())}


def test_nobody_is_told_to_install_a_name_that_is_not_ours() -> None:
    for file in [ROOT / "README.md", *ROOT.glob("docs/**/*.md"), *DEPLOY.glob("*.md")]:
        for line in re.findall(r"pip install[^\n`]*", file.read_text("utf-8")):
            assert not re.search(r" leadline$", line) or "--no-index" in line, f"{file.name}: {line}"
