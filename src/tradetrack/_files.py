"""Text files that appear whole or not at all."""

import os
from contextlib import suppress
from pathlib import Path
from uuid import uuid4

from tradetrack.errors import SinkError


def write_whole(path: str | os.PathLike[str], text: str) -> None:
    """Write a text beside the file asked for, and give it that name when all is written.

    A file that is there is replaced; a pipe or a device keeps its place.

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
    target = Path(path).resolve()
    draft = target.with_name(f".{uuid4().hex}.part")
    try:
        if target.is_dir():
            raise IsADirectoryError(None, "it is a folder")
        if target.exists() and not target.is_file():
            target.write_text(text, encoding="utf-8", newline="")
            return
        draft.write_text(text, encoding="utf-8", newline="")
        draft.replace(target)
    except OSError as error:
        raise SinkError(
            f"{os.fspath(path)} could not be written ({error.strerror or error}); choose another"
            " place, or make its folder. Nothing of it is left"
        ) from error
    finally:
        with suppress(OSError):  # of a draft that never was
            draft.unlink(missing_ok=True)
