"""Adapters and fetchers: recorded answers, replayed to the services' own clients."""

import datetime as dt
import io
import json
import os
import re
import sys

import pandas as pd
import pytest
import urllib3
from tests.sources.service import Answer, leading_to, sample, serving

import tradetrack as tt
from tradetrack.errors import InputError, LedgerError
from tradetrack.sources import connections, fetching
from tradetrack.sources.connections import connect

KEY = "0123456789abcdef"
MONTHS = "monthly_BRA-CHN_both"
SPLIT = "annual_split-customs"
IMTS = "imf_IMTS"
COMEXT = "eurostat_comext_DE-FR"


def frame(name):
    return pd.DataFrame(json.loads(sample(name))["data"])


def cells(ledger):
    return {
        (row.reporter, row.series.flow, str(row.window)): (row.figure.text, row.figure.unit)
        for row in ledger
    }


class TestComtrade:
    def test_both_reporters_and_both_flows(self):
        ledger = tt.sources.from_comtrade(frame(MONTHS), published="2024-05-02")
        found = cells(ledger)
        assert found["BRA (UN Comtrade)", "bra_to_chn", "2024-01"] == ("8000000000", "usd")
        assert found["CHN (UN Comtrade)", "bra_to_chn", "2024-01"] == ("9600000000", "usd")
        assert found["BRA (UN Comtrade)", "chn_to_bra", "2024-01"] == ("5000000000", "usd")
        assert len(ledger) == 12  # three months, two reporters, two flows
        assert {row.side for row in ledger} == {"BRA", "CHN"}
        assert {row.published for row in ledger} == {"2024-05-02"}
        assert {row.figure.qualifier for row in ledger} == {"rounded"}
        notes = {(row.series.flow, row.reporter[:3]): row.note for row in ledger}
        assert notes["chn_to_bra", "BRA"].startswith("imports CIF")
        assert notes["bra_to_chn", "BRA"].startswith("exports FOB")

    def test_split_rows_are_never_summed(self):
        rows = frame(SPLIT)
        assert rows["primaryValue"].sum() == 400e6
        (row,) = tt.sources.from_comtrade(rows, published="2024-05")
        assert row.figure.text == "100000000"
        without = rows[~((rows["motCode"] == 0) & (rows["customsCode"] == "C00"))]
        with pytest.raises(LedgerError, match="has no totals of USA's imports from JPN in 2023"):
            tt.sources.from_comtrade(without, published="2024-05")
        twice = pd.concat([rows, rows.head(1)])
        with pytest.raises(LedgerError, match="has 2 totals of USA's imports from JPN in 2023"):
            tt.sources.from_comtrade(twice, published="2024-05")

    def test_countries_are_told_by_code_and_named_as_the_pair(self):
        rows = frame("monthly_BRA-CHN_no-desc")
        ledger = tt.sources.from_comtrade(rows, published="2024-05", pair="CN-BR")
        assert {row.series.flow for row in ledger} == {"br_to_cn"}
        assert {row.side for row in ledger} == {"BR", "CN"}
        with pytest.raises(LedgerError, match=r"has nothing of KZ-UZ \(it has BRA-CHN\)"):
            tt.sources.from_comtrade(rows, published="2024-05", pair="KZ-UZ")
        with pytest.raises(InputError, match="is not two countries"):
            tt.sources.from_comtrade(rows, published="2024-05", pair="KZ-XX")

    def test_groups_and_the_world_are_no_partners(self):
        rows = frame("monthly_BRA-CHN_no-desc")
        more = [rows.assign(partnerCode=code, primaryValue=1e12) for code in (0, 97, 490)]
        assert tt.sources.from_comtrade(
            pd.concat([rows, *more]), published="2024-05"
        ) == tt.sources.from_comtrade(rows, published="2024-05")

    def test_reexports_and_valuation_are_said(self):
        rows = frame("monthly_BRA-CHN_no-desc")
        export = rows[rows["flowCode"] == "X"]
        again = export.assign(flowCode="RX", primaryValue=5.0)
        (row,) = tt.sources.from_comtrade(pd.concat([export, again]), published="2024-05")
        assert row.note == "exports FOB; of which 5 re-exported"
        imports = rows[rows["flowCode"] == "M"]
        for cif, fob, note in (
            (0.0, 9e9, "imports FOB"),
            (None, None, "imports, valuation not given (mostly CIF)"),
            (9e9, 0.0, "imports CIF"),
        ):
            given = imports.assign(cifvalue=cif, fobvalue=fob)
            (row,) = tt.sources.from_comtrade(given, published="2024-05")
            assert row.note == note

    def test_release_dates_of_reporters(self):
        rows = frame("monthly_BRA-CHN_no-desc")
        dates = {("BRA", "2024-01"): "2024-02-20", ("CHN", "2024-01"): "2024-03-20"}
        ledger = tt.sources.from_comtrade(rows, published=dates)
        assert {row.reporter[:3]: row.published for row in ledger} == {
            "BRA": "2024-02-20",
            "CHN": "2024-03-20",
        }
        assert len(ledger.as_of("2024-02")) == 1
        with pytest.raises(InputError, match=r"no date for \('CHN', '2024-01'\)"):
            tt.sources.from_comtrade(rows, published={("BRA", "2024-01"): "2024-02-20"})

    @pytest.mark.parametrize(
        ("change", "says"),
        [
            (lambda rows: rows.rename(columns={"primaryValue": "value"}), "lacks primaryValue"),
            (lambda rows: pd.DataFrame(), "it has no columns"),
            (lambda rows: None, "None is a failed call"),
            (lambda rows: rows.assign(cmdCode="090111"), "has no total of goods between two"),
            (lambda rows: rows.assign(primaryValue=0.0), "is not positive"),
            (lambda rows: rows.assign(period="202613"), "month 13"),
        ],
    )
    def test_half_an_answer(self, change, says):
        with pytest.raises(InputError, match=says):
            tt.sources.from_comtrade(change(frame("monthly_BRA-CHN_no-desc")), published="2027-01")


class TestSdmx:
    def message(self, name):
        import sdmx

        return sdmx.read_sdmx(io.BytesIO(sample(name)))

    def test_imf(self):
        ledger = tt.sources.from_sdmx(self.message(IMTS), published="2026-08-06")
        found = cells(ledger)
        assert {key[0] for key in found} == {"BRA (IMF)", "CHN (IMF)"}
        assert {key[1] for key in found} == {"bra_to_chn", "chn_to_bra"}
        assert {unit for _, unit in found.values()} == {"usd"}
        raw = {float(text) for text in re.findall(r'OBS_VALUE="([^"]*)"', sample(IMTS).decode())}
        assert {float(text) for text, _ in found.values()} <= raw

    def test_eurostat(self):
        ledger = tt.sources.from_sdmx(self.message(COMEXT), published="2026-09-15", pair="DE-FR")
        found = cells(ledger)
        assert found["DE (Eurostat)", "fr_to_de", "2024-01"] == ("5900", "eur")
        assert {row.series.unit for row in ledger} == {"eur_bn"}

    def test_an_empty_message_is_an_error(self):
        with pytest.raises(LedgerError, match="has no observations"):
            tt.sources.from_sdmx(self.message("eurostat_comext_empty"), published="2026-09")

    def test_quarters_groups_and_imports_valued_twice(self):
        rows = [
            ("BRA", "MG_CIF_USD", "CHN", "2024-Q1", "110"),
            ("BRA", "MG_FOB_USD", "CHN", "2024-Q1", "100"),
            ("BRA", "TBG_USD", "CHN", "2024-Q1", "5"),
            ("BRA", "XG_FOB_USD", "G001", "2024-Q1", "5000"),
            ("BRA", "XG_FOB_USD", "CHN", "2024-Q1", None),
        ]
        columns = ["COUNTRY", "INDICATOR", "COUNTERPART_COUNTRY", "TIME_PERIOD", "OBS_VALUE"]
        table = pd.DataFrame(rows, columns=columns).assign(FREQUENCY="Q")
        (row,) = tt.sources.from_sdmx(table, published="2024-06")
        assert (row.figure.text, str(row.window)) == ("110", "2024-01..2024-03")
        with pytest.raises(LedgerError, match="has 2 totals"):
            tt.sources.from_sdmx(pd.concat([table, table]), published="2024-06")


RELEASED = b"""{"elapsedTime": "0.1 secs", "count": 3, "error": "", "data": [
{"period": 202401, "reporterCode": 76, "firstReleased": "2024-02-20T10:00:00.1234567",
 "lastReleased": "2024-03-05T10:53:32.8266667"},
{"period": "202401", "reporterCode": 156, "firstReleased": "2024-03-20T10:00:00",
 "lastReleased": "2024-04-01T00:00:00"},
{"period": "202402", "reporterCode": 156, "firstReleased": "2024-03-20T10:00:00",
 "lastReleased": "2024-04-02T00:00:00"}]}"""
XML = {"Content-Type": "application/vnd.sdmx.structurespecificdata+xml; version=2.1"}
TODAY = dt.date.today().isoformat()


@pytest.fixture
def fetch(monkeypatch):
    """Run a fetcher against a replaying server, without waiting between its calls."""
    monkeypatch.setattr(connections, "_PAUSE", 0.0)

    def run(call, *answers, released=None, **options):
        with serving(*answers, at={"getDa": released or Answer(RELEASED)}) as service:
            run.service = service
            monkeypatch.setattr(
                fetching, "connect", lambda *given: leading_to(service.url, connect(*given))
            )
            return call(**options)

    return run


@pytest.fixture
def comtrade(fetch):
    def run(*answers, **options):
        def call(**given):
            return tt.sources.comtrade("BRA-CHN", [2024], monthly=True, **given)

        return fetch(call, *answers, **options), fetch.service

    run.fetch = fetch
    return run


@pytest.fixture
def sdmx(fetch):
    def run(*answers, **options):
        def call(**given):
            return tt.sources.sdmx("BRA-CHN", [2023, 2024], **given)

        return fetch(call, *answers, **options), fetch.service

    run.fetch = fetch
    return run


class TestComtradeService:
    def test_by_its_own_client(self, comtrade):
        ledger, service = comtrade(Answer(sample(MONTHS)), key=KEY, published="2024-05-02")
        assert len(ledger) == 12
        [query] = service.queries
        assert query["reportercode"] == query["partnerCode"] == ["76,156"]
        assert query["cmdCode"] == ["TOTAL"]
        assert query["partner2Code"] == ["0"]
        assert query["period"][0].split(",")[0] == "202401"
        assert service.paths == ["/data/v1/get/C/M/HS"]

    def test_the_preview_takes_one_period_a_call(self, comtrade):
        empty = b'{"elapsedTime":"0.1 secs","count":0,"data":[],"error":""}'
        ledger, service = comtrade(
            Answer(sample("monthly_BRA-CHN_no-desc")), Answer(empty), published="2025-02"
        )
        assert len(ledger) == 2
        assert [query["period"] for query in service.queries] == [
            [f"2024{month:02d}"] for month in range(1, 13)
        ]
        assert set(service.paths) == {"/public/v1/preview/C/M/HS"}

    def test_each_figure_is_published_when_it_was_last_released(self, comtrade):
        ledger, service = comtrade(Answer(sample(MONTHS)), key=KEY)
        days = {(row.side, str(row.window)): row.published for row in ledger}
        assert days["BRA", "2024-01"] == "2024-03-05"  # the last release, not the first
        assert days["CHN", "2024-02"] == "2024-04-02"
        assert days["BRA", "2024-03"] == TODAY  # nothing is told of it
        assert service.paths[-1] == "/data/v1/getDa/C/M/HS"
        assert service.queries[-1]["reportercode"] == ["76,156"]
        assert len(service.queries[-1]["period"][0].split(",")) == 12
        empty = Answer(b'{"count": 0, "data": []}')
        comtrade(Answer(sample("monthly_BRA-CHN_no-desc")), empty)
        assert comtrade.fetch.service.paths[-1] == "/public/v1/getDa/C/M/HS"

    def test_no_dates_no_figures(self, comtrade):
        with pytest.raises(LedgerError, match=r"refused \(500: down\)"):
            comtrade(Answer(sample(MONTHS)), key=KEY, released=Answer(b"down", 500))

    @pytest.mark.parametrize(
        ("answer", "says", "calls"),
        [
            (Answer(sample("error_401"), 401), r"refused \(401: Access denied .*check the key", 1),
            (Answer(sample("error_403"), 403), r"refused \(403: Out of call.*and its quota", 1),
            (Answer(sample("error_429"), 429), r"refused \(429: Rate limit is exceeded", 3),
            (Answer(b"", 429), r"refused \(429: Too Many Requests\); ask for less", 3),
            (Answer(b"<h1>Server Error</h1>", 500), r"refused \(500: Server Error\)", 3),
            (Answer(b"", 503), "refused .503.*try again later", 3),
            (Answer(sample("maintenance_200"), 200), "did not answer with data .'<html>", 1),
            (Answer(sample("error-field-set"), 200), "did not answer .Error in the query", 1),
            (Answer(b'{"count": 1}', 200), "did not answer with data", 1),
            (Answer(b'{"count": 1, "data": null}', 200), "did not answer with rows .None", 1),
            (Answer(b'{"count": 2, "data": [{}]}', 200), "answered with 1 of 2 rows", 1),
            (Answer(sample(MONTHS)[:4000], missing=9000), "did not answer .*Error", 1),
            (Answer(b'{"count": 0, "data": []}', 200), "has nothing of BRA-CHN", 1),
        ],
    )
    def test_a_service_that_fails_is_an_error(self, comtrade, capsys, answer, says, calls):
        with pytest.raises(LedgerError, match=says) as caught:
            comtrade(answer, key=KEY)
        assert len(comtrade.fetch.service.paths) == calls
        assert KEY not in str(caught.value)
        assert capsys.readouterr().out == ""
        assert caught.value.topic == "service"

    def test_an_outage_does_not_print_the_key(self, monkeypatch, capsys):
        monkeypatch.setattr(connections, "_PAUSE", 0.0)
        with serving(Answer()) as service:
            session = leading_to(service.url, connect())  # nobody listens any more
        with pytest.raises(LedgerError, match=r"did not answer .*; try again later") as caught:
            tt.sources.comtrade("BRA-CHN", [2023], key=KEY, session=session)
        assert KEY not in str(caught.value) + capsys.readouterr().out

    def test_throttling_is_waited_out(self, comtrade):
        ledger, service = comtrade(
            Answer(b'{"statusCode": 429}', 429, {"Retry-After": "0"}),
            Answer(sample(MONTHS)),
            key=KEY,
            published="2024-05",
        )
        assert len(ledger) == 12
        assert len(service.paths) == 2

    @pytest.mark.parametrize("wait", ["11657", "Fri, 31 Dec 2199 23:59:59 GMT"])
    def test_a_long_wait_is_an_error_at_once(self, comtrade, wait):
        with pytest.raises(LedgerError, match=r"asks to wait for .* seconds; try again then"):
            comtrade(Answer(b"", 429, {"Retry-After": wait}), key=KEY)
        assert len(comtrade.fetch.service.paths) == 1

    def test_a_cut_off_answer_is_refused(self, comtrade):
        rows = json.loads(sample("monthly_BRA-CHN_no-desc"))
        rows["data"] *= 250
        rows["count"] = len(rows["data"])
        with pytest.raises(LedgerError, match="cut its answer off at 500 rows"):
            comtrade(Answer(json.dumps(rows).encode()))

    def test_a_renamed_column_is_named(self, comtrade):
        renamed = sample(MONTHS).replace(b"primaryValue", b"tradeValue")
        with pytest.raises(LedgerError, match="lacks primaryValue"):
            comtrade(Answer(renamed), key=KEY)

    def test_the_client_of_others_stays_as_it_is(self, comtrade):
        from comtradeapicall import PreviewGet

        comtrade(Answer(sample(MONTHS)), key=KEY)
        assert PreviewGet.urllib3 is urllib3

    def test_whole_answers_are_kept_and_others_are_not(self, comtrade, tmp_path):
        cache = tmp_path / "answers.sqlite"
        for bad in (Answer(b"", 500), Answer(b'{"count": 2, "data": []}')):
            with pytest.raises(LedgerError):
                comtrade(bad, key=KEY, cache=cache)
        first, service = comtrade(Answer(sample(MONTHS)), key=KEY, cache=cache)
        assert len(service.paths) == 2  # the trade, and the dates of release
        again, service = comtrade(Answer(b"", 500), key="another", cache=cache)
        assert (again, service.paths) == (first, [])
        assert KEY.encode() not in cache.read_bytes()

    def test_the_command_writes_whole_or_not_at_all(self, fetch, monkeypatch, tmp_path, capsys):
        from tradetrack.cli import main

        monkeypatch.setenv("TRADETRACK_COMTRADE_KEY", KEY)
        monkeypatch.chdir(tmp_path)
        target, cache = tmp_path / "figures.csv", str(tmp_path / "answers")
        line = ["fetch", "BRA", "CHN", "--years", "2024", "--monthly", "--cache", cache]
        for answer, code in ((Answer(b"", 500), 2), (Answer(sample(MONTHS)), 0)):
            assert fetch(lambda: main([*line, "-o", str(target)]), answer) == code
            assert target.exists() == (code == 0)
        assert len(tt.read_csv(target)) == 12
        capsys.readouterr()
        for output in ([], ["-o", "-"]):
            assert fetch(lambda: main([*line, *output]), Answer(b"", 500)) == 0  # noqa: B023
            assert capsys.readouterr().out == target.read_text()
        assert not (tmp_path / "-").exists()
        assert main([*line[:4], "x:2024", *line[5:]]) == 2
        assert KEY not in str(capsys.readouterr())


class TestSdmxService:
    def test_by_its_own_client(self, sdmx):
        ledger, service = sdmx(Answer(sample(IMTS), 200, XML), published="2026-08-06")
        assert ledger.pairs == ("BRA-CHN",)
        [path] = service.paths
        assert path.endswith("/IMF.STA,IMTS,1.0.0/BRA+CHN.XG_FOB_USD+MG_CIF_USD.BRA+CHN.A")
        assert service.queries[0]["startPeriod"] == ["2023"]

    def test_a_figure_is_published_when_the_message_was_prepared(self, sdmx):
        ledger, _ = sdmx(Answer(sample(IMTS), 200, XML))
        [day] = re.findall(rb"Prepared>(\d{4}-\d\d-\d\d)", sample(IMTS))
        assert {row.published for row in ledger} == {day.decode()}

    def test_a_busy_service_is_asked_again(self, sdmx):
        busy = Answer(b"", 503), Answer(b"", 429, {"Retry-After": "0"})
        ledger, service = sdmx(*busy, Answer(sample(IMTS), 200, XML))
        assert (len(ledger) > 0, len(service.paths)) == (True, 3)
        with pytest.raises(LedgerError, match="asks to wait for 3,600 seconds"):
            sdmx(Answer(b"", 429, {"Retry-After": "3600"}))

    def test_whole_answers_are_kept(self, sdmx, tmp_path):
        cache = tmp_path / "answers.sqlite"
        with pytest.raises(LedgerError):
            sdmx(Answer(sample("eurostat_comext_empty"), 200, XML), cache=cache)
        first, _ = sdmx(Answer(sample(IMTS), 200, XML), cache=cache)
        again, service = sdmx(Answer(b"", 503), cache=cache)
        assert (again, service.paths) == (first, [])

    @pytest.mark.parametrize(
        ("answer", "calls"),
        [
            (Answer(b"<html></html>", 200, {"Content-Type": "text/html"}), 1),
            (Answer(b"no", 404), 1),
            (Answer(b"no", 503), 3),
            (Answer(sample("eurostat_fault_413"), 413, {"Content-Type": "text/xml"}), 1),
            (Answer(sample("eurostat_async"), 200, {"Content-Type": "text/xml"}), 1),
            (Answer(sample(IMTS)[:2000], 200, XML), 1),
            (Answer(sample(IMTS)[:2000], 200, XML, missing=2583), 1),
        ],
    )
    def test_one_that_fails_is_an_error(self, sdmx, capsys, answer, calls):
        with pytest.raises(LedgerError, match="IMF_DATA failed"):
            sdmx(answer)
        assert len(sdmx.fetch.service.paths) == calls
        assert capsys.readouterr().out == ""

    def test_an_unknown_source(self):
        with pytest.raises(InputError, match="write IMF_DATA or ESTAT_COMEXT"):
            tt.sources.sdmx("BRA-CHN", [2023], source="OECD")
        for call in (tt.sources.comtrade, tt.sources.sdmx):
            with pytest.raises(InputError, match="no years"):
                call("BRA-CHN", [])
            with pytest.raises(InputError, match="is not two countries"):
                call("Atlantis-CHN", [2023])

    @pytest.mark.parametrize("absent", ["requests_cache", "comtradeapicall", "sdmx"])
    def test_without_the_extra(self, monkeypatch, absent):
        for name in [name for name in sys.modules if name.split(".")[0] == absent]:
            monkeypatch.delitem(sys.modules, name)
        monkeypatch.setitem(sys.modules, absent, None)
        call = tt.sources.sdmx if absent == "sdmx" else tt.sources.comtrade
        with pytest.raises(tt.errors.MissingExtraError, match=r"tradetrack\[sources\]"):
            call("BRA-CHN", [2023])


@pytest.mark.live
@pytest.mark.skipif("TRADETRACK_LIVE" not in os.environ, reason="asks the network")
def test_live():
    assert len(tt.sources.comtrade("BRA-CHN", [2022])) == 4
