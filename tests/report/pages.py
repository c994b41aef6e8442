"""Report pages for tests: of the shipped ledger, and of one whose texts are hostile."""

from functools import cache

from tests.shipped import ledger, tracking

import tradetrack as tt

SCRIPT = "<script>window.ran=1</script>"
HOSTILE = (
    f"</script>{SCRIPT}",
    '"\' onclick="window.ran=1" x=\'',
    "<img src=x onerror=window.ran=1>",
    "\u202eright to left\u202c \u05e9\u05dc\u05d5\u05dd \u0645\u0631\u062d\u0628\u0627",
    "{{ 7 * 7 }} {% raw %} ${7*7}",
    "]]> --> <!-- \x00\x1b[31m\u2028 \U0001f600",
)
ADDRESSES = (
    "javascript:window.ran=1",
    'https://example.org/?a="><script>window.ran=1</script>',
    "https://example.org/plain",
    "data:text/html,<script>window.ran=1</script>",
    "//example.org",
    "http://[",
)
LONG = f"{SCRIPT}{'long' * 2500}"


@cache
def shipped_page() -> str:
    """Everything that a page can show."""
    goals = tt.datasets.goals("kazakhstan_uzbekistan")
    fast = tt.scenarios.Scenario([tt.scenarios.GrowthPath(0.15)])
    return tt.report_html(
        tracking(),
        ledger(),
        whose=tt.by_reporter(ledger(), goals, n_paths=100),
        news=tt.news(ledger(), goals, since="2025-10-31"),
        history=tt.history(ledger(), goals[1], ["2024-06", "2024-12", "2025-10"], n_paths=100),
        scenarios={"15 % a year": tt.track(ledger(), goals, model=fast, n_paths=100)},
        required=[tt.required_growth(ledger(), goals[1], 0.75, n_paths=100)],
    )


@cache
def kinds_page() -> str:
    """Goals of every kind, of one amount, and with names of other scripts; balances below zero."""
    balance, exports = (tt.Series(pair="KZ-UZ", flow=flow) for flow in ("balance", "kz_to_uz"))
    goals = [
        tt.Goal("2x 2023", 2030, name="\u0645\u0636\u0627\u0639\u0641\u0629 \U0001f686"),
        tt.Goal(
            20,
            2035,
            announced="2024-08-08",
            speaker="A. Speaker",
            document="www.example.org/speech",
            wording="to twenty billion",
        ),
        tt.Goal(22, 2035),
        tt.Goal(25, 2035),
        tt.Goal("+15%", 2027, announced="2025-01"),
        tt.Goal(6, "2027-03", window="fy:04"),
        tt.Goal(0.6, "2026-09", window="month"),
        tt.Goal(3, window="2026-H1"),
        tt.Goal(4, 2030, bound="at_most", announced="2025-06"),
        tt.Goal(10, 2030),
        tt.Goal(10, 2030, window="rolling_year"),
        tt.Goal(10, 2030, window="fy:04"),
        tt.Goal(10, 2030, reporter="UZ stat"),
        tt.Goal(8),
        tt.Goal(6, 2035, sustained=3),
        tt.Goal(1),
        tt.Goal(3, 2030, series=balance),
        tt.Goal(-1, 2030, series=balance),
        tt.Goal(4, 2030, series=exports),
    ]
    found = tt.track(ledger(), goals, n_paths=100)
    return tt.report_html(found, ledger(), whose=tt.by_reporter(ledger(), goals, n_paths=50))


@cache
def hostile_ledger() -> tt.Ledger:
    rows = [
        tt.Level(
            series=tt.Series(pair="<b>A-B"),
            window=tt.Window.parse(str(2010 + i)),
            figure=tt.Figure.of(f"{2 + 0.3 * i:.1f}", "usd_bn"),
            reporter=HOSTILE[i % 3],
            published=f"{2011 + i}-03",
            document=ADDRESSES[i % len(ADDRESSES)],
            note=LONG if i == 11 else HOSTILE[i % len(HOSTILE)],
            id=f"{SCRIPT}{i}",
        )
        for i in range(12)
    ]
    return tt.Ledger(rows)


@cache
def hostile_page() -> str:
    goals = [tt.Goal(9, 2030, name=name) for name in HOSTILE]
    found = tt.track(hostile_ledger(), goals, n_paths=100)
    return tt.report_html(
        found,
        hostile_ledger(),
        whose=tt.by_reporter(hostile_ledger(), goals[:2], n_paths=50),
        news=tt.news(hostile_ledger(), goals[:2], since="2020-12-31"),
        title=SCRIPT,
    )
