"""What if? Assumptions about the years ahead, and what it would take to meet the goal."""

import tradetrack as tt

ledger = tt.datasets.kazakhstan_uzbekistan()
goal = tt.Goal(10, by=2030)
what_ifs = [
    tt.Scenario([]),
    tt.Scenario([tt.GrowthPath(0.15)]),
    tt.Scenario([tt.Pace()]),
    tt.Scenario([tt.Shock(2027, -0.2, recovers=0.5)]),
    tt.Scenario([tt.GrowthPath(0.15), tt.Shock(2027, -0.2, recovers=0.5)]),
    tt.Scenario([tt.GrowthPath(0.15, flow="kz_to_uz"), tt.GrowthPath(0.0, flow="uz_to_kz")]),
    tt.Scenario([tt.GivenTotal(2027, 6.5)]),
]
for scenario in what_ifs:
    attainment = tt.track(ledger, goal, model=scenario, n_paths=2000).attainments[0]
    print(f"{attainment.deadline_probability:4.0%} by 2030, median {attainment.median}: {scenario}")

print("\nWhat growth would it take?")
for probability in (0.5, 0.9):
    print(tt.required_growth(ledger, goal, probability, n_paths=2000))

attainment = tt.track(ledger, goal, n_paths=2000).attainments[0]
print("\nWhat would be ambitious yet achievable by 2030, and when is the goal likely met?")
for probability in (0.25, 0.5, 0.75):
    amount = attainment.value_reached_with(probability, 2030)
    year = attainment.year_reached_with(probability)
    print(f"with {probability:.0%}: {amount:.1f} bn by 2030; 10 bn {year}")
