"""Tables as people keep them: workbooks, and what statistical services answer."""

from typing import TYPE_CHECKING

from tradetrack._lazy import attach

if TYPE_CHECKING:
    from tradetrack.sources.fetching import comtrade, sdmx
    from tradetrack.sources.services import from_comtrade, from_sdmx

__all__ = ["comtrade", "from_comtrade", "from_sdmx", "sdmx"]

__getattr__, __dir__ = attach(
    __name__,
    {
        "tradetrack.sources.fetching": ("comtrade", "sdmx"),
        "tradetrack.sources.services": ("from_comtrade", "from_sdmx"),
    },
)
