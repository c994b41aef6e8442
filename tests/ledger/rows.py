"""A row of a table that has nothing wrong with it."""

GOOD = {
    "pair": "KZ-UZ",
    "window": "2024",
    "value": "4.2",
    "unit": "usd_bn",
    "reporter": "UZ stat",
    "published": "2025-01",
}
