"""Ledger: what counts, as of when, and what can be asked of it."""

import dataclasses
import datetime as dt

import pytest
from pydantic import BaseModel

from tradetrack._audit.audit import audit_rows as audit
from tradetrack.domain.figure import Figure
from tradetrack.domain.observation import Growth, Increment, Level, Series
from tradetrack.domain.window import Window, month_number
from tradetrack.errors import InputError, LedgerError
from tradetrack.ledger.io import read_csv, read_json, write_csv, write_json
from tradetrack.ledger.ledger import Ledger

YEAR = Window.calendar_year(2024)


def level(text, published, qualifier="rounded", **changes):
    given = {
        "series": Series(pair="KZ-UZ"),
        "window": YEAR,
        "figure": Figure.of(text, changes.pop("unit", "usd_bn"), qualifier),
        "reporter": "UZ stat",
        "published": published,
    }
    return Level(**{**given, **changes})


def growth(text, published, unit="percent", **changes):
    return Growth(
        series=Series(pair="KZ-UZ"),
        window=YEAR,
        base=changes.pop("base", Window.calendar_year(2023)),
        figure=Figure.of(text, unit),
        reporter="UZ stat",
        published=published,
        **changes,
    )


def increment(text, published, qualifier="rounded", **changes):
    return Increment(
        series=Series(pair="KZ-UZ"),
        window=YEAR,
        base=changes.pop("base", Window.calendar_year(2023)),
        figure=Figure.of(text, "usd_bn", qualifier),
        reporter="UZ stat",
        published=published,
        **changes,
    )


def balance(text, published, qualifier="rounded"):
    return level(text, published, qualifier, series=Series(pair="KZ-UZ", flow="balance"))


def standing(*rows):
    return [str(row.figure) for row in Ledger(rows).current]


class TestWhatCounts:
    def test_the_latest_release_counts(self):
        assert standing(level("4.2", "2025-01"), level("4.5", "2025-10")) == ["4.5 usd bn"]

    def test_a_later_release_that_only_says_less_does_not(self):
        sharp = level("3.26", "2024-12")
        assert standing(sharp, level("3.2", "2025-02", "over")) == ["3.26 usd bn"]
        assert standing(sharp, level("3.3", "2025-02")) == ["3.26 usd bn"]
        assert standing(sharp, level("3.2", "2025-02", "truncated")) == ["3.26 usd bn"]

    def test_a_later_release_that_says_something_else_does_even_if_it_is_vague(self):
        sharp = level("3.26", "2024-12")
        assert standing(sharp, level("3.3", "2025-02", "over")) == ["over 3.3 usd bn"]
        assert standing(sharp, level("3.2", "2025-02")) == ["3.2 usd bn"]

    def test_a_later_sharper_release_does(self):
        rows = level("3", "2024-12", "over"), level("3,260", "2025-02", unit="usd_mn")
        assert standing(*rows) == ["3,260 usd mn"]

    def test_a_vaguer_restatement_of_the_same_number_does_not_displace_it(self):
        first = level("3.26", "2025-01", "rounded")
        for qualifier in ("over", "nearly", "about"):
            assert Ledger([first, level("3.26", "2025-02", qualifier)]).current.observations == (
                first,
            )

    def test_a_repeat_counts_once_from_when_it_was_first_said_in_whatever_unit(self):
        first = level("1.023", "2024-12", "exact")
        again = level("1,023", "2025-02", "exact", unit="usd_mn")
        ledger = Ledger([again, first])
        assert ledger.current.observations == (first,)
        assert ledger.superseded.observations == (again,)

    def test_of_two_on_one_day_the_sharper_counts(self):
        rows = level("3", "2024-12-05"), level("3.26", "2024-12-05"), level("3.3", "2024-12-05")
        assert standing(*rows) == ["3.26 usd bn"]
        assert standing(rows[1], level("3.2", "2024-12-05", "nearly")) == ["3.26 usd bn"]

    def test_series_in_two_scales_of_one_currency_are_one(self):
        millions = Series(pair="KZ-UZ", unit="usd_mn")
        again = level("3.26", "2025-02", series=millions), level("3.26", "2024-12")
        assert standing(*again) == ["3.26 usd bn"]
        assert standing(level("3.3", "2025-02", series=millions), again[1]) == ["3.26 usd bn"]
        euros = level("3.1", "2025-02", unit="eur_bn", series=Series(pair="KZ-UZ", unit="eur_bn"))
        assert standing(euros, again[1]) == ["3.26 usd bn", "3.1 eur bn"]

    def test_a_month_is_as_late_as_its_last_day(self):
        rows = level("3.1", "2024-12"), level("3.3", "2024-12-30")
        assert standing(*rows) == ["3.1 usd bn"]

    def test_a_row_set_aside_never_counts_and_revises_nothing(self):
        ledger = Ledger([level("3.26", "2024-12"), level("4.9", "2025-02", set_aside="a slip")])
        assert [str(row.figure) for row in ledger.current] == ["3.26 usd bn"]
        assert len(ledger.superseded) == 0
        assert len(ledger) == 2

    @pytest.mark.parametrize(
        "change",
        [
            {"reporter": "KZ stat"},
            {"window": Window.year_to_date(2024, 11)},
            {"series": Series(pair="KZ-UZ", flow="kz_to_uz")},
            {"series": Series(pair="KZ-TJ")},
        ],
    )
    def test_another_figure_is_no_release_of_this_one(self, change):
        ledger = Ledger([level("4.2", "2025-01"), level("4.5", "2025-10", **change)])
        assert len(ledger.current) == 2

    def test_growth_and_its_base_are_figures_of_their_own(self):
        base = Window.calendar_year(2017)
        rows = [level("4.2", "2025-01"), growth("9", "2025-01"), growth("80", "2025-02", base=base)]
        assert len(Ledger(rows).current) == 3

    def test_growth_in_percent_and_in_times_is_one_figure(self):
        rows = growth("50", "2025-01"), growth("1.62", "2025-02", "times")
        assert standing(*rows) == ["1.62 times"]
        assert standing(rows[0], growth("1.5", "2025-02", "times")) == ["50 %"]


class TestAsOf:
    ledger = Ledger([level("4.2", "2025-01"), level("4.3", "2025-02-10"), level("4.5", "2025-10")])

    @pytest.mark.parametrize(
        ("date", "figure"),
        [
            ("2025-01", "4.2 usd bn"),
            ("2025-02-09", "4.2 usd bn"),
            ("2025-02-10", "4.3 usd bn"),
            ("2025-02", "4.3 usd bn"),
            (dt.date(2025, 10, 30), "4.3 usd bn"),
            (dt.datetime(2025, 10, 31, 12), "4.5 usd bn"),
        ],
    )
    def test_what_was_out_by_then_counts(self, date, figure):
        assert [str(row.figure) for row in self.ledger.as_of(date).current] == [figure]

    def test_superseded_releases_stay_on_record(self):
        assert len(self.ledger.as_of("2025-10")) == 3

    def test_a_month_known_only_as_such_is_not_out_before_its_end(self):
        assert len(self.ledger.as_of("2025-01-30")) == 0

    def test_no_date(self):
        with pytest.raises(InputError, match=r"'2025' is not a date; write YYYY-MM-DD, or YYYY-MM"):
            self.ledger.as_of("2025")


class TestSignedFigures:
    def test_increments_and_levels_are_different_figures(self):
        rows = level("0.4", "2025-01"), increment("0.4", "2025-02"), balance("0.4", "2025-03")
        assert len(Ledger(rows).current) == 3

    def test_increments_on_different_bases_are_different_figures(self):
        rows = increment("0.4", "2025-01"), increment("0.9", "2025-02", base=Window("2022"))
        assert len(Ledger(rows).current) == 2

    @pytest.mark.parametrize("made", [increment, balance])
    def test_releases_are_compared_as_amounts(self, made):
        assert standing(made("-0.4", "2025-01"), made("0.4", "2025-02")) == ["0.4 usd bn"]
        assert standing(made("-0.42", "2025-01"), made("-0.4", "2025-02")) == ["-0.42 usd bn"]
        assert standing(made("0.02", "2025-01"), made("0", "2025-02")) == ["0.02 usd bn"]
        assert standing(made("-0.4", "2025-01"), made("-0.3", "2025-02", "at_most")) == [
            "-0.4 usd bn"
        ]
        assert standing(made("-0.4", "2025-01"), made("-0.3", "2025-02", "at_least")) == [
            "at least -0.3 usd bn"
        ]

    def test_two_of_one_day_that_disagree_both_count_and_are_found(self):
        for made in (increment, balance):
            ledger = Ledger([made("-0.4", "2025-01"), made("0.4", "2025-01")])
            assert len(ledger.current) == 2
            assert [found.kind for found in audit(ledger)] == ["same_day_figures"]

    def test_the_same_number_in_another_unit_is_a_repeat(self):
        first = balance("-400.0", "2025-01").corrected(unit="usd_mn")
        ledger = Ledger([first, balance("-0.4", "2025-02")])
        assert [found.kind for found in audit(ledger)] == ["repeated_release"]


class TestCoverages:
    ledger = Ledger(
        level(text, "2025-01", series=Series(pair="KZ-UZ", coverage=coverage))
        for text, coverage in [("4.2", "goods"), ("5.1", "goods and services"), ("4.4", "")]
    )

    def test_figures_of_different_coverage_are_different_figures(self):
        assert len(self.ledger.current) == 3
        assert self.ledger.coverages == ("", "goods", "goods and services")
        assert len(self.ledger.series) == 3

    @pytest.mark.parametrize(
        ("coverage", "text"), [("goods", "4.2"), ("goods & services", "5.1"), ("", "4.4")]
    )
    def test_selecting_one(self, coverage, text):
        [row] = self.ledger.select(coverage=coverage)
        assert row.figure.text == text

    def test_selecting_one_that_is_not_there(self):
        with pytest.raises(InputError, match=r"no coverage 'services' .* it has '', goods, goods"):
            self.ledger.select(coverage="services")

    def test_the_digest_of_a_ledger_without_any_is_as_it_was(self):
        plain = Ledger([level("4.2", "2025-01")])
        assert plain.digest == "274ee6d77902bd73f4d2218e829d808354a5ce07b6342d913a7c57b4cc89cf9b"
        assert plain.digest != self.ledger.select(coverage="goods").digest

    def test_they_are_mixed_and_found(self):
        [found] = audit(self.ledger)
        assert found.kind == "coverage_mixed"
        assert found.message == (
            "KZ-UZ has figures that do not name their coverage and figures of goods and figures of"
            " goods and services, which are different series"
        )
        assert audit(self.ledger.select(coverage="goods")) == ()


class TestSelect:
    ledger = Ledger(
        [
            level("4.2", "2025-01"),
            level("4.3", "2025-02"),
            level(
                "2.1", "2025-01", reporter="KZ stat", series=Series(pair="KZ-UZ", flow="kz_to_uz")
            ),
            level("0.1", "2024-03", window=Window.month(2024, 2), series=Series(pair="KZ-TJ")),
            growth("9", "2025-01"),
        ]
    )

    @pytest.mark.parametrize(
        ("conditions", "count"),
        [
            ({}, 5),
            ({"pair": "KZ-TJ"}, 1),
            ({"flow": "kz_to_uz"}, 1),
            ({"reporter": "UZ stat"}, 4),
            ({"kind": "growth"}, 1),
            ({"window": "2024-01..2024-06"}, 1),
            ({"window": Window.calendar_year(2024)}, 5),
            ({"window": "2025"}, 0),
            ({"pair": "KZ-TJ", "reporter": "KZ stat"}, 0),
        ],
    )
    def test_conditions_must_all_hold(self, conditions, count):
        assert len(self.ledger.select(**conditions)) == count

    @pytest.mark.parametrize(
        ("conditions", "message"),
        [
            ({"pair": "UZ-KZ"}, "no pair 'UZ-KZ' in the ledger; it has KZ-TJ, KZ-UZ"),
            ({"flow": "exports"}, "no flow 'exports' in the ledger; it has kz_to_uz, turnover"),
            ({"reporter": "UZ"}, "no reporter 'UZ' in the ledger; it has KZ stat, UZ stat"),
            ({"kind": "goal"}, "no kind 'goal' in the ledger; it has level, growth, increment"),
        ],
    )
    def test_an_unknown_name_says_what_there_is(self, conditions, message):
        with pytest.raises(InputError) as caught:
            self.ledger.select(**conditions)
        assert str(caught.value) == message

    def test_the_empty_ledger_has_nothing_to_select(self):
        with pytest.raises(InputError, match=r"no pair 'KZ-UZ' in the ledger; it has none"):
            Ledger().select(pair="KZ-UZ")


class TestWhatItIs:
    def test_repr_states_the_sample(self):
        rows = [level("4.2", "2025-01"), level("0.1", "2025-11-14", window=Window.month(2017, 2))]
        expected = "Ledger: 2 figures, 1 pair, 1 reporter, 2017..2024, published to 2025-11-14"
        assert repr(Ledger(rows)) == expected
        assert repr(Ledger(rows[:1])).startswith("Ledger: 1 figure, 1 pair, 1 reporter, 2024,")

    def test_properties(self):
        ledger = TestSelect.ledger
        assert ledger.pairs == ("KZ-TJ", "KZ-UZ")
        assert ledger.reporters == ("KZ stat", "UZ stat")
        assert [str(series) for series in ledger.series] == [
            "KZ-TJ turnover",
            "KZ-UZ kz_to_uz",
            "KZ-UZ turnover",
        ]
        assert ledger.first_month == month_number(2024, 1)
        assert ledger.last_month == month_number(2024, 12)
        assert ledger.last_published == dt.date(2025, 2, 28)

    def test_the_empty_ledger_exists_but_has_no_dates(self):
        empty = Ledger()
        assert repr(empty) == "Ledger: no figures"
        assert (len(empty), empty.pairs, empty.current, empty.superseded) == (0, (), empty, empty)
        for name in ("first_month", "last_month", "last_published"):
            with pytest.raises(InputError, match=r"the ledger is empty, .* add observations first"):
                getattr(empty, name)

    def test_rows_are_sorted_by_series_window_and_release(self):
        rows = [
            level("4.3", "2025-02"),
            level("4.2", "2025-01"),
            level("1", "2024-12", window=Window.year_to_date(2024, 3)),
            level("1", "2024-12", series=Series(pair="KZ-TJ"), window=Window.month(2024, 11)),
        ]
        assert Ledger(rows).observations == tuple(reversed(rows))

    def test_nothing_can_be_set(self):
        with pytest.raises(dataclasses.FrozenInstanceError):
            Ledger().observations = ()

    def test_add_returns_another_ledger(self):
        ledger = Ledger([level("4.2", "2025-01")])
        both = ledger.add([level("4.3", "2025-02")])
        assert (len(ledger), len(both)) == (1, 2)
        assert both.add(ledger) == both

    def test_only_observations(self):
        with pytest.raises(
            InputError, match=r"'KZ-UZ' is not an observation; pass Level, Growth and"
        ):
            Ledger(["KZ-UZ"])
        with pytest.raises(InputError, match="is not an observation"):
            Ledger([{}])

    def test_an_id_belongs_to_one_observation(self):
        rows = [level("4.2", "2025-01", id="S1"), level("4.3", "2025-02", id="S1")]
        with pytest.raises(
            LedgerError, match=r"'S1' belongs to two .*4\.2.*4\.3.*give each its own"
        ):
            Ledger(rows)

    def test_the_digest_does_not_change_between_versions(self):
        assert Ledger().digest.startswith("e3b0c442")
        digest = Ledger([level("4.2", "2025-01")]).digest
        assert digest == "274ee6d77902bd73f4d2218e829d808354a5ce07b6342d913a7c57b4cc89cf9b"


class TestWhatItTakesIn:
    """Python and pydantic have ways to make an unchecked value, so a ledger checks."""

    row = level("4.2", "2025-01", id="b")

    @pytest.mark.parametrize(
        ("update", "message"),
        [
            ({"set_asde": "counts services"}, "b is wrong in set_asde .*: it does not belong here"),
            ({"value": "2.4"}, "b is wrong in value .*: it does not belong here"),
            ({"figure": Figure.of("4.2", "eur_bn")}, "b is wrong in unit .*: the figure is in eur"),
            ({"figure": Figure.of("-4", "usd_bn")}, "the level -4 is not positive; check the sign"),
            ({"figure": "2.4"}, "b is wrong in value"),
            ({"window": None}, "b is wrong in window"),
            ({"set_aside": "yes"}, "'yes' is not a reason"),
            ({"published": "2020-01"}, "before the period 2024"),
            ({"note": 5}, "b is wrong in note .*: it is not text"),
        ],
    )
    def test_a_wrong_cell_is_named(self, update, message):
        wrong = BaseModel.model_copy(self.row, update=update)
        for make in (lambda: Ledger([wrong]), lambda: Ledger().add([wrong])):
            with pytest.raises(LedgerError, match=message):
                make()

    def test_a_wrong_part_of_a_part_is_found(self):
        unreadable = BaseModel.model_copy(self.row.figure, update={"text": "much"})
        with pytest.raises(LedgerError, match="'much' is not a number"):
            Ledger([BaseModel.model_copy(self.row, update={"figure": unreadable})])

    def test_names_are_cleaned(self):
        spaced = BaseModel.model_copy(self.row, update={"reporter": " UZ  stat "})
        assert Ledger([spaced, self.row]).observations == (self.row,)


def test_a_part_of_a_ledger_is_not_sorted_again(monkeypatch):
    ledger = Ledger([level("4.2", "2025-01"), level("4.5", "2025-10"), growth("7", "2025-02")])
    monkeypatch.delattr("tradetrack.ledger.ledger._sorted")
    assert len(ledger.as_of("2025-03")) == len(ledger.current) == 2
    assert len(ledger.select(kind="level").superseded) == 1


def test_a_note_that_is_written_is_read(tmp_path):
    ledger = Ledger([level("4.2", "2025-01", note='"' * 100_000)])
    write_csv(ledger, tmp_path / "long.csv")
    assert read_csv(tmp_path / "long.csv") == ledger


@pytest.mark.parametrize("wrong", [None, b"x", 5, "a\0b", [1]])
def test_sources_of_another_kind_are_refused(wrong):
    for read in (read_csv, read_json):
        with pytest.raises(InputError, match=r"is not a source|no file can be called"):
            read(wrong)


@pytest.mark.parametrize("wrong", [None, [], "ledger"])
def test_only_ledgers_are_written_and_audited(wrong, tmp_path):
    for use in (
        audit,
        lambda it: write_csv(it, tmp_path / "x"),
        lambda it: write_json(it, tmp_path / "x"),
    ):
        with pytest.raises(InputError, match="; make one with Ledger"):
            use(wrong)
    assert not list(tmp_path.iterdir())


class TestSides:
    def test_a_reporter_stands_on_one_side_of_a_pair(self):
        rows = (
            level("4.2", "2025-01", id="a", side="UZ"),
            level("4.4", "2025-03", id="b", side="KZ"),
        )
        with pytest.raises(LedgerError, match=r"UZ stat stands on two sides, UZ in a: .* KZ in b"):
            Ledger(rows)
        elsewhere = level("4.4", "2025-03", side="KZ", series=Series(pair="UZ-RU"))
        assert len(Ledger([rows[0], elsewhere, level("4.3", "2025-02")])) == 3

    def test_an_unknown_source_is_no_reporter(self):
        ledger = Ledger([level("4.2", "2025-01"), level("4.4", "2025-03", reporter=None)])
        assert ledger.reporters == ("UZ stat",)
        assert len(ledger.current) == 2
        assert "1 reporter" in repr(ledger)

    def test_sides_are_written_and_read(self, tmp_path):
        ledger = Ledger([level("4.2", "2025-01", side="UZ"), level("4.4", "2025-03", reporter="")])
        write_csv(ledger, tmp_path / "ledger.csv")
        assert read_csv(tmp_path / "ledger.csv") == ledger == Ledger.from_json(ledger.to_json())


@pytest.mark.parametrize(
    "update",
    [
        {"set_asde": "counts services"},
        {"value": "2.4"},
        {"figure": Figure.of("4.2", "eur_bn")},
        {"figure": Figure.of("0", "usd_bn")},
        {"figure": "2.4"},
        {"set_aside": "yes"},
        {"published": "2020-01"},
    ],
)
def test_a_changed_copy_is_checked_and_so_is_what_a_ledger_takes_in(update):
    row = Level(
        series=Series(pair="AA-BB"),
        window=Window("2024"),
        figure=Figure.of("4.2", "usd_bn"),
        reporter="AA",
        published="2025-01",
    )
    with pytest.raises(InputError):
        row.model_copy(update=update)
    if not update.keys() <= vars(row).keys():
        return
    with pytest.raises(InputError):  # made behind the back of every check
        Ledger([Level.model_construct(**{**vars(row), **update})])
