"""What a worker does in the tests: kill itself, once."""

import os
import signal

from tradetrack._typing import Array
from tradetrack.panel import compute as annual
from tradetrack.panel.compute import Settings
from tradetrack.panel.reading import Panel

MARKER = "TRADETRACK_TEST_MARKER"  # names the file that tells the first try from the second
VICTIM = "s2"


def met_by(panel: Panel, settings: Settings) -> Array:
    """Answer a chunk, but kill the process on the first try of the victim's."""
    if VICTIM in panel.names:
        try:
            os.close(os.open(os.environ[MARKER], os.O_CREAT | os.O_EXCL))
        except FileExistsError:
            pass
        else:
            os.kill(os.getpid(), signal.SIGKILL)
    return annual.met_by(panel, settings)
