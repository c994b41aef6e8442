"""What charts show, whoever draws them: limits, words, marks."""

import pytest
from tests.plots import made
from tests.shipped import ledger, tracking

import tradetrack as tt
from tradetrack.plots.content import curve_content, fan_content


def content(answer: tt.Tracking, figures: tt.Ledger | None = None, flow: str = "turnover"):
    series = None if flow == "turnover" else tt.Series(pair="KZ-UZ", flow=flow)
    return fan_content(answer, figures, series=series, reporter=None, window="calendar_year")


def test_the_axis_holds_what_matters_and_not_the_whole_95_percent_range() -> None:
    """The 95 % range may go three times beyond all else, and then is cut."""
    shown = content(made.tracking(made.goal(3, 2030), growth=1.2))
    low, high = shown.limits
    inner = max(*shown.quantile(0.9), 3.0)
    margin = (high / low) ** (0.05 / 1.1)  # the margin is a twentieth of what it is added to
    assert max(shown.quantile(0.9)) < high <= 3.0 * inner * margin * 1.001
    assert low < min(shown.quantile(0.1))
    far = made.tracking(made.goal(1000, 2030))
    assert content(far).limits[1] > 1000


def test_a_flow_is_not_called_the_sum_of_two() -> None:
    assert "or the sum of two printed flows" in content(tracking(), ledger()).source
    series = tt.Series(pair="KZ-UZ", flow="kz_to_uz")
    answer = tt.track(ledger(), tt.Goal(3, series=series), n_paths=50)
    assert "Marks" not in content(answer, ledger(), "kz_to_uz").source


@pytest.mark.parametrize(
    ("number", "said"), [(8, None), (9, "1 more goal is drawn thin"), (10, "2 more goals are")]
)
def test_goals_without_a_name_are_counted(number: int, said: str | None) -> None:
    wanted = [made.goal(3 + i, 2030) for i in range(number)]
    text = curve_content(made.tracking(*wanted)).source
    assert (said in text) if said else ("more goal" not in text)
