"""Error sentences of the command line, for the person who typed a command, in the words that they used."""

import errno
from collections.abc import Mapping

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from leadline.errors import LeadlineError
from leadline.kit.db import FULL, DatabaseError
from leadline.settings import describe_requirement, variable_of

_OF_FILES = {
    errno.ENOENT: "there is no {path}; make it first, or name another place",
    errno.ENOTDIR: "{path} cannot be, for a part of it is a file and no folder; name another place",
    errno.EEXIST: "{path} is a file and no folder, or is there already; move it away, or name another place",
    errno.EISDIR: "{path} is a folder and no file; name another place",
    errno.EACCES: "this account may not use {path}; give it the rights (chown, chmod), or name another place",
    errno.EPERM: "this account may not use {path}; give it the rights (chown, chmod), or name another place",
    errno.EROFS: "{path} lies on a disk that can only be read; make that writable (mount), or name another place",
    errno.ENOSPC: "there is no room left for {path}; make room on its disk, or name another place",
    errno.EDQUOT: "there is no room left for {path}; make room on its disk, or name another place",
    errno.ENAMETOOLONG: "{path} is too long a name; name another place",
    errno.ELOOP: "{path} leads to itself by its links; name another place",
}


class WrongSettings(LeadlineError):
    """The error for settings with impossible values. `sentences` has a sentence for each of them."""

    def __init__(self, sentences: list[str]) -> None:
        super().__init__(" ".join(sentences))
        self.sentences = sentences


def wrong_settings(error: ValidationError, options: Mapping[str, str]) -> WrongSettings:
    """Makes a `WrongSettings` from pydantic's error. `options` maps settings to the options that gave them, such as
    `{"port": "--port"}`. Values are not quoted, since they may hold a password."""
    return WrongSettings([_of_setting(problem, options) for problem in error.errors(include_input=False)])


def _of_setting(problem: ErrorDetails, options: Mapping[str, str]) -> str:
    clause = problem["msg"].removeprefix("Value error, ")
    if not problem["loc"]:
        return f"{clause}."
    name = str(problem["loc"][0])
    shown = options.get(name, variable_of(name))
    return f"{shown} {clause if problem['type'] == 'value_error' else describe_requirement(name)}."


def error_sentences(error: Exception) -> list[str]:
    match error:
        case WrongSettings():
            return error.sentences
        case LeadlineError():
            return [one.message for one in error.errors] or [error.detail]
        case DatabaseError() if str(error).endswith(f"({FULL}); nothing was changed."):
            return [f"{error} Make room on its disk, and run the command again."]
        case UnicodeError():
            why = getattr(error, "reason", "it cannot be read")  # the character may be a password's
            return [f"Something typed, or stored, is no text in UTF-8 ({why})."]
        case OSError() if error.errno in _OF_FILES:
            return [_of_file(error)]
    return [str(error)]


def _of_file(error: OSError) -> str:
    path = error.filename2 or error.filename
    if path is None:
        return f"the system refused ({error.strerror})."
    return f"{_OF_FILES[error.errno or 0].format(path=path)} ({error.strerror})."
