"""Results made by hand, so that pictures of them change only if the drawing does."""

import datetime as dt

from tests.dated import dated

import tradetrack as tt
from tradetrack._news.results import Change, FigureNews, GoalNews, ReleaseNews
from tradetrack.attainment.attainment import YearProbability, YearReach
from tradetrack.reporters.compare import Judgement
from tradetrack.reporters.resolution import Evidence, Resolution
from tradetrack.scoring.calibration import Reliability, reliability
from tradetrack.tracking import SeriesTotals, YearQuantiles

SERIES = tt.Series(pair="AA-BB")
DAY = dt.date(2024, 6, 30)
LEVELS = (0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975)
YEARS = range(2015, 2036)
DIGEST = "0123456789abcdef"


def goal(amount: float, by: int | None, reporter: str = "consensus", name: str = "") -> tt.Goal:
    return tt.Goal(amount, by, series=SERIES, reporter=reporter, name=name)


def attainment(wanted: tt.Goal, slope: float = 0.06) -> tt.Attainment:
    chances = [min(0.9, max(0.0, slope * (year - 2024))) for year in YEARS]
    curve = tuple(
        YearProbability(year=year, probability=chance, error=0.01)
        for year, chance in zip(YEARS, chances, strict=True)
    )
    reach = (YearReach(year=YEARS[-1], amounts=(2.0,) * 99),)
    return tt.Attainment(
        goal=wanted,
        **dated(wanted, curve, 2023),
        latest=None,
        earlier=None,
        reach=reach,
        n_paths=1000,
    )


def totals(growth: float = 1.05, reporter: str = "consensus") -> SeriesTotals:
    rows = []
    for year in YEARS:
        median, spread = 2.0 * growth ** (year - 2015), 0.02 + 0.06 * max(0, year - 2023)
        steps = (-2.0, -1.3, -0.7, 0.0, 0.7, 1.3, 2.0)
        quantiles = tuple(median * (1.0 + spread) ** step for step in steps)
        rows.append(YearQuantiles(year=year, quantiles=quantiles))
    return SeriesTotals(
        series=SERIES,
        reporter=reporter,
        window="calendar_year",
        levels=LEVELS,
        years=tuple(rows),
    )


def tracking(*goals: tt.Goal, growth: float = 1.05) -> tt.Tracking:
    wanted = goals or (goal(4, 2030), goal(5, None))
    return tt.Tracking(
        version="1",
        as_of=DAY,
        last_observed=2024 * 12 + 5,
        seed=0,
        n_paths=1000,
        ledger_digest=DIGEST,
        attainments=tuple(attainment(g, 0.06 / (1 + i)) for i, g in enumerate(wanted)),
        series_totals=tuple(
            totals(growth, reporter) for reporter in dict.fromkeys(g.reporter for g in wanted)
        ),
        findings=(),
    )


def news(
    shares: tuple[float, ...] = (0.05, -0.08, 0.02), reporter: str = "AA stat"
) -> tt.results.News:
    seen = tt.Level(
        series=SERIES,
        window=tt.Window.parse("2024"),
        figure=tt.Figure.of("3.1", "usd_bn"),
        reporter=reporter,
        published="2024-06",
    )
    figure = FigureNews(
        observation=seen,
        counts=True,
        replaces=None,
        expected=3.0,
        surprise=1.0,
        chance=None,
        impacts=(0.1,),
    )
    releases = tuple(
        ReleaseNews(
            published=f"2024-0{1 + i % 6}",
            reporter=reporter,
            document="",
            figures=(figure,),
            probabilities=(Change(in_order=share, share=share, share_error=0.0, left_out=share),),
            totals=(),
            log_totals=(),
        )
        for i, share in enumerate(shares)
    )
    return tt.results.News(
        version="1",
        ledger_digest=DIGEST,
        since=dt.date(2023, 12, 31),
        as_of=DAY,
        n_paths=1000,
        seed=0,
        n_orders=0,
        goals=(GoalNews(goal=goal(4, 2030), by=2030, before=0.4, after=0.4 + sum(shares)),),
        totals=(),
        releases=releases,
    )


def whose() -> tt.results.ByReporter:
    seen = Evidence(
        window=tt.Window("2022"),
        total=4.92,
        amount=5.0,
        printed=("4.92",),
        published=("2023",),
        documents=("a table",),
    )
    wanted = goal(5, 2022)
    latest = Resolution(
        goal=wanted, reporter="AA stat", vintage="latest", verdict="not met", evidence=seen
    )
    judged = [
        Judgement(attainment=attainment(wanted), agreed="disputed"),
        Judgement(attainment=attainment(goal(5, 2022, "AA stat")), latest=latest),
        Judgement(attainment=attainment(goal(5, 2035, "BB stat"), 0.08)),
    ]
    return tt.results.ByReporter(
        version="0",
        as_of=DAY,
        seed=0,
        n_paths=1000,
        ledger_digest="0",
        judgements=tuple(judged),
    )


def table() -> Reliability:
    told = [0.05, 0.05, 0.15, 0.35, 0.35, 0.55, 0.75, 0.75, 0.95, 0.95]
    return reliability(told, [0.0, 0.0, 0.0, 0.0, 1.0, 1.0, 1.0, 0.0, 1.0, 1.0], bins=5)
