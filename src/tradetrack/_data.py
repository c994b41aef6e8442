"""Where the shipped data files are."""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def data_path(name: str) -> Path:
    """Path of a shipped file: in ``tradetrack/data``, or ``data`` or ``docs`` of a checkout.

    Parameters
    ----------
    name
        File name, such as ``"growth_regimes.csv"``.

    Raises
    ------
    FileNotFoundError
        When no shipped file has that name.

    Examples
    --------
    >>> data_path("growth_regimes.csv").name
    'growth_regimes.csv'
    """
    checkout = _PACKAGE.parents[1]
    folders = (_PACKAGE / "data", checkout / "data", checkout / "docs")
    for folder in folders:
        if (folder / name).is_file():
            return folder / name
    places = " nor ".join(str(folder) for folder in folders)
    raise FileNotFoundError(f"no shipped data file {name!r}: it is neither in {places}")
