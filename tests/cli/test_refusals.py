"""What the commands say when settings, addresses and folders cannot be, in the words of who set them; no secret."""

import errno
import os
import subprocess
import sys
from pathlib import Path

import apsw
import pytest
from typer.testing import CliRunner, Result

from leadline.cli.main import app as command_line
from leadline.cli.refusals import error_sentences
from leadline.kit.db.sqlite.errors import write_failed
from leadline.settings import Settings, variable_of
from tests.cli.first_desk import make_desk

POSTGRES_FORM = (
    "postgresql://user:password@host/name; in user and password write / as %2F, @ as %40, ? as %3F, # as %23,"
    " % as %25 and a blank as %20"
)
LIMIT = (
    "a whole number from 1 to 999,999,999 (requests a minute), starter (100), growth (300), business (600), or none"
)
URL = "https://host, or https://host:port/path, in letters, digits and signs of ASCII"
AS_SOMEBODY_ELSE = """
import os
import leadline.cli.serving
from leadline.cli.main import main

if os.geteuid() == 0:
    os.setuid(65534)
main()
"""


def leadline(*arguments: str, **environment: str) -> Result:
    return CliRunner().invoke(command_line, list(arguments), env=environment)


def refused(*arguments: str, **environment: str) -> str:
    """The one sentence that the command refuses with."""
    result = leadline(*arguments, **environment)
    assert (result.exit_code, result.stdout, result.stderr.count("\n")) == (1, "", 1), result.output
    assert result.stderr.startswith("leadline: ")
    return result.stderr.removeprefix("leadline: ").strip()


BAD_SETTINGS = [
    ("DATABASE", "mysql://desk/leads", f"sqlite:///path/to/file.db, or {POSTGRES_FORM}"),
    ("DATABASE", "sqlite:///", f"sqlite:///path/to/file.db, or {POSTGRES_FORM}"),
    ("REPLICA", "sqlite:///leads.db", POSTGRES_FORM),
    ("CLUSTERS", "eu", "NAME=ADDRESS, with commas between, each name once and none home"),
    ("CLUSTERS", "eu=postgresql://u:p@h/x@y", f"NAME=ADDRESS, and the address of eu must be {POSTGRES_FORM}"),
    ("CONNECTIONS", "1", "a whole number from 2 to 200"),
    ("PORT", "99999", "a whole number from 0 to 65535"),
    ("PORT", "", "a whole number from 0 to 65535"),
    ("PORT", "9" * 5000, "a whole number from 0 to 65535"),
    ("METRICS_PORT", "http", "a whole number from 0 to 65535"),
    ("WORKERS", "none", "a whole number from 1 to 64"),
    ("INDEX_MIB", "-1", "a whole number from 0 to 1048576"),
    ("MAX_BODY_KIB", "0", "a whole number from 1 to 1024"),
    ("MAX_CONNECTIONS", "1", "a whole number from 10 to 50000"),
    ("HEADER_SECONDS", "nan", "a number above 0, at most 86400"),
    ("BODY_SECONDS", "inf", "a number above 0, at most 86400"),
    ("SLOW_SECONDS", "-1", "a number above 0, at most 86400"),
    ("KEEP_ALIVE_SECONDS", "0", "a whole number from 1 to 86400"),
    ("STOP_SECONDS", "soon", "a whole number from 1 to 86400"),
    ("ACCESS_SECONDS", "59", "a whole number from 60 to 86400"),
    ("REFRESH_DAYS", "0", "a whole number from 1 to 365"),
    ("LOG_LEVEL", "debug", "one of info, warning, error"),
    ("RATE_LIMIT", "1000/min", LIMIT),
    ("LOGIN_LIMIT", "0", LIMIT),
    ("TRUSTED_PROXIES", "proxy", "addresses or networks with commas between, such as 127.0.0.1,10.0.0.0/8"),
    ("PUBLIC_URL", "crm.example.com", URL),
]


@pytest.mark.parametrize(("name", "value", "allowed"), BAD_SETTINGS)
def test_a_bad_setting_is_named_as_it_was_set_with_what_it_may_be(name: str, value: str, allowed: str) -> None:
    assert refused("serve", **{f"LEADLINE_{name}": value}).startswith(f"LEADLINE_{name} must be {allowed}")


@pytest.mark.parametrize("name", ["DATA", "HOST", "METRICS_HOST"])
def test_a_setting_that_must_say_something_is_named(name: str) -> None:
    assert refused("serve", **{f"LEADLINE_{name}": ""}) == f"LEADLINE_{name} must not be empty."


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["serve", "--port", "-1"], "--port must be a whole number from 0 to 65535."),
        (["serve", "--workers", "0"], "--workers must be a whole number from 1 to 64."),
        (
            ["verify", "--database", "sqlite:///:memory:"],
            "--database must name a file: data in memory would be lost.",
        ),
        (["copy", "--from", "", "--to", "sqlite:///x.db"], "--from must name a database."),
        (
            ["copy", "--from", "sqlite:///:memory:", "--to", "sqlite:///x.db"],
            "--from must name a file: data in memory",
        ),
    ],
)
def test_what_an_option_says_wrongly_is_named_by_the_option(arguments: list[str], sentence: str) -> None:
    assert refused(*arguments).startswith(sentence)


def test_every_setting_that_is_wrong_is_told_at_once() -> None:
    told = leadline("serve", "--workers", "0", LEADLINE_PORT="x", LEADLINE_LOG_LEVEL="loud").stderr
    assert [line.split()[1] for line in told.splitlines()] == ["LEADLINE_PORT", "--workers", "LEADLINE_LOG_LEVEL"]


def test_settings_that_do_not_fit_each_other_are_refused_in_a_sentence() -> None:
    assert refused("serve", LEADLINE_REPLICA="postgresql://standby/leads") == (
        "LEADLINE_REPLICA needs the data in PostgreSQL, too; name them in LEADLINE_DATABASE, or unset it."
    )


HALVES = ("SeCret", "PaSsed")
"""The two halves of every password below: no half may be seen."""
PASSWORDS = [
    "/",
    "?",
    "#",
    "@",
    "/@",
    "℀",
    "[",
    "]",
    "[x]",
    " ",
    "\t",
    "%",
    "%zz",
    ":",
    ",",
    ",x=",
    "&",
    "é",
    "\udcff",
]


@pytest.mark.parametrize(
    ("command", "name"),
    [
        ("serve --port 0", "LEADLINE_DATABASE"),
        ("keys list", "LEADLINE_DATABASE"),
        ("verify", "LEADLINE_CLUSTERS"),
        ("verify", "LEADLINE_REPLICA"),
        ("copy --to sqlite:///copy.db --from", ""),
        ("backup copy.db --database", ""),
    ],
)
@pytest.mark.parametrize(
    "form", ["postgresql://ada:{}@127.0.0.1:1/leads", "postgresql://127.0.0.1:1/leads?user=a&password={}"]
)
def test_no_part_of_a_password_is_printed(command: str, name: str, form: str) -> None:
    for between in PASSWORDS:
        address = form.format(between.join(HALVES))
        address = f"eu={address}" if name == "LEADLINE_CLUSTERS" else address
        environment = {"LEADLINE_DATABASE": "postgresql://127.0.0.1:1/leads"} | ({name: address} if name else {})
        told = leadline(*command.split(), *([] if name else [address]), **environment)
        assert told.exit_code == 1
        seen = f"{told.output} {told.exception!r}".lower()
        assert not [half for half in HALVES if half.lower() in seen], between


@pytest.mark.parametrize(
    "typed",
    [
        "serve {}",
        "{}",
        "keys {}",
        "keys list {}",
        "users create ada@x.example {}",
        "serve --databse {}",
        "serve --databse={}",
        "serve --port {}",
        "copy --from {}",
    ],
)
@pytest.mark.parametrize("form", ["postgresql://ada:{}@127.0.0.1:1/leads", "{}"])
def test_no_part_of_a_password_is_printed_of_what_was_mistyped(typed: str, form: str) -> None:
    told = leadline(*typed.format(form.format("".join(HALVES))).split())
    assert (told.exit_code, told.stdout) == (2, "")
    assert "Usage:" in told.stderr
    assert not [half for half in HALVES if half.lower() in told.stderr.lower()]


def test_a_command_that_is_not_there_is_still_named() -> None:
    assert "No such command 'serv'. Did you mean 'serve'" in " ".join(leadline("serv").stderr.split())


def test_settings_are_shown_without_what_is_secret() -> None:
    address = "postgresql://ada:SeCret@one,two:5433/leads?pgbouncer=true&password=PaSsed"
    settings = Settings(database=address, replica=address, clusters=f"eu={address}", admin_password="SeCretPaSsed")
    assert settings.safe_address == "postgresql://one,two:5433/leads"
    assert not [half for half in HALVES if half in repr(settings) + str(settings)]


@pytest.mark.parametrize("between", ["%2F", "%40", "!$&'()*+;=,", "ß"])
def test_a_password_in_an_address_may_have_any_sign_if_it_is_written_so(between: str) -> None:
    settings = Settings(database=f"postgresql://ada:{between.join(HALVES)}@[::1]:5433,db_1.example/leads?ssl=on")
    assert settings.safe_address == "postgresql://[::1]:5433,db_1.example/leads"


UNFIT_URLS = [
    "https://",
    "https://crm.example.com?x=1",
    "https://crm.example.com/#top",
    "https://crm.example.com/a b",
    "https://crm.example.com/\x01",
    "https://crm.example.com/\x7f",
    "https://crm.example.com\n",
    "https://crm.example.com/\r\nX-Evil: 1",
    "https://crm.example.com/é",
    "https://crm.example.com/%zz",
    "https://ada:secret@crm.example.com",
    "https://crm.example.com:99999",
    "https://-crm.example.com",
    "https://crm..example.com",
    "https://crm.\u202eexample.com",
    "https://crm.example.com/" + "x" * 1000,
    "javascript:alert(1)",
    "//crm.example.com",
]


@pytest.mark.parametrize("url", UNFIT_URLS)
def test_a_public_address_that_cannot_stand_in_an_answer_is_refused_at_the_start(url: str) -> None:
    assert refused("serve", LEADLINE_PUBLIC_URL=url) == f"LEADLINE_PUBLIC_URL must be {URL}."


def test_a_public_address_in_other_letters_is_refused_with_how_it_is_written() -> None:
    told = refused("serve", LEADLINE_PUBLIC_URL="https://crm.компания.example:8443/leads")
    assert told == f"LEADLINE_PUBLIC_URL must be {URL}; https://crm.xn--80aqeigdi5k.example:8443/leads may be meant."


@pytest.mark.parametrize(
    "url",
    [
        "https://crm.xn--80aqeigdi5k.example",
        "http://127.0.0.1:8000",
        "https://[2001:db8::1]:8443/crm/",
        "HTTPS://CRM.example.com/a%20b/~ada",
    ],
)
def test_a_public_address_of_ascii_is_taken(url: str) -> None:
    assert Settings(public_url=url).public_url == url


@pytest.mark.parametrize("name", Settings.model_fields)
def test_a_line_break_in_a_setting_is_refused_or_harmless_and_never_a_fault(name: str, tmp_path: Path) -> None:
    """What ends up in an answer cannot have one."""
    result = leadline("keys", "list", **{"LEADLINE_DATA": str(tmp_path), variable_of(name): f"{tmp_path}/\r\nX: 1"})
    assert result.exit_code == 1
    assert result.stderr.startswith("leadline: ")


def test_a_file_where_the_folder_should_be_is_told(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").touch()
    letter = f"{tmp_path}/letter.txt"
    assert refused("serve", "--port", "0", "--data", letter) == (
        f"{letter} is a file and no folder, or is there already; move it away, or name another place (File exists)."
    )
    assert refused("serve", "--port", "0", "--data", f"{letter}/data") == (
        f"{letter}/data cannot be, for a part of it is a file and no folder; name another place (Not a directory)."
    )


def test_a_folder_where_the_file_should_be_is_told(tmp_path: Path) -> None:
    (tmp_path / "leadline.db").mkdir()
    place = f"{tmp_path}/leadline.db"
    for command in ("serve --port 0", "keys list", "verify"):
        assert refused(*command.split(), "--data", str(tmp_path)) == (
            f"{place} is a folder and no data file; move it away, or name another place."
        )
    assert refused("restore", place, "--data", f"{tmp_path}/new") == (
        f"{place} is a folder and no backup; name the file that `leadline backup` made."
    )


def test_a_folder_without_the_rights_is_told(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o500)
    for folder in [tmp_path, *tmp_path.parents][:3]:
        folder.chmod(0o755)  # so that somebody else comes as far as the closed one
    command = [sys.executable, "-c", AS_SOMEBODY_ELSE, "serve", "--port", "0", "--data", str(closed / "data")]
    told = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert (told.returncode, told.stdout) == (1, "")
    assert told.stderr.startswith(f"leadline: this account may not use {closed}/data")
    assert "give it the rights (chown, chmod), or name another place (Permission denied).\n" in told.stderr


@pytest.mark.parametrize(
    ("number", "sentence"),
    [
        (errno.ENOENT, "there is no /srv/leads; make it first, or name another place"),
        (errno.EROFS, "/srv/leads lies on a disk that can only be read; make that writable (mount)"),
        (errno.ENOSPC, "there is no room left for /srv/leads; make room on its disk"),
        (errno.EDQUOT, "there is no room left for /srv/leads; make room on its disk"),
        (errno.EPERM, "this account may not use /srv/leads; give it the rights (chown, chmod)"),
        (errno.ENAMETOOLONG, "/srv/leads is too long a name; name another place"),
        (errno.ELOOP, "/srv/leads leads to itself by its links; name another place"),
    ],
)
def test_what_the_system_says_of_a_folder_becomes_a_sentence(number: int, sentence: str) -> None:
    (told,) = error_sentences(OSError(number, os.strerror(number), "/srv/leads"))
    assert told.startswith(sentence)
    assert told.endswith(f"({os.strerror(number)}).")
    assert "Errno" not in told


ON_A_SMALL_DISK = 'mount -t tmpfs -o size=96k tmpfs "$1" && shift && exec "$@"'


def on_a_small_disk(folder: Path, *arguments: str) -> str:
    """What the command says with a disk of 96 KiB at the folder, which nobody else sees."""
    apart = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", ON_A_SMALL_DISK, "sh", str(folder)]
    command = [*apart, sys.executable, "-m", "leadline", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    if "leadline: " not in done.stderr:
        pytest.skip(f"no disk can be made here: {done.stderr}")
    assert (done.returncode, done.stdout) == (1, "")
    return done.stderr.removeprefix("leadline: ").strip()


def test_a_disk_that_is_full_is_told_with_what_to_do(tmp_path: Path) -> None:
    data, disk = tmp_path / "data", tmp_path / "disk"
    make_desk(data)
    disk.mkdir()
    kept = on_a_small_disk(disk, "backup", f"{disk}/kept.db", "--data", str(data))
    no_room = "There is no room for a copy of {} in {}; make room there, or choose another place."
    assert kept == no_room.format(f"{data}/leadline.db", disk)
    (data / "leadline.db").rename(tmp_path / "kept.db")
    restored = on_a_small_disk(disk, "restore", f"{tmp_path}/kept.db", "--data", f"{disk}/new")
    assert restored == no_room.format(f"{tmp_path}/kept.db", f"{disk}/new")
    assert "(database or disk is full)" in on_a_small_disk(disk, "init", "--data", f"{disk}/new")
    assert error_sentences(write_failed(apsw.FullError())) == [
        "The data file could not be written (database or disk is full); nothing was changed. Make room on its disk,"
        " and run the command again."
    ]


def test_a_backup_in_a_folder_that_nobody_may_write_to_names_the_file_that_was_asked_for(tmp_path: Path) -> None:
    make_desk(tmp_path / "data")
    asked = refused("backup", "/proc/self/kept.db", "--data", str(tmp_path / "data"))
    assert "/proc/self/kept.db" in asked
    assert "/." not in asked


def test_copy_names_only_options_that_it_has(tmp_path: Path) -> None:
    nowhere = f"sqlite:///{tmp_path}/nowhere.db"
    assert refused("copy", "--from", nowhere, "--to", f"sqlite:///{tmp_path}/copy.db") == (
        f"There are no data at {tmp_path}/nowhere.db; say with --from where they are."
    )
    assert list(tmp_path.iterdir()) == []
