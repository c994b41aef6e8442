"""Public names that are imported when they are first used."""

from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from typing import Any


def attach(
    package: str, homes: Mapping[str, Sequence[str]]
) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """Return ``__getattr__`` and ``__dir__`` of a package, by a table of where its names live.

    The table is plain data, so that it works from bytecode and from a zip file too. A public name
    may not be that of a module beside the file: importing the module would hide it.

    Parameters
    ----------
    package
        ``__name__`` of the package.
    homes
        The names of each module; a module of the package itself is listed under the package.
    """
    home = {name: module for module, names in homes.items() for name in names}

    def find(name: str) -> Any:
        if name not in home:
            raise AttributeError(_unknown(package, name, list(home)))
        if home[name] == package:
            return import_module(f"{package}.{name}")
        value = getattr(import_module(home[name]), name)
        setattr(import_module(package), name, value)
        return value

    return find, lambda: sorted(home)


def _unknown(package: str, name: str, names: list[str]) -> str:
    from difflib import get_close_matches  # only when something went wrong

    near = get_close_matches(name, names, n=1)
    hint = f"; did you mean {near[0]!r}?" if near else ""
    return f"module {package!r} has no attribute {name!r}{hint}"
