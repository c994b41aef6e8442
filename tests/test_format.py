"""How numbers and texts are written: laws of the scrubber and of the ticks, and edge values."""

import decimal
import unicodedata
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from tradetrack._format import (
    amount_text,
    even_ticks,
    log_ticks,
    percent,
    points,
    scrub,
    shorten,
    table,
    three_digits,
)

STEERING = (
    "\x00\x07\x1b\x7f\x85\r\u061c\u200b\u200e\u202a\u202e\u2028\u2066\u2069\ufeff\ud800\udfff"
)


@given(st.text(alphabet=st.characters() | st.sampled_from(STEERING)))
def test_what_is_scrubbed_steers_nothing_and_is_unicode(text: str) -> None:
    clean = scrub(text)
    assert not set(clean) & set(STEERING)
    assert {unicodedata.category(c) for c in clean if c not in "\n\t"}.isdisjoint(
        {"Cc", "Cs", "Zl", "Zp"}
    )
    assert len(clean) == len(text)
    assert scrub(clean) == clean
    clean.encode("utf-8")
    assert all(new in (old, "\ufffd") for old, new in zip(text, clean, strict=True))


def test_letters_of_every_script_stay() -> None:
    for text in (
        "Ўзбекистон статистика",
        "貿易統計",
        "إحصاء",
        "é e\u0301",
        "a\n\tb",
        "🚆 👩\u200d🔬",
    ):
        assert scrub(text) == text
    assert scrub("می\u200cخواهم") == "می\u200cخواهم"  # Persian is written with a non-joiner
    assert scrub("UZ\u200c stat") == "UZ\ufffd stat"


@given(st.floats(1e-9, 1e9), st.floats(1.0001, 1e9))
def test_ticks_of_a_log_axis(low: float, factor: float) -> None:
    high = low * factor
    ticks = log_ticks(low, high)
    values = [value for value, _ in ticks]
    assert 2 <= len(ticks) <= 10
    assert values == sorted(set(values))
    assert all(low * (1 - 1e-9) <= value <= high * (1 + 1e-9) for value in values)
    assert all(abs(float(label.replace(",", "")) / value - 1) < 1e-9 for value, label in ticks)


@given(st.floats(-1e6, 1e6), st.floats(1e-3, 1e6), st.integers(2, 12))
def test_even_ticks(low: float, span: float, most: int) -> None:
    ticks = even_ticks(low, low + span, most)
    assert 1 <= len(ticks) <= most
    assert all(low - 1e-6 <= tick <= low + span + 1e-6 for tick in ticks)
    steps = {round(b - a, 6) for a, b in pairwise(ticks)}
    assert len(steps) <= 1


def test_numbers_do_not_depend_on_the_decimal_context() -> None:
    with decimal.localcontext(prec=2, Emax=3) as context:
        context.traps[decimal.Inexact] = True
        assert amount_text(1234567.25) == "1,234,567.25"


def test_edges() -> None:
    assert [three_digits(x) for x in (0.0, -4.126, 999.9, 1e7)] == [
        "0",
        "-4.13",
        "1,000",
        "10,000,000",
    ]
    extremes = (0.005, 0.0050001, 0.9949999, 0.995)
    assert [percent(p) for p in extremes] == ["under 1 %", "1 %", "99 %", "over 99 %"]
    assert [points(x) for x in (0.0005, -0.0005, 0.0, -0.2)] == ["+0.1", "-0.1", "0.0", "-20.0"]
    assert shorten("a\n b\x1bc", 5) == "a b\ufffdc"
    assert len(shorten("x" * 99, 7)) == 7
    assert table([], ("a", "b")) == "a  b"
