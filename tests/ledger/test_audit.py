"""Each kind of finding: a small ledger that has the defect, and the same ledger without it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

import tradetrack as tt
from tradetrack._audit.audit import audit_rows as audit
from tradetrack._audit.finding import FINDING_KINDS, Finding
from tradetrack.domain.figure import Figure, Qualifier
from tradetrack.domain.observation import Growth, Increment, Level, Observation, Series
from tradetrack.domain.window import Window
from tradetrack.errors import InputError
from tradetrack.ledger.ledger import Ledger


def level(
    name: str,
    window: str,
    text: str,
    unit: str = "usd_bn",
    *,
    reporter: str = "KZ stat",
    flow: str = "turnover",
    qualifier: Qualifier = "rounded",
    published: str = "2025-02",
    document: str = "",
    set_aside: str = "",
) -> Level:
    return Level(
        id=name,
        series=Series(pair="KZ-UZ", flow=flow),
        window=Window.parse(window),
        figure=Figure.of(text, unit, qualifier),
        reporter=reporter,
        published=published,
        document=document,
        set_aside=set_aside,
    )


def growth(
    name: str, window: str, base: str, text: str, qualifier: Qualifier = "rounded"
) -> Growth:
    return Growth(
        id=name,
        series=Series(pair="KZ-UZ"),
        window=Window.parse(window),
        base=Window.parse(base),
        figure=Figure.of(text, "percent", qualifier),
        reporter="KZ stat",
        published="2025-02",
    )


def increment(
    name: str,
    window: str,
    base: str,
    text: str,
    unit: str = "usd_bn",
    qualifier: Qualifier = "rounded",
    reporter: str = "KZ stat",
) -> Increment:
    return Increment(
        id=name,
        series=Series(pair="KZ-UZ"),
        window=Window.parse(window),
        base=Window.parse(base),
        figure=Figure.of(text, unit, qualifier),
        reporter=reporter,
        published="2025-02",
    )


def only(*rows: Observation) -> Finding:
    findings = audit(Ledger(rows))
    assert len(findings) == 1, [str(finding) for finding in findings]
    return findings[0]


def test_nothing_to_say() -> None:
    assert audit(Ledger()) == ()
    assert audit(Ledger([level("a", "2024", "4.2")])) == ()
    assert audit(Ledger([level("a", "2024", "4", qualifier="over")])) == ()


class TestUnitSlip:
    TABLE = (
        level("2018", "2018", "2 920", "usd_mn"),
        level("2020", "2020", "3 006", "usd_mn"),
        level("2021", "2021-01..2021-11", "3 538", "usd_mn"),
    )

    def test_thousand_fold(self) -> None:
        finding = only(*self.TABLE, level("2019", "2019", "3 333 503", "usd_mn"))
        assert (finding.kind, finding.rows) == ("unit_slip", ("2019",))
        assert finding.message.startswith("KZ stat printed 3 333 503 usd mn for 2019, about 1100 ")
        assert finding.remedy == "read 3 333 503 as usd_th (US$ 3.33 bn)"

    def test_right_unit(self) -> None:
        assert audit(Ledger([*self.TABLE, level("2019", "2019", "3 333 503", "usd_th")])) == ()

    def test_million_where_billion_is_meant(self) -> None:
        finding = only(*self.TABLE, level("2019", "2019", "3.3", "usd_mn"))
        assert finding.kind == "unit_slip"
        assert "less than the monthly pace" in finding.message
        assert finding.remedy == "read 3.3 as usd_bn (US$ 3.3 bn)"

    def test_million_fold(self) -> None:
        finding = only(*self.TABLE, level("2019", "2019", "3 333 503 000", "usd_mn"))
        assert finding.remedy == "read 3 333 503 000 as usd (US$ 3.33 bn)"

    def test_no_unit_fits(self) -> None:
        finding = only(*self.TABLE, level("2019", "2019", "3.3", "usd_tn"))
        assert finding.remedy == "read 3.3 as usd_bn (US$ 3.3 bn)"
        small = [
            Level.model_validate(
                {**row.model_dump(), "figure": {"text": str(3 + n), "unit": "usd"}}
            )
            for n, row in enumerate(self.TABLE)
        ]
        finding = only(*small, level("2019", "2019", "3 500", "usd"))
        assert finding.remedy == "divide 3 500 by 1000 (US$ 3.5e-09 bn)"

    def test_against_the_sums_of_flows(self) -> None:
        years = ("2017", "2018", "2019")
        flows = [
            level(f"{flow} {year}", year, text, flow=flow)
            for year in years
            for flow, text in (("kz_to_uz", "1.9"), ("uz_to_kz", "1.4"))
        ]
        finding = only(*flows, level("t", "2019", "3 300", "usd_bn"))
        assert (finding.kind, finding.rows) == ("unit_slip", ("t",))

    def test_growth_is_not_a_slip(self) -> None:
        rows = [level(f"{2000 + n}", f"{2000 + n}", f"{2**n}", "usd_mn") for n in range(20)]
        assert audit(Ledger(rows)) == ()

    def test_one_of_three_levels(self) -> None:
        finding = only(*self.TABLE[:2], level("2019", "2019", "3 333 503", "usd_mn"))
        assert (finding.kind, finding.rows) == ("unit_slip", ("2019", "2018", "2020"))
        assert finding.message == (
            "KZ stat printed 3 333 503 usd mn for 2019, about 1100 times the monthly pace of"
            " 2 920 usd mn by KZ stat for 2018 and 3 006 usd mn by KZ stat for 2020"
        )
        assert finding.remedy == (
            "one of these is in a wrong unit: if it is 3 333 503 usd mn, read 3 333 503 as usd_th"
            " (US$ 3.33 bn)"
        )

    def test_a_low_one_of_three_levels(self) -> None:
        finding = only(*self.TABLE[:2], level("2019", "2019", "3.3", "usd_mn"))
        assert finding.rows == ("2019", "2018", "2020")
        assert "about 900 times less than the monthly pace of 2 920 usd mn" in finding.message
        assert finding.remedy.endswith("read 3.3 as usd_bn (US$ 3.3 bn)")

    @pytest.mark.parametrize("window", ["2024", "2023", "2020-01..2020-11"])
    def test_two_levels_name_both_sides(self, window: str) -> None:
        rows = level("a", window, "1.7"), level("b", "2024", "1 900", reporter="UZ stat")
        finding = only(*rows)
        assert (finding.kind, finding.rows) == ("unit_slip", ("b", "a"))
        assert finding.remedy.startswith("one of these is in a wrong unit: if it is 1 900 usd bn")

    def test_a_copy_of_a_slip_is_in_the_same_finding(self) -> None:
        again = level("again", "2024", "1 900", published="2025-06")
        findings = audit(Ledger([level("a", "2023", "1.7"), level("b", "2024", "1 900"), again]))
        assert [finding.kind for finding in findings] == ["unit_slip", "repeated_release"]
        assert findings[0].rows == ("a", "again", "b")

    def test_a_level_far_from_others_that_are_right(self) -> None:
        early = [level(f"{y}", f"{y}", "3.1", "usd_bn") for y in range(2000, 2004)]
        late = level("2008", "2008", "3 333", "usd_bn"), level("2018", "2018", "3.3", "usd_bn")
        finding = only(*early, *late)
        assert finding.rows[0] == "2008"

    def test_other_series_are_not_compared(self) -> None:
        rows = level("a", "2023", "1.7"), level("b", "2024", "1 900", flow="kz_to_uz")
        assert "unit_slip" not in [finding.kind for finding in audit(Ledger(rows))]

    @given(
        st.lists(st.integers(1990, 2024), min_size=2, max_size=3, unique=True),
        st.floats(-0.65, 1.8),
        st.sampled_from(("usd_bn", "usd_mn")),
    )
    def test_growth_among_few_levels_is_no_slip(
        self, years: list[int], growth: float, unit: str
    ) -> None:
        path = {year: 3.0 * (1.0 + growth) ** (year - min(years)) for year in years}
        rows = [
            level(f"{y}", f"{y}", f"{x:.12f}", unit, qualifier="exact")
            for y, x in path.items()
            if x > 1e-9
        ]
        assert audit(Ledger(rows)) == ()

    def test_set_aside_is_not_audited_again(self) -> None:
        aside = level("2019", "2019", "3 333 503", "usd_mn", set_aside="thousands")
        assert audit(Ledger([*self.TABLE, aside])) == ()


class TestNameSpelling:
    """Names that differ only in case, space, dashes or letters that look alike."""

    @pytest.mark.parametrize("other", ["KZ Stat", "kz stat", "KZ\u00a0STAT", "\uff2bZ stat"])
    def test_reporters(self, other: str) -> None:
        rows = level("a", "2022", "3.5"), level("b", "2023", "3.6")
        finding = only(*rows, level("c", "2024", "3.7", reporter=other))
        name = " ".join(other.split())
        assert (finding.kind, finding.rows) == ("name_spelling", ("c",))
        assert finding.message == f"KZ-UZ has figures by 'KZ stat' and {name!r}"
        assert finding.remedy == "write 'KZ stat' everywhere: two names count as two reporters"

    @pytest.mark.parametrize(
        ("usual", "odd", "why"),
        [
            ("AA stat", "\u0410\u0410 stat", " ('\u0410' is Cyrillic capital letter a)"),
            ("AA stat", "AA st\u0430t", " ('\u0430' is Cyrillic small letter a)"),
            ("BKM", "\u0392\u039a\u039c", " ('\u0392' is Greek capital letter beta, "),
            ("O'zstat", "O\u2019zstat", ""),
            ("O\u02bbzstat", "O`zstat", ""),
            (
                "\u0420\u043e\u0441\u0441\u0442\u0430\u0442",
                "\u0420\u041e\u0421\u0421\u0422\u0410\u0422",
                "",
            ),
        ],
    )
    def test_look_alikes(self, usual: str, odd: str, why: str) -> None:
        rows = [level(name, name, "3.5", reporter=usual) for name in ("2021", "2022")]
        finding = only(*rows, level("c", "2024", "3.7", reporter=odd))
        assert (finding.kind, finding.rows) == ("name_spelling", ("c",))
        assert finding.message.startswith(f"KZ-UZ has figures by {usual!r} and {odd!r}{why}")
        assert ("(" in finding.message) == bool(why)

    @pytest.mark.parametrize("other", ["AB stat", "\u042f\u0410 stat", "AA sta't"])
    def test_other_letters_are_other_names(self, other: str) -> None:
        rows = [level(name, name, "3.5", reporter="AA stat") for name in ("2021", "2022")]
        assert audit(Ledger([*rows, level("c", "2024", "3.7", reporter=other)])) == ()

    def test_sides(self) -> None:
        rows = [
            level(name, "2023", "3.6", reporter=name).model_copy(update={"side": side})
            for name, side in (("a", "KZ"), ("b", "KZ"), ("c", "\u041aZ"), ("d", "UZ"), ("e", ""))
        ]
        finding = only(*rows)
        assert (finding.kind, finding.rows) == ("name_spelling", ("c",))
        assert finding.message == (
            "KZ-UZ has figures of the sides 'KZ' and '\u041aZ'"
            " ('\u041a' is Cyrillic capital letter ka)"
        )
        assert finding.remedy == "write 'KZ' everywhere: two names count as two sides"

    def test_a_growth_rate_has_a_reporter_too(self) -> None:
        rate = growth("g", "2024", "2023", "3").model_copy(update={"reporter": "KZ STAT"})
        assert only(level("a", "2022", "3.5"), level("b", "2021", "3.6"), rate).rows == ("g",)

    def test_dashes_in_a_reporter(self) -> None:
        rows = [level("a", "2023", "3.6", reporter="KZ-stat"), level("b", "2022", "3.5")]
        assert audit(Ledger(rows)) == (), "a dash is not a space"
        last = level("c", "2024", "3.7", reporter="KZ\u2013stat")
        assert only(*rows, last).rows == ("c",)

    def test_space_within_a_name_is_read_as_one(self) -> None:
        row = level("a", "2024", "3.7", reporter=" KZ  \u00a0stat ")
        assert row.reporter == "KZ stat"
        assert Series(pair=" KZ-UZ ") == Series(pair="KZ-UZ")

    @pytest.mark.parametrize("pair", ["kz-uz", "KZ\u2013UZ", "KZ - UZ", "Kz-Uz"])
    def test_pairs(self, pair: str) -> None:
        odd = level("c", "2024", "3.7").model_copy(update={"series": Series(pair=pair)})
        finding = only(level("a", "2022", "3.5"), level("b", "2023", "3.6"), odd)
        assert (finding.kind, finding.rows) == ("name_spelling", ("c",))
        assert finding.message == f"the ledger has figures of the pairs 'KZ-UZ' and {pair!r}"
        assert finding.remedy == "write 'KZ-UZ' everywhere: two names are two pairs"

    def test_one_reporter_of_two_pairs(self) -> None:
        odd = level("b", "2024", "3.7", reporter="KZ STAT")
        other = odd.model_copy(update={"series": Series(pair="KZ-KG")})
        assert audit(Ledger([level("a", "2023", "3.6"), other])) == ()

    def test_what_was_set_aside_is_not_looked_at(self) -> None:
        aside = level("b", "2024", "3.7", reporter="KZ STAT", set_aside="a trial")
        assert audit(Ledger([level("a", "2023", "3.6"), aside])) == ()


class TestPartialAsYear:
    def test_year_to_date_printed_as_year(self) -> None:
        part = level("part", "2024-01..2024-07", "2.2", published="2024-08")
        finding = only(part, level("year", "2024", "2.2"), level("before", "2023", "4.4"))
        assert (finding.kind, finding.rows) == ("partial_as_year", ("year", "part"))
        assert finding.message == (
            "KZ stat printed US$ 2.2 bn for 2024, which is the figure for Jan–Jul 2024 (US$ 2.2 bn)"
        )
        assert finding.remedy == "give US$ 2.2 bn the window 2024-01..2024-07"
        assert audit(Ledger([part, level("year", "2024", "4.2")])) == ()

    def test_rounded_more_coarsely(self) -> None:
        part = level("part", "2024-01..2024-07", "2 241", "usd_mn")
        assert only(part, level("year", "2024", "2.2")).kind == "partial_as_year"

    def test_coarse_rounding_is_no_proof(self) -> None:
        eleven = level("part", "2023-01..2023-11", "4")
        assert audit(Ledger([eleven, level("year", "2023", "4")])) == ()

    def test_printed_before_the_year_was_over(self) -> None:
        finding = only(level("a", "2024", "2.2", published="2024-08-12"))
        assert (finding.kind, finding.rows) == ("partial_as_year", ("a",))
        assert finding.message == (
            "KZ stat printed US$ 2.2 bn for 2024 on 2024-08-12, before that window was over"
        )
        assert audit(Ledger([level("a", "2024", "2.2", published="2024-12-31")])) == ()

    def test_another_reporters_year_to_date(self) -> None:
        part = level("part", "2024-01..2024-07", "2.2", reporter="UZ stat")
        year = level("year", "2024", "2.2")
        eleven = level("eleven", "2024-01..2024-11", "3.8", reporter="UZ stat")
        finding = only(part, year, eleven)
        assert (finding.kind, finding.rows) == ("partial_as_year", ("year", "part"))
        assert "the figure by UZ stat for Jan–Jul 2024" in finding.message
        assert audit(Ledger([part, year])) == ()
        assert audit(Ledger([part, level("year", "2024", "4.1"), eleven])) == ()


class TestPartsTotal:
    KZ = level("kz", "2024", "2.5", flow="kz_to_uz")
    UZ = level("uz", "2024", "1.3", flow="uz_to_kz")

    def test_sum(self) -> None:
        finding = only(self.KZ, self.UZ, level("t", "2024", "4.4"))
        assert (finding.kind, finding.rows) == ("parts_total", ("t", "kz", "uz"))
        assert finding.message == (
            "for 2024, KZ stat's US$ 2.5 bn of KZ to UZ plus US$ 1.3 bn of UZ to KZ do not add up"
            " to the turnover US$ 4.4 bn"
        )
        assert "set aside the one that is wrong" in finding.remedy
        assert audit(Ledger([self.KZ, self.UZ, level("t", "2024", "3.9")])) == ()

    def test_truncated_total(self) -> None:
        finding = only(
            level("kz", "2024-01..2024-05", "1 096.1", "usd_mn", flow="kz_to_uz"),
            level("uz", "2024-01..2024-05", "485.5", "usd_mn", flow="uz_to_kz"),
            level("t", "2024-01..2024-05", "1.5"),
        )
        assert finding.remedy.startswith("read US$ 1.5 bn as truncated")

    def test_parts_that_only_just_fit_were_not_truncated(self) -> None:
        """1.2 and 0.9 are 2.1: 1.9 with digits cut off is under 2."""
        finding = only(
            level("kz", "2024", "1.2", flow="kz_to_uz"),
            level("uz", "2024", "0.9", flow="uz_to_kz"),
            level("t", "2024", "1.9"),
        )
        assert "set aside the one that is wrong" in finding.remedy

    def test_part_above_its_total(self) -> None:
        finding = only(self.KZ, level("t", "2024", "1.3"))
        assert finding.rows == ("t", "kz")
        assert "US$ 2.5 bn of KZ to UZ is more than the turnover US$ 1.3 bn" in finding.message

    def test_other_release_other_reporter(self) -> None:
        later = level("t", "2024", "4.4", published="2025-09")
        assert audit(Ledger([self.KZ, self.UZ, later])) == ()
        other = level("t", "2024", "4.4", reporter="UZ stat")
        assert audit(Ledger([self.KZ, self.UZ, other])) == ()
        same = [
            row.model_copy(update={"document": "table", "published": published})
            for row, published in ((self.KZ, "2025-02"), (self.UZ, "2025-02"), (later, "2025-09"))
        ]
        assert only(*same).kind == "parts_total"

    def test_one_sided_part(self) -> None:
        over = level("uz", "2024", "1", flow="uz_to_kz", qualifier="at_least")
        assert audit(Ledger([self.KZ, over, level("t", "2024", "4.4")])) == ()
        assert only(self.KZ, over, level("t", "2024", "3.2")).kind == "parts_total"


class TestYearToDateAboveYear:
    YEAR = level("year", "2024", "3.8")

    def test_above(self) -> None:
        finding = only(level("part", "2024-01..2024-10", "3.9"), self.YEAR)
        assert (finding.kind, finding.rows) == ("ytd_above_year", ("part", "year"))
        assert finding.message == (
            "KZ stat printed US$ 3.9 bn for Jan–Oct 2024 but only US$ 3.8 bn for all of 2024"
        )
        assert finding.remedy.startswith("check both windows and units")
        assert audit(Ledger([level("part", "2024-01..2024-10", "3.4"), self.YEAR])) == ()

    def test_the_row_to_blame_stands_first(self) -> None:
        parts = [level(f"to {m}", f"2024-01..2024-{m:02}", f"{0.34 * m:.2f}") for m in (8, 9, 11)]
        finding = only(*parts, level("year", "2024", "2.5"))
        assert finding.rows[0] == "year"
        assert set(finding.rows[1:]) == {"to 8", "to 9", "to 11"}
        assert "US$ 3.74 bn for Jan–Nov 2024 but only US$ 2.5 bn" in finding.message
        assert finding.remedy == "check US$ 2.5 bn for 2024 first, and set it aside if it is wrong"

    def test_any_window_within_another(self) -> None:
        fiscal = level("fiscal", "2023-04..2024-03", "2.0")
        finding = only(level("quarter", "2023-07..2023-09", "2.4"), fiscal)
        assert finding.rows == ("quarter", "fiscal")

    def test_one_sided(self) -> None:
        part = level("part", "2024-01..2024-10", "4", qualifier="over")
        assert only(part, self.YEAR).kind == "ytd_above_year"
        assert audit(Ledger([part, level("year", "2024", "4", qualifier="over")])) == ()

    @pytest.mark.parametrize(
        ("shorter", "longer"),
        [
            ("2024-01..2024-06", "2024-01..2024-07"),
            ("2024-01..2024-03", "2024-01..2024-06"),
            ("2023-04..2023-12", "2023-04..2024-03"),
            ("2024-05", "2024-04..2024-06"),
        ],
    )
    def test_one_total_for_two_windows(self, shorter: str, longer: str) -> None:
        finding = only(level("a", shorter, "1.17"), level("b", longer, "1,170", "usd_mn"))
        assert (finding.kind, finding.rows) == ("ytd_above_year", ("a", "b"))
        assert finding.message == (
            f"KZ stat printed US$ 1.17 bn for {Window(shorter).words} and US$ 1,170 mn for"
            f" {Window(longer).words}, one total for both"
        )
        assert "of which of the two windows" in finding.remedy
        coarse = level("a", shorter, "1"), level("b", longer, "1")
        assert not audit(Ledger(coarse)) or shorter == "2024-05"

    def test_equal_months_are_none(self) -> None:
        assert audit(Ledger([level("a", "2024-03", "0.35"), level("b", "2024-04", "0.35")])) == ()

    def test_other_reporters_may_differ(self) -> None:
        assert (
            audit(Ledger([level("p", "2024-01..2024-10", "3.9", reporter="UZ"), self.YEAR])) == ()
        )


class TestGrowthLevels:
    OLD, NEW = level("old", "2023", "4.00"), level("new", "2024", "4.40")

    def test_at_odds(self) -> None:
        finding = only(self.OLD, self.NEW, growth("g", "2024", "2023", "31.2"))
        assert (finding.kind, finding.rows) == ("growth_levels", ("g", "new", "old"))
        assert finding.message == (
            "KZ stat printed growth of 31.2 % for 2024 over 2023, but its US$ 4.40 bn and"
            " US$ 4.00 bn make that +9.7 to +10.3 %"
        )
        assert "set it aside" in finding.remedy
        assert audit(Ledger([self.OLD, self.NEW, growth("g", "2024", "2023", "10")])) == ()

    @pytest.mark.parametrize(
        ("text", "words"),
        [("100", "ten times too large"), ("1.0", "ten times too small")],
    )
    def test_names_the_slip_that_would_fit(self, text: str, words: str) -> None:
        finding = only(self.OLD, self.NEW, growth("g", "2024", "2023", text))
        assert finding.remedy.startswith(f"perhaps {words};")

    def test_proposes_the_base_that_fits(self) -> None:
        earlier = level("earlier", "2019", "3.35")
        finding = only(earlier, self.OLD, self.NEW, growth("g", "2024", "2023", "31.2"))
        assert finding.remedy == "name 2019 (US$ 3.35 bn) as its base, which it fits"

    def test_one_sided_level(self) -> None:
        over = level("old", "2023", "3.26", qualifier="at_least")
        finding = only(over, level("new", "2024", "4.1"), growth("g", "2024", "2023", "35"))
        assert finding.message.endswith("make that +27.3 % or less")
        assert audit(Ledger([over, self.NEW, growth("g", "2024", "2023", "20")])) == ()
        new = level("new", "2024", "5", qualifier="at_least")
        assert only(self.OLD, new, growth("g", "2024", "2023", "10")).message.endswith("or more")

    def test_right_by_an_earlier_release(self) -> None:
        revised = level("revised", "2023", "4.20", published="2025-08")
        rows: list[Observation] = [self.OLD, self.NEW, revised, growth("g", "2024", "2023", "10")]
        assert audit(Ledger(rows)) == ()

    def test_about(self) -> None:
        assert audit(Ledger([self.OLD, self.NEW, growth("g", "2024", "2023", "12", "about")])) == ()

    def test_without_both_levels(self) -> None:
        assert audit(Ledger([self.NEW, growth("g", "2024", "2023", "31.2")])) == ()


class TestIncrementLevels:
    OLD, NEW = level("old", "2023", "2.0"), level("new", "2024", "2.9")

    def test_at_odds(self) -> None:
        finding = only(self.OLD, self.NEW, increment("i", "2024", "2023", "0.4"))
        assert (finding.kind, finding.rows) == ("increment_levels", ("i", "new", "old"))
        assert finding.message == (
            "KZ stat printed a change of US$ 0.4 bn for 2024 over 2023, but its US$ 2.9 bn and"
            " US$ 2.0 bn make that US$ +0.8 to +1 bn"
        )
        assert finding.remedy == "check its sign, its unit and its base, or set it aside"

    @pytest.mark.parametrize(
        ("text", "unit", "qualifier"),
        [
            ("0.9", "usd_bn", "rounded"),
            ("900", "usd_mn", "rounded"),
            ("0.8", "usd_bn", "over"),
            ("1", "usd_bn", "nearly"),
            ("0.8", "usd_bn", "at_least"),
            ("0.8-0.9", "usd_bn", "range"),
            ("0.8", "usd_bn", "about"),
        ],
    )
    def test_what_fits(self, text: str, unit: str, qualifier: Qualifier) -> None:
        rows = self.OLD, self.NEW, increment("i", "2024", "2023", text, unit, qualifier)
        assert audit(Ledger(rows)) == ()

    @pytest.mark.parametrize(
        ("text", "words"),
        [
            ("-0.9", "of the other sign"),
            ("9.0", "ten times too large"),
            ("0.091", "ten times too small"),
            ("900", "a thousand times too large"),
        ],
    )
    def test_names_the_slip_that_would_fit(self, text: str, words: str) -> None:
        finding = only(self.OLD, self.NEW, increment("i", "2024", "2023", text))
        assert finding.remedy.startswith(f"perhaps {words};")

    def test_proposes_the_base_that_fits(self) -> None:
        earlier = level("earlier", "2022", "2.5")
        finding = only(earlier, self.OLD, self.NEW, increment("i", "2024", "2023", "0.4"))
        assert finding.remedy == "name 2022 (US$ 2.5 bn) as its base, which it fits"

    def test_months(self) -> None:
        old, new = (
            level("old", "2023-01..2023-09", "1.52"),
            level("new", "2024-01..2024-09", "1.21"),
        )
        fall = increment("i", "2024-01..2024-09", "2023-01..2023-09", "-310", "usd_mn")
        assert audit(Ledger([old, new, fall])) == ()
        rise = increment("i", "2024-01..2024-09", "2023-01..2023-09", "310", "usd_mn")
        assert only(old, new, rise).message.endswith("make that US$ -320 to -300 mn")

    def test_one_sided_level(self) -> None:
        new = level("new", "2024", "3", qualifier="at_least")
        finding = only(self.OLD, new, increment("i", "2024", "2023", "0.4"))
        assert finding.message.endswith("make that US$ +0.95 bn or more")
        assert audit(Ledger([self.OLD, new, increment("i", "2024", "2023", "1.4")])) == ()

    def test_right_by_an_earlier_release(self) -> None:
        revised = level("revised", "2023", "2.3", published="2025-08")
        change = increment("i", "2024", "2023", "0.9")
        rows: list[Observation] = [self.OLD, self.NEW, revised, change]
        assert audit(Ledger(rows)) == ()

    def test_of_one_reporter_with_both_levels(self) -> None:
        assert audit(Ledger([self.NEW, increment("i", "2024", "2023", "0.4")])) == ()
        other = increment("i", "2024", "2023", "0.4", reporter="UZ stat")
        assert audit(Ledger([self.OLD, self.NEW, other])) == ()


class TestClaimContradicted:
    def test_by_the_reporters_own_figure(self) -> None:
        claim = level("claim", "2022", "5", qualifier="over", published="2023-05")
        own = level("own", "2022", "4.92", published="2023-10")
        finding = only(claim, own)
        assert (finding.kind, finding.rows) == ("claim_contradicted", ("claim", "own"))
        assert finding.message == (
            "KZ stat printed over US$ 5 bn for 2022, against US$ 4.92 bn by KZ stat"
        )
        assert "set the claim aside" in finding.remedy
        assert audit(Ledger([claim, level("own", "2022", "5.1", published="2023-10")])) == ()

    def test_others_contradict_it_only_together(self) -> None:
        claim = level("claim", "2022", "5", qualifier="over", reporter="KZ official")
        uz = level("uz", "2022", "4.6", reporter="UZ stat")
        kz = level("kz", "2022", "4.9")
        assert only(claim, uz, kz).rows == ("claim", "kz", "uz")
        assert audit(Ledger([claim, uz, level("kz", "2022", "5.0")])) == ()

    def test_nearly(self) -> None:
        claim = level("claim", "2022", "4", qualifier="nearly", reporter="KZ official")
        assert only(claim, level("kz", "2022", "4.6")).kind == "claim_contradicted"

    def test_a_claim_said_again_is_one_finding(self) -> None:
        claims = [
            level(f"claim {n}", "2022", "5", qualifier="over", reporter="KZ official", document=n)
            for n in ("a", "b")
        ]
        kinds = {f.kind: f.rows for f in audit(Ledger([*claims, level("kz", "2022", "4.6")]))}
        assert kinds["claim_contradicted"] == ("claim a", "claim b", "kz")


class TestMirrorGap:
    def shared(self, last: str) -> list[Level]:
        years = ("2019", "2020", "2021", "2022", "2023")
        kz = [level(f"kz {year}", year, "3.00") for year in years]
        texts = ("3.33", "3.30", "3.38", "3.35", last)
        uz = [
            level(f"uz {year}", year, text, reporter="UZ stat")
            for year, text in zip(years, texts, strict=True)
        ]
        return [*kz, *uz]

    def test_further_apart_than_usual(self) -> None:
        finding = only(*self.shared("2.40"))
        assert (finding.kind, finding.rows) == ("mirror_gap", ("kz 2023", "uz 2023"))
        assert finding.message == (
            "KZ stat printed US$ 3.00 bn for 2023, against US$ 2.40 bn by UZ stat: 1.25 times as"
            " much, where about 0.90 is usual"
        )
        assert "what each reporter counts" in finding.remedy
        assert audit(Ledger(self.shared("3.40"))) == ()

    def test_a_usual_gap_is_no_finding(self) -> None:
        years = ("2019", "2020", "2021")
        rows = [level(f"kz {y}", y, "1.00") for y in years]
        rows += [level(f"uz {y}", y, "2.00", reporter="UZ stat") for y in years]
        assert audit(Ledger(rows)) == ()

    @pytest.mark.parametrize(
        ("fiscal", "usual", "odd"),
        [
            ("2022-04..2023-03", "3.0", "7.45"),
            ("2022-04..2023-03", "5.9", "1.5"),
            ("2021-07..2022-06", "7.0", "9.0"),
            ("2021-12..2022-11", "4.5", "5.5"),
        ],
    )
    def test_years_that_overlap(self, fiscal: str, usual: str, odd: str) -> None:
        kz = level("kz", "2022", "3.35", published="2023-08")
        uz = [
            level("uz", fiscal, text, reporter="UZ", published="2023-08") for text in (usual, odd)
        ]
        assert audit(Ledger([kz, uz[0]])) == ()
        finding = only(kz, uz[1])
        assert (finding.kind, set(finding.rows)) == ("mirror_gap", {"kz", "uz"})
        assert f"by UZ for {Window(fiscal).words}: " in finding.message

    def test_years_that_hardly_overlap(self) -> None:
        kz = level("kz", "2022", "3.35", published="2023-12")
        uz = level("uz", "2022-08..2023-07", "9.9", reporter="UZ", published="2023-12")
        assert audit(Ledger([kz, uz])) == ()

    def test_what_is_usual_between_years_that_overlap(self) -> None:
        rows = [level(f"kz {y}", str(y), "1.00", published="2025-06") for y in range(2018, 2023)]
        rows += [
            level(f"uz {y}", f"{y}-04..{y + 1}-03", text, reporter="UZ", published="2025-06")
            for y, text in zip(range(2018, 2023), ("2.0", "2.1", "1.9", "2.0", "5.5"), strict=True)
        ]
        assert audit(Ledger(rows[:-1])) == ()
        assert set(only(*rows).rows) == {"kz 2022", "uz 2022"}

    def test_the_same_window_decides_where_both_printed_it(self) -> None:
        kz = level("kz", "2022", "3.35", published="2023-08")
        rows = [
            level("uz", "2022", "3.4", reporter="UZ", published="2023-08"),
            level("uz fiscal", "2022-04..2023-03", "7.45", reporter="UZ", published="2023-08"),
        ]
        assert audit(Ledger([kz, *rows])) == ()

    def test_without_a_history(self) -> None:
        kz = level("kz", "2018", "2.1")
        assert only(kz, level("uz", "2018", "2.92", reporter="UZ")).kind == "mirror_gap"
        assert audit(Ledger([kz, level("uz", "2018", "2.4", reporter="UZ")])) == ()

    def test_the_row_to_blame_stands_first(self) -> None:
        others = [level(name, "2019", "3.3", reporter=name) for name in ("a", "b")]
        finding = only(*others, level("odd", "2019", "4.5"))
        assert finding.rows == ("odd", "a", "b")
        assert finding.remedy == "check US$ 4.5 bn first, and set it aside if it is wrong"


class TestRepeatedRelease:
    def test_two_addresses(self) -> None:
        finding = only(
            level("a", "2022", "735.2", "usd_mn", document="x.kz"),
            level("b", "2022", "0.7352", document="y.kz", published="2025-03"),
        )
        assert (finding.kind, finding.rows) == ("repeated_release", ("a", "b"))
        assert finding.message == "KZ stat printed US$ 0.7352 bn for 2022, twice"
        assert finding.remedy == "count it once: keep the first release"

    def test_growth(self) -> None:
        finding = only(growth("a", "2024", "2023", "10"), growth("b", "2024", "2023", "10"))
        assert finding.message == "KZ stat printed growth of 10 % for 2024 over 2023, twice"

    @pytest.mark.parametrize(
        "other",
        [
            level("b", "2022", "4.7", published="2025-08"),
            level("b", "2023", "4.6"),
            level("b", "2022", "4.6", reporter="UZ stat"),
            level("b", "2022", "4.6", qualifier="over"),
        ],
    )
    def test_another_figure(self, other: Level) -> None:
        assert audit(Ledger([level("a", "2022", "4.6"), other])) == ()


def test_one_defect_one_finding() -> None:
    finding = only(
        level("kz 2019", "2019", "1 942", "usd_mn", flow="kz_to_uz"),
        level("uz 2019", "2019", "1 393", "usd_mn", flow="uz_to_kz"),
        level("ytd", "2019-01..2019-10", "2 700", "usd_mn"),
        level("2018", "2018", "2 920", "usd_mn"),
        level("2020", "2020", "3 006", "usd_mn"),
        level("mirror", "2019", "3.4", reporter="UZ stat"),
        level("2019", "2019", "3 333 503", "usd_mn"),
        growth("g", "2019", "2018", "14.2"),
    )
    assert (finding.kind, finding.rows) == ("unit_slip", ("2019",))


def test_order_of_kinds_and_names_without_ids() -> None:
    rows = [level("", "2024-01..2024-10", "3.9"), level("", "2024", "3.8")]
    early = level("early", "2025", "4.0", reporter="UZ stat")
    findings = audit(Ledger([*rows, early]))
    assert [finding.kind for finding in findings] == ["partial_as_year", "ytd_above_year"]
    assert findings[1].rows == tuple(str(row) for row in rows)
    assert FINDING_KINDS[:2] == ("name_spelling", "two_currencies")
    assert str(findings[1]).startswith("ytd_above_year (KZ-UZ turnover 2024-01..2024-10 3.9")


def test_finding_is_a_frozen_value() -> None:
    finding = only(level("a", "2024", "2.2", published="2024-08"))
    assert Finding.model_validate_json(finding.model_dump_json()) == finding
    with pytest.raises(ValidationError):
        finding.kind = "unit_slip"
    with pytest.raises(InputError, match="rows: it is empty"):
        Finding(kind="unit_slip", rows=(), message="m", remedy="r")


def test_a_thousand_figures_without_a_finding() -> None:
    rows = [
        level(f"{r} {y} {m}", f"{y}-01..{y}-{m:02}", f"{0.3 * m:.2f}", reporter=r)
        for r in ("KZ stat", "UZ stat", "KZ official", "UZ official")
        for y in range(2003, 2024)
        for m in range(1, 13)
    ]
    ledger = Ledger(rows)
    assert audit(ledger) == ()


class TestSameDayFigures:
    def test_both_count_and_are_found(self) -> None:
        rows = level("a", "2024", "3.6"), level("b", "2024", "4.6")
        finding = only(*rows)
        assert (finding.kind, finding.rows) == ("same_day_figures", ("a", "b"))
        assert "US$ 3.6 bn and US$ 4.6 bn for 2024 on one day" in finding.message
        assert len(Ledger(rows).current) == 2
        assert len(Ledger(rows[::-1]).current) == 2

    def test_growth(self) -> None:
        finding = only(growth("a", "2024", "2023", "10"), growth("b", "2024", "2023", "15"))
        assert finding.kind == "same_day_figures"

    def test_digits_decide(self) -> None:
        ledger = Ledger([level("a", "2024", "3.61"), level("b", "2024", "4.6")])
        assert [row.id for row in ledger.current] == ["a"]
        ledger = Ledger([level("a", "2024", "3.6"), level("b", "2024", "4,612", "usd_mn")])
        assert [row.id for row in ledger.current] == ["b"]

    def test_a_later_day_ends_it(self) -> None:
        rows = level("a", "2024", "3.6"), level("b", "2024", "4.6")
        later = level("c", "2024", "4.5", published="2025-09")
        assert audit(Ledger([*rows, later])) == ()
        repeated = level("c", "2024", "4.6", published="2025-09")
        assert len(Ledger([*rows, repeated]).current) == 2


@pytest.mark.parametrize(
    ("text", "unit"),
    [("1000", "times"), ("0.001", "times"), ("1" + "0" * 300, "times"), ("99900", "percent")],
)
def test_a_growth_of_a_thousandfold_is_a_misprint(text: str, unit: str) -> None:
    row = growth("g", "2024", "2023", text).corrected(unit=unit)
    years = level("a", "2023", "4.6"), level("b", "2024", "4.4")
    finding = only(*years, row)
    assert (finding.kind, finding.rows) == ("growth_misprint", ("g",))
    goal = tt.Goal(5, by=2030)
    with_it, without = (
        tt.track(Ledger(rows), goal, n_paths=200) for rows in ((*years, row), years)
    )
    assert with_it.attainments == without.attainments


def test_a_growth_of_less_may_be_meant() -> None:
    assert audit(Ledger([growth("g", "2024", "2023", "900").corrected(unit="times")])) == ()


def test_two_currencies_of_one_pair() -> None:
    rows = level("a", "2023", "4.4"), level("b", "2024", "4.2")
    euros = Level(
        series=Series(pair="KZ-UZ", unit="eur_bn"),
        window=Window("2024"),
        figure=Figure.of("3.9", "eur_bn"),
        reporter="BB",
        published="2025-02",
        id="c",
    )
    finding = only(*rows, euros)
    assert (finding.kind, finding.rows) == ("two_currencies", ("c",))
    assert finding.message == "KZ-UZ has levels in usd and in eur"
    assert audit(Ledger(rows)) == ()
