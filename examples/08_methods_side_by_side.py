"""
Methods side by side
====================

What the field's standard methods and the rules of statistical offices say of the announced goals.
"""

from pathlib import Path

import matplotlib.pyplot as plt

import tradetrack as tt
from tradetrack.models import Model

ledger = tt.datasets.kazakhstan_uzbekistan()
goals = tt.datasets.goals("kazakhstan_uzbekistan")
models: dict[str, Model] = {
    "growth mixture": tt.GrowthMixture(),
    "ETS, damped trend": tt.models.EtsModel(),
    "ARIMA": tt.models.ArimaModel(),
    "unobserved components": tt.models.UnobservedComponentsModel(),
    "Theta": tt.models.ThetaModel(),
    "random walk": tt.models.RandomWalkModel(),
}

trackings = {}
print("probability of", " and of ".join(map(str, goals)))
for name, model in models.items():
    trackings[name] = tracking = tt.track(ledger, goals, model=model, n_paths=2000)
    chances = [f"{found.deadline_probability:5.1%}" for found in tracking.attainments]
    print(f"{name:24s}", *chances, sep="  ")

print()
(found,) = tt.track(ledger, goals[-1], n_paths=2000).attainments
print(f"{found.goal} by the official methods:", *found.statuses, sep="\n  ", end="\n\n")

print(tt.scoring.diagnose(tt.models.ThetaModel().fit(ledger)))

out = Path("out")
out.mkdir(exist_ok=True)
tt.plots.plot_scenarios(trackings, goal=1)
plt.savefig(out / "methods.png", dpi=130)
