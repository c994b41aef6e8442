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
    goals = tt.datasets.goals("kazakhstan_uzbekistan")
    return tt.report_html(
        tracking(),
        ledger(),
        whose=tt.by_reporter(ledger(), goals, n_paths=100),
        news=tt.news(ledger(), goals, since="2025-10-31"),
    )


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
