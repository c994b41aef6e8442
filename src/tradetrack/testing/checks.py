"""Checks of what must hold for any result and any model; each raises `AssertionError`."""

from collections.abc import Sequence

import numpy as np

from tradetrack._typing import MONTHS
from tradetrack.attainment.attainment import Attainment, NotWithin, Reached
from tradetrack.domain.goal import Goal
from tradetrack.domain.observation import TURNOVER
from tradetrack.ledger.ledger import Ledger
from tradetrack.models.paths import LogPaths, Model
from tradetrack.panel.results import LEVELS, PanelTracking
from tradetrack.simulation import last_simulated, simulate
from tradetrack.tracking import Tracking, track

_SOME = (0.05, 0.3, 0.5, 0.7, 0.95)
_ROUNDING = 1e-4  # of totals in single precision


def _hold(true: object, otherwise: str) -> None:
    if not true:
        raise AssertionError(otherwise)


def check_attainment(found: Attainment) -> None:
    """Check that the answer for one goal holds together.

    The probability never falls and sums to 1 with "not within the horizon"; ranges are nested
    around the median; what is reached with a probability agrees with the probability of reaching
    it; the JSON gives it back.

    Parameters
    ----------
    found
        Any attainment.

    Examples
    --------
    >>> import tradetrack as tt
    >>> tracking = tt.track(tt.datasets.kazakhstan_uzbekistan(), tt.Goal(10), n_paths=100)
    >>> check_attainment(tracking[0])
    """
    chances = [point.probability for point in found.curve]
    masses = [*np.diff(chances, prepend=0.0), found.not_within]
    _hold(min(masses) >= 0.0, "the probability falls from one year to the next")
    _hold(abs(sum(masses) - 1.0) < 1e-9, "the masses of the years do not sum to 1")
    for level in (0.2, 0.5, 0.8, 0.95):
        low, high = found.interval(level)
        wide = [_year(when) for when in found.interval(level + 0.04)]
        ends = [wide[0], _year(low), _year(found.median), _year(high), wide[1]]
        _hold(ends == sorted(ends), f"the ranges about the median are not nested: {ends}")
    for point in found.reach:
        reached = [found.value_reached_with(chance, point.year) for chance in _SOME]
        _hold(
            reached == sorted(reached, reverse=True),
            f"by {point.year}, more is reached with a higher probability",
        )
        _check_reached(found, point.year)
    again = Attainment.model_validate_json(found.model_dump_json())
    _hold(again == found, "the JSON gives another attainment back")


def _year(when: Reached | NotWithin) -> int:
    return when.year if isinstance(when, Reached) else when.last_year + 1


def _check_reached(found: Attainment, year: int) -> None:
    """Compare the two ways of asking: how likely is this amount, and how much is this likely."""
    amount, chance = _level(found), found.probability_by(year)
    step = max(0.02, 2.0 / found.n_paths)
    if chance > 0.01 + step:
        least = found.value_reached_with(min(chance - step, 0.99), year)
        _hold(least >= amount * (1.0 - _ROUNDING), f"{year}: likely reached, yet not the amount")
    if chance < 0.99 - step:
        most = found.value_reached_with(max(chance + step, 0.01), year)
        _hold(most <= amount * (1.0 + _ROUNDING), f"{year}: not likely reached, yet the amount")


def _level(found: Attainment) -> float:
    assert found.level is not None, "the goal is one of a level"
    return found.level


def check_tracking(tracking: Tracking) -> None:
    """Check that a tracking holds together: its attainments, totals, tables and JSON.

    Parameters
    ----------
    tracking
        Any result of `tradetrack.track`.

    Examples
    --------
    >>> import tradetrack as tt
    >>> check_tracking(tt.track(tt.datasets.kazakhstan_uzbekistan(), tt.Goal(10), n_paths=100))
    """
    for found in tracking:
        check_attainment(found)
    for totals in tracking.series_totals:
        for row in totals.years:
            _hold(list(row.quantiles) == sorted(row.quantiles), f"{row.year}: quantiles cross")
            _hold(np.isfinite(row.quantiles).all(), f"{row.year}: a quantile is not finite")
    document = tracking.model_dump_json()
    again = Tracking.model_validate_json(document)
    _hold(again == tracking, "the JSON gives another result back")
    _hold(again.model_dump_json() == document, "the JSON written again is another")
    _hold(len(tracking.to_frame()) == len(tracking), "the table has not one row per goal")


def check_panel(panel: PanelTracking) -> None:
    """Check that the answers of a panel hold together, in its arrays and series by series.

    Parameters
    ----------
    panel
        Any result of `tradetrack.track_panel`.

    Examples
    --------
    >>> import pandas as pd
    >>> import tradetrack as tt
    >>> values = pd.DataFrame({"series": "x", "year": [2022, 2023], "value": [3.0, 3.5]})
    >>> goals = pd.DataFrame({"series": ["x"], "amount": [5.0]})
    >>> check_panel(tt.track_panel(values, goals, horizon=3, n_paths=100))
    """
    frame = panel.to_frame()
    chances = frame["probability"].to_numpy()
    _hold(np.isfinite(chances).all(), "a probability is not finite")
    _hold(((chances >= 0.0) & (chances <= 1.0)).all(), "a probability is not between 0 and 1")
    curves = chances.reshape(-1, panel.settings.horizon)
    _hold((np.diff(curves, axis=1) >= 0.0).all(), "a probability falls from one year to the next")
    seen = 0
    for name in panel.panel.names:
        amounts = []
        for found in panel[name]:
            own = np.array([point.probability for point in found.curve])
            _hold(np.array_equal(own, curves[seen]), f"{name}: another answer than the table's")
            amounts.append((found.amount, own))
            seen += 1
        for amount, own in amounts:
            harder = [other for more, other in amounts if more > amount]
            _hold(all((other <= own).all() for other in harder), f"{name}: more is likelier")
    _hold(seen == len(curves), "the table has goals of no series")
    quantiles = panel.quantiles()["value"].to_numpy().reshape(-1, len(LEVELS))
    _hold((np.diff(quantiles, axis=1) >= 0.0).all(), "quantiles cross")


def check_paths(paths: LogPaths, ledger: Ledger, last_year: int, n_paths: int) -> None:
    """Check that a model's paths are what was requested.

    Parameters
    ----------
    paths
        What its fit has drawn.
    ledger
        What it was fitted to.
    last_year, n_paths
        What `draw` was called with.

    Examples
    --------
    >>> import numpy as np
    >>> import tradetrack as tt
    >>> ledger = tt.datasets.kazakhstan_uzbekistan()
    >>> paths = tt.GrowthMixture().fit(ledger).draw(2030, 50, np.random.default_rng(0))
    >>> check_paths(paths, ledger, 2030, 50)
    """
    current = ledger.current
    _hold(paths.n_paths == n_paths, f"{paths.n_paths} paths were drawn, {n_paths} were requested")
    _hold(paths.years[-1] == last_year, f"the paths end in {paths.years[-1]}, not {last_year}")
    _hold(paths.first_month <= current.first_month, "the paths begin after the first figure")
    _hold(
        paths.last_observed == current.last_month,
        "the last observed month is not the last that a figure covers",
    )
    if TURNOVER not in paths.flows:
        parts = sum(paths.totals(flow).astype(float) for flow in paths.flows)
        together = paths.totals(TURNOVER)
        _hold(np.allclose(parts, together, rtol=1e-4), "the flows do not add up to the turnover")
    _hold(paths.log_paths.shape[1] % MONTHS == 0, "the paths do not end in a December")


def check_model(
    model: Model, ledger: Ledger, goals: Goal | Sequence[Goal], *, n_paths: int = 200, seed: int = 0
) -> Tracking:
    """Check that a model keeps the laws that every model keeps.

    Its paths are what was requested; the same seed gives the same answer, also from the rows in
    another order; a goal twice as high is never likelier; and the result passes `check_tracking`.

    Parameters
    ----------
    model
        Any model, also of your own.
    ledger, goals, n_paths, seed
        As for `tradetrack.track`; draw them with `tradetrack.testing.questions`.

    Returns
    -------
    Tracking
        The answer, for checks of your own.

    Raises
    ------
    AssertionError
        If a law is broken; says which.
    TradetrackError
        As `tradetrack.track` does, for instance if the ledger is too short for the model.

    Examples
    --------
    >>> import tradetrack as tt
    >>> ledger = tt.datasets.kazakhstan_uzbekistan()
    >>> len(check_model(tt.GrowthMixture(), ledger, tt.Goal(10, by=2030), n_paths=50))
    1
    """
    drawn = simulate(ledger, goals, model=model, n_paths=n_paths, seed=seed)
    last_year = last_simulated(drawn.ledger.current, drawn.goals, None)
    check_paths(drawn.paths, drawn.ledger, last_year, n_paths)
    tracking = track(ledger, goals, model=model, n_paths=n_paths, seed=seed)
    turned = Ledger(reversed(ledger.observations))
    again = track(turned, goals, model=model, n_paths=n_paths, seed=seed)
    _hold(again == tracking, "the same seed, or the rows in another order, give another answer")
    asked = [found for found in tracking if isinstance(found.goal.amount, float)]
    higher = [found.goal.model_copy(update={"amount": 2 * _level(found)}) for found in asked]
    doubled = track(ledger, higher, model=model, n_paths=n_paths, seed=seed) if asked else ()
    for low, high in zip(asked, doubled, strict=True):
        for one, other in zip(low.curve, high.curve, strict=True):
            _hold(one.probability >= other.probability, f"{one.year}: twice as much is likelier")
    check_tracking(tracking)
    return tracking
