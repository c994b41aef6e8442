"""Which figures count when only some releases are known, against the ledger itself."""

import datetime as dt

import numpy as np
import pytest
from tests.shipped import ledger as shipped
from tests.tracking_strategies import level

from tradetrack._news.releases import Releases, one_sided
from tradetrack.ledger.ledger import Ledger


@pytest.mark.parametrize("since", ["2025-01-01", "2023-06-30", "2018-12-31"])
def test_what_counts_is_what_a_ledger_of_the_known_rows_says(since: str) -> None:
    day = dt.date.fromisoformat(since)
    releases = Releases.of(shipped(), day)
    rng = np.random.default_rng(0)
    n = len(releases.releases)
    coalitions = [0, releases.everything, *(int(c) for c in rng.integers(0, 1 << min(n, 60), 4))]
    counting = releases.counting(coalitions)
    before = list(shipped().as_of(day))
    for coalition, counts in zip(coalitions, counting, strict=True):
        known = [r for i, r in enumerate(releases.releases) if coalition >> i & 1]
        expected = Ledger([*before, *(row for release in known for row in release.rows)]).current
        found = {row for row, counted in zip(releases.rows, counts, strict=True) if counted}
        assert found == set(expected)
        assert counts[releases.always].all()


def test_a_release_is_a_date_a_reporter_and_a_document_in_the_order_of_the_dates() -> None:
    releases = Releases.of(shipped(), dt.date(2025, 10, 1)).releases
    assert list(dict.fromkeys((r.published, r.reporter) for r in releases)) == [
        ("2025-10-09", "KZ government"),
        ("2025-10", "UZ stat"),
        ("2025-11-13", "UZ government"),
        ("2025-11-14", "KZ government"),
        ("2025-11-14", "UZ stat"),
    ]
    assert len({(r.published, r.reporter, r.document, r.revision) for r in releases}) == len(
        releases
    )
    assert all(row.published == r.published for r in releases for row in r.rows)


def test_bounds_come_last_and_figures_set_aside_never() -> None:
    aside = level("2021", "9.0", published="2022-03-01").model_copy(update={"set_aside": "a slip"})
    ledger = Ledger(
        [level("2020", "2.0"), level("2021", "2.5", "at_least"), level("2021", "3"), aside]
    )
    releases = Releases.of(ledger, dt.date(2021, 12, 31))
    assert [one_sided(row) for row in releases.rows] == [False, False, True]
    assert len(releases.releases) == 1
    assert aside not in releases.rows


def test_a_revision_and_what_it_replaces_are_counterparts() -> None:
    first, later = level("2021", "2.4", published="2022-01-15"), level("2021", "2.5")
    releases = Releases.of(Ledger([level("2020", "2.0"), first, later]), dt.date(2021, 6, 1))
    row = {seen: i for i, seen in enumerate(releases.rows)}
    one, both = releases.counting([1, 3])
    assert releases.counterpart(row[later], one) == row[first]
    assert releases.counterpart(row[first], both) == row[later]
    assert releases.counterpart(row[first], one) == row[first]
