"""Figure: what a printed number allows."""

import decimal
import math
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import halfnorm, norm, uniform

from tradetrack.domain.figure import EXCESS, SPREAD, Figure, parse_number, parse_range, split_unit
from tradetrack.errors import InputError
from tradetrack.testing.rows import figures, level_figures, numbers


class TestParseNumber:
    @pytest.mark.parametrize(
        ("text", "number"),
        [
            ("3.5", "3.5"),
            (" 3.50 ", "3.50"),
            ("2,920", "2920"),
            ("2,920.5", "2920.5"),
            ("3 333 503", "3333503"),
            ("3\u00a0333\u202f503", "3333503"),
            ("1,234,567", "1234567"),
            ("-16.5", "-16.5"),
            ("\u221216.5", "-16.5"),
            ("+8", "8"),
            ("0.004", "0.004"),
            ("007", "7"),
        ],
    )
    def test_as_people_print(self, text, number):
        assert parse_number(text) == Decimal(number)
        assert parse_number(text).as_tuple().exponent == Decimal(number).as_tuple().exponent

    @pytest.mark.parametrize(
        "text",
        ["", "3,5", "0,123", "1,23", "1,2345", "1.234,5", "1,234 567", "3.4-3.6"],
    )
    def test_neither_words_nor_two_readings(self, text):
        with pytest.raises(InputError) as caught:
            parse_number(text)
        assert str(caught.value) == (
            f"{text!r} is not a number; write digits with a decimal point, for example 3.5 or 2,920"
        )

    @pytest.mark.parametrize("text", ["1.9e9", "1.9E+09", "-2e-3", "1e400", "1,900e6"])
    def test_exponents_hide_the_printed_digits(self, text):
        with pytest.raises(InputError, match="write"):
            parse_number(text)

    def test_an_exponent_is_told(self):
        with pytest.raises(InputError) as caught:
            parse_number("1.9e9")
        assert str(caught.value) == (
            "'1.9e9' has an exponent, which hides what was printed; write the digits as printed"
        )
        assert Figure.of(1.9e9, "usd").interval == (1.9e9, 1.9e9)
        assert Figure.of(1.9e22, "usd").text == "19000000000000000000000"

    @pytest.mark.parametrize("text", ["nan", "sNaN", "inf", "-Infinity", "9" * 400])
    def test_nothing_that_is_not_finite(self, text):
        with pytest.raises(InputError, match="is not finite; leave the row out"):
            parse_number(text)


class TestUnits:
    @pytest.mark.parametrize(
        ("unit", "parts"),
        [("usd", ("usd", 1.0)), ("usd_th", ("usd", 1e3)), ("eur_tn", ("eur", 1e12))],
    )
    def test_known(self, unit, parts):
        assert split_unit(unit) == parts

    @pytest.mark.parametrize("unit", ["", "bn", "usd-bn", "usd_bns", "percent", "times"])
    def test_unknown(self, unit):
        with pytest.raises(InputError, match=r"unknown unit .*; write a currency and a scale"):
            split_unit(unit)


class TestInterval:
    @pytest.mark.parametrize(
        ("text", "unit", "qualifier", "interval"),
        [
            ("3.5", "usd_bn", "exact", (3.5, 3.5)),
            ("3.5", "usd_bn", "rounded", (3.45, 3.55)),
            ("3.50", "usd_bn", "rounded", (3.495, 3.505)),
            ("2,920", "usd_mn", "rounded", (2919.5, 2920.5)),
            ("-16.5", "percent", "rounded", (-16.55, -16.45)),
            ("3.4", "usd_bn", "truncated", (3.4, 3.5)),
            ("-16", "percent", "truncated", (-17.0, -16.0)),
            ("50-55", "usd_mn", "range", (50.0, 55.0)),
            ("-5 - -3.5", "percent", "range", (-5.0, -3.5)),
            ("1.2", "usd_bn", "at_least", (1.2, math.inf)),
            ("4", "usd_bn", "at_most", (-math.inf, 4.0)),
            ("1000", "usd_mn", "rounded", (999.5, 1000.5)),
            # The root of U v: 2 for "4", 0.2 for "0.4", 200 for "400" and 600 for "3,600".
            ("4", "usd_bn", "about", (4 - 4 * SPREAD, 4 + 4 * SPREAD)),
            ("4", "usd_bn", "over", (4.0, 4 + 6 * EXCESS)),
            ("0.4", "usd_bn", "over", (0.4, 0.4 + 0.6 * EXCESS)),
            ("400", "usd_mn", "nearly", (400 - 600 * EXCESS, 400.0)),
            ("3,600", "usd_mn", "nearly", (3600 - 1800 * EXCESS, 3600.0)),
            ("3,600.0", "usd_mn", "nearly", (3600 - 1800 * EXCESS, 3600.0)),
            ("-4", "percent", "over", (-4.0, -4 + 6 * EXCESS)),
            ("0", "percent", "over", (0.0, 3 * EXCESS)),
        ],
    )
    def test_each_qualifier(self, text, unit, qualifier, interval):
        figure = Figure.of(text, unit, qualifier)
        assert figure.interval == pytest.approx(interval, rel=1e-12)
        assert figure.one_sided == math.isinf(interval[1] - interval[0])

    def test_logs_of_levels_are_in_the_unit_asked_for(self):
        figure = Figure.of("2,920", "usd_mn", "exact")
        assert figure.log_interval() == pytest.approx((math.log(2920.0),) * 2)
        assert figure.log_interval("usd_bn") == pytest.approx((math.log(2.92),) * 2)

    @pytest.mark.parametrize(
        ("text", "unit", "qualifier", "expected"),
        [
            ("15", "percent", "rounded", (math.log(1.145), math.log(1.155))),
            ("-99", "percent", "truncated", (math.log(0.01 / 16), math.log(0.01))),
            ("1.5", "times", "exact", (math.log(1.5), math.log(1.5))),
            ("2", "times", "at_least", (math.log(2.0), math.inf)),
            ("2", "times", "rounded", (math.log(1.75), math.log(2.25))),
            ("2.0", "times", "rounded", (math.log(1.95), math.log(2.05))),
            ("4", "times", "truncated", (math.log(4.0), math.log(5.0))),
            ("5", "times", "rounded", (math.log(4.5), math.log(5.5))),
            ("4", "usd_bn", "at_most", (-math.inf, math.log(4.0))),
        ],
    )
    def test_logs_of_growth_are_of_the_ratio(self, text, unit, qualifier, expected):
        assert Figure.of(text, unit, qualifier).log_interval() == pytest.approx(expected)

    @given(figures())
    def test_the_printed_number_is_in_its_interval(self, figure):
        low, high = figure.interval
        assert low <= figure.value <= high
        assert figure.log_interval()[0] <= figure.log_interval()[1]

    @given(level_figures(), st.sampled_from(("usd", "usd_mn", "usd_tn")))
    def test_the_unit_of_the_log_only_shifts_it(self, figure, unit):
        low, high = figure.log_interval()
        lowest, highest = figure.log_interval(unit)
        shift = math.log(split_unit(figure.unit)[1] / split_unit(unit)[1])
        assert lowest == pytest.approx(low + shift)
        assert highest == pytest.approx(high + shift)


class TestOf:
    @pytest.mark.parametrize(
        ("value", "precision", "text", "interval"),
        [
            (3.26, None, "3.26", (3.26, 3.26)),
            (Decimal("3.260"), None, "3.260", (3.26, 3.26)),
            (1e-7, None, "0.0000001", (1e-7, 1e-7)),
            (3.26, 0.1, "3.3", (3.25, 3.35)),
            (3.2, 0.01, "3.20", (3.195, 3.205)),
            (2919.7, 1, "2920", (2919.5, 2920.5)),
            (1e30, 0.1, "1" + "0" * 30 + ".0", (1e30, 1e30)),
        ],
    )
    def test_numbers(self, value, precision, text, interval):
        figure = Figure.of(value, "usd_bn", precision=precision)
        assert (figure.text, figure.interval) == (text, interval)

    @pytest.mark.parametrize("precision", [0, -0.1, 10, 0.5, math.inf, math.nan])
    def test_a_precision_is_the_unit_of_a_digit(self, precision):
        with pytest.raises(InputError, match=r"is not the unit of a digit; write 1, 0\.1, 0\.01"):
            Figure.of(3.2, "usd_bn", precision=precision)

    @pytest.mark.parametrize("precision", [None, 0.1])
    def test_not_finite(self, precision):
        with pytest.raises(ValueError, match="is not finite; leave the row out"):
            Figure.of(math.inf, "usd_bn", precision=precision)

    def test_text_keeps_its_digits_but_not_its_outer_space(self):
        assert Figure.of(" 3.50 ", "usd_bn").text == "3.50"

    @pytest.mark.parametrize(
        ("given", "message"),
        [
            ({"text": "many", "unit": "usd_bn"}, "'many' is not a number"),
            ({"text": "3", "unit": "bucks!"}, "unknown unit 'bucks!'"),
            ({"text": "4.2", "unit": "billion"}, "unknown unit 'billion'"),
            ({"text": "4.2", "unit": "mln_th"}, "unknown unit 'mln_th'"),
            ({"text": "4.2", "unit": "billions"}, "unknown unit 'billions'"),
            ({"text": "3", "unit": "usd", "qualifier": "circa"}, "'exact', 'rounded'"),
            ({"text": "3", "unit": "usd", "colour": "red"}, "there is no such field"),
        ],
    )
    def test_what_cannot_be_right(self, given, message):
        with pytest.raises(ValueError, match=message):
            Figure(**given)

    def test_as_a_sentence(self):
        said = [
            str(Figure.of("4", "usd_bn", how)) for how in ("rounded", "over", "nearly", "about")
        ]
        assert said == ["4 usd bn", "over 4 usd bn", "nearly 4 usd bn", "about 4 usd bn"]
        assert str(Figure.of("15.5", "percent")) == "15.5 %"
        assert str(Figure.of("2", "times")) == "2 times"


@pytest.mark.parametrize(
    "text", ["4_2", "++5", "+-5", "-+5", "--5", "٤.٢", "４", "1_0e5", ".", "-"]
)
def test_the_grammar_of_numbers_is_our_own(text):
    with pytest.raises(InputError, match="write"):
        parse_number(text)


@given(text=numbers(), precision=st.sampled_from([0.01, 1.0]))
def test_a_program_s_decimal_context_changes_nothing(text, precision):
    def read():
        figure, number = Figure.of(text, "usd_th"), Figure.of(7.125, "usd_bn", precision=precision)
        return figure.value, figure.interval, figure.log_interval("usd_bn"), number

    plain = read()
    with decimal.localcontext(decimal.Context(prec=2, rounding=decimal.ROUND_UP, traps=[])):
        assert read() == plain


@pytest.mark.parametrize("number", [None, True, 10**400, Decimal("1E+999999999"), [], 1j])
def test_what_is_no_number_is_refused_at_once(number):
    with pytest.raises(ValueError, match=r"is not a number|is not finite"):
        Figure.of(number, "usd_bn")


@pytest.mark.parametrize("precision", ["x", 0.2, 10, 0, -1, math.nan, Decimal("0.1")])
def test_precisions_that_are_no_digit(precision):
    with pytest.raises(InputError, match="is not the unit of a digit"):
        Figure.of(3.5, "usd_bn", precision=precision)


class TestRanges:
    @pytest.mark.parametrize(
        "text", ["50-55", "50\u201355", " 50 - 55 ", "50..55", "50 to 55", "50.0\u201455.00"]
    )
    def test_as_people_print(self, text):
        assert tuple(map(float, parse_range(text))) == (50.0, 55.0)
        figure = Figure.of(text, "usd_mn")
        assert (figure.qualifier, figure.interval, figure.value) == ("range", (50.0, 55.0), 52.5)
        assert figure.text == text.strip()

    def test_grouped_thousands(self):
        assert Figure.of("2,900\u20133,100", "usd_mn").interval == (2900.0, 3100.0)

    @pytest.mark.parametrize("text", ["5", "-5", "50-55-60", "", "a-b", "5-"])
    def test_one_number_is_no_range(self, text):
        with pytest.raises(ValueError, match="is not a range; write both ends"):
            Figure.of(text, "usd_mn", "range")

    def test_the_wrong_way_round(self):
        with pytest.raises(ValueError, match=r"'55-50' ends below its start; write the lower end"):
            Figure.of("55-50", "usd_mn")

    def test_a_range_has_no_other_qualifier(self):
        with pytest.raises(ValueError, match=r"'50-55' is a range; write the qualifier range"):
            Figure.of("50-55", "usd_mn", "over")


class TestLaw:
    """Moments of the laws by quadrature over their densities."""

    @pytest.mark.parametrize("unit", ["usd_bn", "percent", "times"])
    @pytest.mark.parametrize("text", ["3", "500", "3.53", "46.1"])
    @pytest.mark.parametrize("qualifier", ["over", "nearly", "about", "rounded", "truncated"])
    def test_moments(self, text, unit, qualifier):
        figure = Figure.of(text, unit, qualifier)
        low, high = figure.log_interval()
        number = figure.value
        digit = 10.0 ** Decimal(text).normalize().as_tuple().exponent
        ratio = 1.0 + number / 100.0 if unit == "percent" else number
        scale = math.sqrt(digit * number) / ratio / (100.0 if unit == "percent" else 1.0)
        laws = {
            "over": halfnorm(math.log(ratio), EXCESS * scale),
            "about": norm(math.log(ratio), SPREAD * scale),
        }
        law = laws.get(qualifier, uniform(low, high - low))
        centre, spread = figure.log_law()
        if qualifier == "nearly":
            law = halfnorm(-math.log(ratio), EXCESS * scale)
            centre = -centre
        assert centre == pytest.approx(law.mean(), abs=1e-12)
        assert spread == pytest.approx(law.std(), rel=1e-9)

    @pytest.mark.parametrize("text", ["3", "-500", "-0.53", "0", "0.00"])
    @pytest.mark.parametrize("qualifier", ["over", "nearly", "about", "rounded", "truncated"])
    def test_moments_of_amounts(self, text, qualifier):
        figure = Figure.of(text, "usd_mn", qualifier)
        low, high = figure.amount_interval("usd_th")
        number, printed = 1000.0 * figure.value, Decimal(text)
        digit = 10.0 ** (printed.normalize() if printed else printed).as_tuple().exponent
        scale = 1000.0 * math.sqrt(digit * max(abs(figure.value), digit))
        laws = {"over": halfnorm(number, EXCESS * scale), "about": norm(number, SPREAD * scale)}
        law = laws.get(qualifier, uniform(low, high - low))
        centre, spread = figure.amount_law("usd_th")
        if qualifier == "nearly":
            law, centre = halfnorm(-number, EXCESS * scale), -centre
        assert centre == pytest.approx(law.mean(), abs=1e-9)
        assert spread == pytest.approx(law.std(), rel=1e-9)

    def test_amounts_of_small_spread_have_the_law_of_their_logs(self):
        figure = Figure.of("3,512", "usd_mn", "about")
        mean, spread = figure.amount_law("usd_bn")
        centre, relative = figure.log_law("usd_bn")
        assert math.log(mean) == pytest.approx(centre, abs=1e-12)
        assert spread / mean == pytest.approx(relative, rel=1e-12)

    @given(figures())
    def test_the_mean_is_in_the_interval(self, figure):
        if figure.one_sided:
            with pytest.raises(InputError, match="is a bound; it has an interval only"):
                figure.log_law()
        else:
            centre, spread = figure.log_law()
            low, high = figure.log_interval()
            assert low - 1e-12 <= centre <= high + 1e-12
            assert 0.0 <= spread < math.inf

    def test_what_a_hedge_leaves_open(self):
        """The shipped pairs: eight of nine "over" within 3.3 %, both "nearly" within 2.2 %."""
        assert Figure.of("3", "usd_bn", "over").log_interval()[1] < math.log(3.5)
        assert Figure.of("3", "usd_bn", "over").log_law()[1] < 0.04
