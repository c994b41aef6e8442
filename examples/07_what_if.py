"""
What if
=======

What if? Assumptions about the years ahead, and what it would take to meet the goal.
"""

from pathlib import Path

import matplotlib.pyplot as plt

import tradetrack as tt

ledger = tt.datasets.kazakhstan_uzbekistan()
goal = tt.Goal(10, by=2030)
what_if = tt.scenarios
slump, growth = what_if.Shock(2027, -0.2, recovers=0.5), what_if.GrowthPath(0.15)
one_way = [what_if.GrowthPath(0.15, flow="kz_to_uz"), what_if.GrowthPath(0.0, flow="uz_to_kz")]
scenarios = {
    "as it is": what_if.Scenario([]),
    "15 % a year": what_if.Scenario([growth]),
    "the recent pace": what_if.Scenario([what_if.Pace()]),
    "slump in 2027": what_if.Scenario([slump]),
    "15 %, and a slump": what_if.Scenario([growth, slump]),
    "only one way": what_if.Scenario(one_way),
    "6.5 bn in 2027": what_if.Scenario([what_if.GivenTotal(2027, 6.5)]),
}
trackings = {}
for name, scenario in scenarios.items():
    trackings[name] = tt.track(ledger, goal, model=scenario, n_paths=2000)
    met = trackings[name].attainments[0]
    print(f"{met.deadline_probability:4.0%} by 2030, median {met.median}: {scenario}")

print("\nWhat growth would it take?")
for probability in (0.5, 0.9):
    print(tt.required_growth(ledger, goal, probability, n_paths=2000))

attainment = trackings["as it is"].attainments[0]
print("\nWhat would be ambitious yet achievable by 2030, and when is the goal likely met?")
for probability in (0.25, 0.5, 0.75):
    amount = attainment.value_reached_with(probability, 2030)
    year = attainment.year_reached_with(probability)
    print(f"with {probability:.0%}: {amount:.1f} bn by 2030; 10 bn {year}")

out = Path("out")
out.mkdir(exist_ok=True)
tt.plots.plot_scenarios(
    {name: trackings[name] for name in ("as it is", "15 % a year", "slump in 2027")}
)
plt.savefig(out / "what_if.png", dpi=130)
