"""diagnose(): tests of the one-year-ahead errors of a fitted standard model."""

from typing import TYPE_CHECKING, Literal, Self

import numpy as np
from pydantic import model_validator

from tradetrack._parallel import one_blas_thread
from tradetrack._typing import Array
from tradetrack.domain.value import AtLeastOne, NonNegative, Probability, Value, require
from tradetrack.errors import InputError
from tradetrack.models.reconciled import FittedStandard
from tradetrack.scoring.calibration import Pit

if TYPE_CHECKING:
    import pandas as pd

_MOST_LAGS = 10
_FEWEST_ERRORS = 6


class LjungBox(Value):
    """Test of whether errors are correlated over time.

    Attributes
    ----------
    lags
        Number of autocorrelations looked at.
    freedom
        Degrees of freedom: lags, less the autoregressive and moving average parameters fitted.
    statistic, p_value
        The statistic, and the probability of one as large if the errors are independent.
    """

    lags: AtLeastOne
    freedom: AtLeastOne
    statistic: NonNegative
    p_value: Probability


class Diagnostics(Value):
    """Tests of the one-year-ahead errors of a fitted standard model; made by `diagnose`.

    Attributes
    ----------
    model
        The method's name.
    years
        The years of the errors.
    errors
        In logs, each over its standard deviation: standard normal, if the model is right.
    ljung_box
        Whether they are correlated.
    pit
        Where each year lay in its forecast: uniform, if the model is right. The parameters were
        fitted to the same years, so it looks better than it is; ``Backtest.pit`` does not.

    Examples
    --------
    >>> import tradetrack as tt
    >>> found = tt.scoring.diagnose(tt.models.ThetaModel().fit(tt.datasets.kazakhstan_uzbekistan()))
    >>> found.model, found.years[-1], found.ljung_box.p_value > 0.05
    ('Theta', 2024, True)
    """

    schema_version: Literal["1"] = "1"
    model: str
    years: tuple[int, ...]
    errors: tuple[float, ...]
    ljung_box: LjungBox
    pit: Pit

    @model_validator(mode="after")
    def _one_for_each_year(self) -> Self:
        require(
            true=len(self.years) == len(self.errors) == len(self.pit.values),
            otherwise="there is not one error and one place for each year",
        )
        return self

    def to_frame(self) -> "pd.DataFrame":
        """One row per year: ``year, error, pit``."""
        import pandas as pd

        rows = zip(self.years, self.errors, self.pit.values, strict=True)
        return pd.DataFrame(rows, columns=["year", "error", "pit"])

    def __str__(self) -> str:
        test, spread = self.ljung_box, np.std(self.errors, ddof=1)
        return "\n".join(
            (
                f"{self.model}, errors one year ahead, {self.years[0]} to {self.years[-1]}:"
                f" mean {np.mean(self.errors):+.2f}, standard deviation {spread:.2f}",
                f"Ljung-Box over {test.lags} lags: {test.statistic:.2f},"
                f" p-value {test.p_value:.3f}",
                f"PIT: distance {self.pit.distance:.2f} from uniform",
            )
        )


@one_blas_thread
def diagnose(fitted: FittedStandard) -> Diagnostics:
    """Test the one-year-ahead errors of a fitted standard model.

    Parameters
    ----------
    fitted
        What `EtsModel`, `ArimaModel`, `UnobservedComponentsModel`, `ThetaModel` or
        `RandomWalkModel` made of a ledger.

    Raises
    ------
    InputError
        If it is another model, or its series has too few years.

    Examples
    --------
    >>> import tradetrack as tt
    >>> fitted = tt.models.RandomWalkModel().fit(tt.datasets.kazakhstan_uzbekistan())
    >>> len(tt.scoring.diagnose(fitted).errors)
    30
    """
    from scipy.special import ndtr  # loads slower than the library

    if not isinstance(fitted, FittedStandard):
        raise InputError(
            f"{type(fitted).__name__} has no one-year-ahead errors; give a fitted standard model,"
            " or look at Backtest.pit"
        )
    errors, spread = fitted.one_step()
    if len(errors) < _FEWEST_ERRORS:
        raise InputError(
            f"{fitted.name} has {len(errors)} errors one year ahead; diagnostics need"
            f" {_FEWEST_ERRORS} or more, so add annual figures of earlier years",
            topic="model",
        )
    scaled = errors / spread
    return Diagnostics(
        model=fitted.name,
        years=tuple(fitted.years[-len(scaled) :]),
        errors=tuple(map(float, scaled)),
        ljung_box=ljung_box(scaled, fitted.yearly.n_arma),
        pit=Pit(values=tuple(map(float, ndtr(scaled)))),
    )


def ljung_box(errors: Array, n_arma: int = 0) -> LjungBox:
    r"""Test errors for correlation over a fifth of their number of lags, at most ten.

    .. math:: Q = n (n + 2) \sum_{k=1}^{h} \frac{r_k^2}{n - k} \sim \chi^2_{h - p - q}

    Parameters
    ----------
    errors
        In order of time, shape (n,).
    n_arma
        Number ``p + q`` of autoregressive and moving average parameters that were fitted.

    Notes
    -----
    Ljung and Box (1978), On a measure of lack of fit in time series models; the lags after Hyndman
    and Athanasopoulos, Forecasting: principles and practice.
    """
    from statsmodels.stats.diagnostic import acorr_ljungbox  # loads slower than the library

    lags = max(min(_MOST_LAGS, len(errors) // 5), n_arma + 1)
    found = acorr_ljungbox(errors, lags=[lags], model_df=n_arma)
    [(statistic, p_value)] = found[["lb_stat", "lb_pvalue"]].to_numpy()
    return LjungBox(
        lags=lags,
        freedom=lags - n_arma,
        statistic=float(statistic),
        p_value=float(p_value),
    )
