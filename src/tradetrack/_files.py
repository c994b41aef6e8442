"""Text files that appear whole or not at all."""

import os
import shutil
from contextlib import suppress
from pathlib import Path
from uuid import uuid4

from tradetrack.errors import SinkError


def write_whole(path: str | os.PathLike[str], text: str) -> None:
    """Write a text beside the file asked for, and give it that name when all is written.

    A file that is there is replaced and keeps its mode; a pipe or a device keeps its place.

    Raises
    ------
    SinkError
        If the file cannot be written; nothing of it is left.

    Examples
    --------
    >>> try:
    ...     write_whole("no such folder/page.html", "text")
    ... except SinkError as error:
    ...     print(str(error).partition(" (")[0])
    no such folder/page.html could not be written
    """
    asked = Path(path)
    try:
        if asked.is_dir():
            raise IsADirectoryError(None, "it is a folder")
        if asked.exists() and not asked.is_file():
            asked.write_text(text, encoding="utf-8", newline="")
        else:
            _replace(asked.resolve(), text)
    except (OSError, ValueError, RuntimeError) as error:  # an odd name is one of the latter
        reason = getattr(error, "strerror", None) or error
        raise SinkError(
            f"{os.fspath(path)} could not be written ({reason}); choose another place, or make its"
            " folder. Nothing of it is left"
        ) from error


def _replace(target: Path, text: str) -> None:
    draft = target.with_name(f".{uuid4().hex}.part")
    try:
        draft.write_text(text, encoding="utf-8", newline="")
        if target.exists():
            shutil.copymode(target, draft)
        draft.replace(target)
    finally:
        with suppress(OSError):  # of a draft that never was
            draft.unlink(missing_ok=True)
