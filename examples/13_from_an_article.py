"""
From an article
===============

Three statements lead from a press text to the answer about its goal. This text is in Russian;
English is read in the same way.
"""

from pathlib import Path

import matplotlib.pyplot as plt

import tradetrack as tt

TEXT = """\
Товарооборот Казахстана и Узбекистана за январь-сентябрь 2025 года вырос на 9,4% и достиг
3,6 млрд долларов. Экспорт из Казахстана составил 2,5 млрд, импорт — 1,1 млрд. Подписаны контракты
на 700 млн долларов. Главы государств поставили задачу довести торговлю до 10 млрд к 2030 году.
"""  # the figures are invented

article = tt.read_article(TEXT, published="2025-11-14", reporter="KZ stat", pair="KZ-UZ")
ledger = tt.datasets.kazakhstan_uzbekistan().add(tt.Ledger(article.observations(accept="all")))
tracking = tt.track(ledger, article.goals(accept="all"))

print(article)
print(tracking)

out = Path("out")
out.mkdir(exist_ok=True)
tt.plots.plot_fan(tracking, ledger)
plt.savefig(out / "article.png", dpi=130)
