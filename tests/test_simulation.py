"""simulate(): the paths behind an answer."""

import numpy as np
import pytest

import tradetrack as tt

LEDGER = tt.datasets.kazakhstan_uzbekistan()
GOALS = [tt.Goal(5), tt.Goal(6, window="rolling_year"), tt.Goal(5, reporter="UZ stat")]


def test_the_answer_is_counted_on_these_paths() -> None:
    drawn = tt.simulate(LEDGER, GOALS, horizon=7, n_paths=300, seed=3)
    told = tt.track(LEDGER, GOALS, horizon=7, n_paths=300, seed=3)
    assert (drawn.as_of, drawn.ledger.digest) == (told.as_of, told.ledger_digest)
    for position, attainment in enumerate(told.attainments):
        assert drawn.goals[position] == attainment.goal
        reached = GOALS[position].amount * (1 - 5e-5)  # as exactly as a total is printed
        met = np.maximum.accumulate(drawn.totals(position), axis=0) >= reached
        assert tuple(met.mean(axis=1)) == pytest.approx(tuple(attainment.probabilities.values()))
        years = tuple(attainment.probabilities)
        assert years == tuple(drawn.years)


def test_totals_are_sums_of_the_monthly_paths() -> None:
    drawn = tt.simulate(LEDGER, GOALS, horizon=3, n_paths=50)
    monthly = np.exp(drawn.paths.log_paths.astype(float)).sum(axis=0)
    by_hand = monthly.reshape(len(drawn.years), 12, 50).sum(axis=1)
    assert drawn.totals() == pytest.approx(by_hand, rel=1e-5)
    assert (drawn.totals(1) >= drawn.totals(1, "calendar_year")).all()
    assert not np.allclose(drawn.totals(2), drawn.totals())


def test_what_track_refuses_is_refused() -> None:
    with pytest.raises(tt.errors.GoalError, match="no figures that count are by 'nobody'"):
        tt.simulate(LEDGER, tt.Goal(5, reporter="nobody"))
    with pytest.raises(tt.InputError, match="n_paths is 0"):
        tt.simulate(LEDGER, tt.Goal(5), n_paths=0)


def test_a_goal_or_window_that_is_not_there_is_refused() -> None:
    drawn = tt.simulate(LEDGER, GOALS[0], n_paths=20)
    with pytest.raises(tt.InputError, match="there is no goal 1; choose one of 0 to 0"):
        drawn.totals(1)
    with pytest.raises(tt.InputError, match="the window is 'weekly'; write calendar_year or roll"):
        drawn.totals(0, "weekly")
