"""The corruption study on a few corruptions: what it puts wrong, counts and keeps."""

import sys
from pathlib import Path

import numpy as np
import pytest

import tradetrack as tt

sys.path.append(str(Path(__file__).parents[2] / "benchmarks"))
import corruption as study

study.N_PATHS = 500
CASES = {kind: study.cases_of(kind, n=2) for kind in ("levels", "rich")}
LEVEL = next(row for row in CASES["levels"][0].ledger if row.figure.text[0] != "0")
RNG = np.random.default_rng(0)


def test_each_corruption_changes_what_it_says() -> None:
    ten, thousand = study.times(10)(LEVEL, RNG), study.times(1000)(LEVEL, RNG)
    assert ten is not None
    assert ten.figure.value == pytest.approx(10 * LEVEL.figure.value)
    assert thousand is not None
    assert thousand.figure.value == pytest.approx(1000 * LEVEL.figure.value)
    swapped = study.swapped_digits(LEVEL, RNG)
    assert swapped is not None
    assert swapped.figure.text != LEVEL.figure.text
    assert sorted(swapped.figure.text) == sorted(LEVEL.figure.text)
    early = study.shifted(LEVEL, RNG)
    assert early is not None
    assert early.window == LEVEL.window.shift(-1)
    assert study.other_flow(LEVEL, RNG) is None  # a turnover
    assert study.tenfold_growth(LEVEL, RNG) is None


def test_rates_and_flows_of_rich_ledgers_are_corrupted_too() -> None:
    kinds = {kind for kind, *_ in study.corruptions(CASES["rich"][0], RNG)}
    assert kinds == set(study.CORRUPTIONS)
    rate = next(row for row in CASES["rich"][0].ledger if row.kind == "growth")
    wrong = study.tenfold_growth(rate, RNG)
    assert wrong is None or wrong.figure.value == pytest.approx(10 * rate.figure.value)


@pytest.mark.parametrize("kind", CASES)
def test_a_dozen_corruptions_and_the_rest_of_them_after_a_stop(kind: str, tmp_path: Path) -> None:
    store = tmp_path / "done.jsonl"
    few = study.study(CASES[kind], 6, store)
    first = store.read_text(encoding="utf-8")
    every = study.study(CASES[kind], 12, store)
    assert len(every) >= 12
    assert every[: len(few)] == few
    assert store.read_text(encoding="utf-8").startswith(first)
    assert study.study(CASES[kind], 12, store) == every
    assert all(len(one.moves) == len(study.CHANCES) for one in every)
    large = [one for one in every if one.kind == "thousandfold" and one.inner]
    assert large
    assert all(one.doubted for one in large)


def test_the_clean_ledger_meets_its_goals_as_often_as_they_were_set(
    capsys: pytest.CaptureFixture[str],
) -> None:
    for case in CASES["levels"]:
        np.testing.assert_allclose(case.chances, study.CHANCES, atol=0.003)
    outcome = study.Outcome("tenfold", 0, (0.25, 0.75), doubted=True, overlapped=True)
    study.report("made", [outcome, study.Outcome("tenfold", 1)])
    *_, row = capsys.readouterr().out.splitlines()
    assert row == "| made | tenfold | 0.500 | 0.725 | 1 | 100 % of 1 | 100 % of 1 | - |"


def test_a_row_overlaps_others_that_speak_of_its_months() -> None:
    rows = list(CASES["rich"][0].ledger)
    assert all(study.overlaps(row, CASES["rich"][0].ledger) for row in rows[1:3])
    assert not study.overlaps(LEVEL, tt.Ledger([LEVEL]))
