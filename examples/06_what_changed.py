"""
What changed
============

What the latest figures changed, release by release, and what had been expected of them.
"""

from pathlib import Path

import matplotlib.pyplot as plt

import tradetrack as tt

ledger = tt.datasets.kazakhstan_uzbekistan()
goal = tt.Goal(10, by=2030)

news = tt.news(ledger, goal, since="2025-09-30")
print(news)

print("\nThe greatest surprises, in standard deviations of what had been expected:")
figures = [figure for release in news.releases for figure in release.figures if figure.surprise]
for figure in sorted(figures, key=lambda figure: abs(figure.surprise or 0.0), reverse=True)[:3]:
    print(f"{figure.surprise:+.1f}  {figure.observation}; expected {figure.expected:.4g}")

# As a table, and as JSON that another program can read back.
print(news.lines_to_frame()[["kind", "points", "published", "reporter"]].round(1).fillna(""))
assert tt.results.News.model_validate_json(news.model_dump_json()) == news

out = Path("out")
out.mkdir(exist_ok=True)
tt.plots.plot_news(news)
plt.savefig(out / "what_changed.png", dpi=130)
