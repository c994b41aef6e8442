"""Property-based tests of models and programs that use the library.

Hypothesis strategies draw ledgers, goals and panels, and checks raise an `AssertionError` where a
law is broken that must hold for any of them. The library's own tests use the same. Needs the extra
``testing``; it is imported by itself, as in ``from tradetrack import testing``.
"""

try:
    import hypothesis as hypothesis
except ImportError as error:
    from tradetrack.errors import MissingExtraError

    raise MissingExtraError(
        'the strategies need hypothesis: pip install "tradetrack[testing]"'
    ) from error

from tradetrack.testing.checks import (
    check_attainment,
    check_model,
    check_panel,
    check_paths,
    check_tracking,
)
from tradetrack.testing.panels import panels
from tradetrack.testing.questions import any_goals, any_questions, goals, ledgers, questions
from tradetrack.testing.rows import any_ledgers, observations

__all__ = [
    "any_goals",
    "any_ledgers",
    "any_questions",
    "check_attainment",
    "check_model",
    "check_panel",
    "check_paths",
    "check_tracking",
    "goals",
    "ledgers",
    "observations",
    "panels",
    "questions",
]
