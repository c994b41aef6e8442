"""The audit by prediction: figures that do not fit what all others say of them, and why perhaps.

The growth mixture predicts each figure from all others, the level integrated out
(:mod:`~tradetrack.models.misprints`). Of a figure that does not fit, readings other than the
printed one are tried by name: a unit, the months of another window, the base of a growth rate, the
other flow, digits. A reading is named if the others predict it well and the printed one badly. If
two figures contradict each other and nothing tells which is odd, both are named.

A doubt says "does not fit the others", never "is wrong": it may be the others.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from tradetrack._audit.amounts import (
    SeriesKey,
    finding,
    group_by,
    printed,
    row_name,
    slipped_numbers,
)
from tradetrack._audit.audit import audit_rows, in_order
from tradetrack._audit.finding import Finding
from tradetrack._parallel import one_blas_thread
from tradetrack._typing import MONTHS, Array
from tradetrack.domain.discounted import DiscountedRow
from tradetrack.domain.figure import parse_number, split_unit
from tradetrack.domain.observation import BALANCE, TURNOVER, Level, Observation, last_day
from tradetrack.domain.window import Window, format_month
from tradetrack.errors import TradetrackError
from tradetrack.ledger.ledger import Ledger
from tradetrack.models.gaussian import DiffuseGaussian
from tradetrack.models.measurement import Compiler, effect_covariance
from tradetrack.models.mixture import FittedMixture, GrowthMixture
from tradetrack.models.posterior import Newton

Row = Observation

FITS = 2.0
"""Standard deviations within which a reading fits."""
BETTER = math.log(20.0)
"""Log likelihood by which it must beat the printed one."""
_CONSEQUENCES = ("growth_levels", "increment_levels", "parts_total", "ytd_above_year")
_SILENT = 30.0  # standard deviation, in logs, of a figure that says nothing
_UNITS = ((10.0, "ten times"), (1000.0, "a thousand times"))


class Reading(NamedTuple):
    """Another reading of a figure: what it would be, and in words."""

    row: Row
    words: str
    shift: float = 0.0


def audit(ledger: Ledger) -> tuple[Finding, ...]:
    r"""Check the figures of a ledger against each other: by rules, and by what the others predict.

    The figures that count are checked. Superseded ones are checked for names, wrong units, wrong
    windows, copies and claims. Those set aside are not checked. Nothing is repaired.

    Parameters
    ----------
    ledger
        The ledger. Each pair, currency and coverage is predicted by itself.

    Returns
    -------
    tuple of Finding
        Ordered by kind, then by rows; the order in which the ledger was given does not matter.

    Raises
    ------
    InputError
        If it is no ledger.

    Examples
    --------
    >>> import io
    >>> import tradetrack as tt
    >>> ledger = tt.read_csv(io.StringIO(
    ...     "id,pair,window,value,unit,reporter,published\n"
    ...     "a,A-B,2022,3.8,usd_bn,A stat,2023-02\n"
    ...     "b,A-B,2023-01..2023-09,3.8,usd_bn,A stat,2023-11\n"
    ...     "c,A-B,2023,4.0,usd_bn,A stat,2024-02\n"))
    >>> [finding] = tt.audit(ledger)
    >>> finding.kind, sorted(finding.rows)
    ('does_not_fit', ['b', 'c'])
    >>> print(finding.message.partition(";")[0])  # doctest: +NORMALIZE_WHITESPACE
    A stat printed US$ 3.8 bn for Jan–Sep 2023, which does not fit the others: they say about
    US$ 2.94 bn
    """
    return audit_given(ledger, None)


def audit_given(ledger: Ledger, fitted: FittedMixture | None) -> tuple[Finding, ...]:
    """Audit a ledger to which the growth mixture has been fitted, if it has been.

    A row that a rule has named is not named again.
    """
    by_rule = audit_rows(ledger)
    parts = _parts(ledger) if fitted is None else ()
    fits = [one for part in parts for one in _fits(part)] if fitted is None else [fitted]
    doubted = [found for one in fits for found in doubts(one)]
    return in_order(_one_each(by_rule, doubted))


def _one_each(by_rule: Sequence[Finding], doubted: Sequence[Finding]) -> list[Finding]:
    """Keep one finding of one defect.

    A sum or a ratio that fails because of a doubted row is explained by the doubt; a row that a
    rule names first is not doubted again, nor is either of two figures of one day, nor two that a
    rule names together.
    """
    alone = {found.rows[0] for found in doubted if len(found.rows) == 1}
    kept = [
        found
        for found in by_rule
        if not (found.kind in _CONSEQUENCES and alone & set(found.rows[1:]) - {found.rows[0]})
        or found.rows[0] in alone
    ]
    defects = [found.rows for found in kept if found.kind != "repeated_release"]
    named = {rows[0] for rows in defects}
    named |= {row for found in kept if found.kind == "same_day_figures" for row in found.rows}
    return [
        *kept,
        *(
            found
            for found in doubted
            if found.rows[0] not in named
            and not (len(found.rows) > 1 and any(set(found.rows) <= set(rows) for rows in defects))
        ),
    ]


def _fits(ledger: Ledger) -> Iterator[FittedMixture]:
    """Yield the fitted mixture, unless the ledger cannot be fitted."""
    try:
        yield GrowthMixture().fit(ledger)
    except TradetrackError:
        return  # `track` says why; the rules have been looked at


@one_blas_thread
def doubts(fitted: FittedMixture) -> list[Finding]:
    """Return a finding for each row that a fitted mixture discounts."""
    by_name = {row_name(row): row for row in fitted.rows.observations}
    others = _Others(fitted)
    found = []
    for doubt in fitted.discounted:
        if doubt.row not in by_name:
            continue  # not used at all, by a rule that names it
        row, rival = by_name[doubt.row], by_name.get(doubt.rival)
        found.append(_finding(doubt, row, rival, _cause(others, doubt, row, rival)))
    return found


def _parts(ledger: Ledger) -> Iterator[Ledger]:
    """Split a ledger by pair, currency and coverage."""
    parts = group_by(ledger, lambda row: SeriesKey.of(row.series)._replace(flow=""))
    yield from map(Ledger.of_checked, parts.values())


def _finding(doubt: DiscountedRow, row: Row, rival: Row | None, cause: str) -> Finding:
    message = f"{printed(row)}, which does not fit the others: they say about {doubt.predicted}"
    if rival is not None:
        message += (
            f"; or else it is {rival.source}'s {rival.words} for {rival.of_what} that does not"
        )
    remedy = f"{cause}; check it against the document, and correct it or set it aside"
    return finding("does_not_fit", [row] if rival is None else [row, rival], message, remedy)


def _cause(others: "_Others", doubt: DiscountedRow, row: Row, rival: Row | None) -> str:
    """Name the likeliest cause: of two that are tied, what they are to each other."""
    twin = rival if rival is not None else others.same_total(row)
    one_total = isinstance(twin, Level) and (twin.series, twin.figure) == (row.series, row.figure)
    if twin is not None and one_total and row.window != twin.window:
        one, other = sorted(map(str, (row.window, twin.window)))
        return f"one total stands for {one} and for {other}, and for one of them only it can"
    if isinstance(row, Level) and isinstance(rival, Level) and row.series == rival.series:
        overlap = row.window.start <= rival.window.end and rival.window.start <= row.window.end
        if overlap and row.reporter != rival.reporter and not row.signed:
            return (
                f"a mirror gap: a month of {row.source}'s is {_pace(row) / _pace(rival):.2f} times"
                f" one of {rival.source}'s, in windows that overlap"
            )
    reading = None if row.figure.one_sided else others.best_reading(row)
    return f"perhaps {reading.words}" if reading else doubt.cause


def _pace(row: Level) -> float:
    return row.figure.value * split_unit(row.figure.unit)[1] / row.window.n_months


@dataclass(frozen=True, slots=True, eq=False)
class _Others:
    """The rows of a fitted mixture, linear about its mode, to predict readings of one of them."""

    fitted: FittedMixture

    def same_total(self, row: Row) -> Row | None:
        """Return a row with the same figure for a window within this one, or around it."""
        if not isinstance(row, Level):
            return None
        return next(
            (
                one
                for one in self.fitted.rows.observations
                if isinstance(one, Level)
                and (one.series, one.reporter, one.figure) == (row.series, row.reporter, row.figure)
                and one.window != row.window
                and (one.window.covers(row.window) or row.window.covers(one.window))
            ),
            None,
        )

    def best_reading(self, row: Row) -> Reading | None:
        """Return the reading that the other figures predict best, if they do predict it."""
        grid = self.fitted.compiler
        readings = [Reading(row, ""), *(r for r in _readings(row) if grid.covers(r.row))]
        excess, variance = self._excess(row, readings)
        log_density = -0.5 * (excess**2 / variance + np.log(variance))
        best = int(log_density.argmax())
        fits = abs(excess[best]) < FITS * math.sqrt(variance[best])
        return readings[best] if fits and log_density[best] > log_density[0] + BETTER else None

    def _excess(self, row: Row, readings: Sequence[Reading]) -> tuple[Array, Array]:
        """Excess of readings over what all rows but one predict, and its variance, in logs."""
        fitted, grid = self.fitted, self.fitted.compiler
        mode = fitted.posterior.mode
        n = fitted.rows.n_two_sided
        seen = fitted.rows.observations[:n]
        compiler = Compiler(grid.first_month, grid.n_months, grid.flows)
        rows = compiler.compile([*seen, *(reading.row for reading in readings)])
        known = dict(zip(grid.effects, mode.effect, strict=True))
        effect = np.array([known.get(one, 0.0) for one in compiler.effects])
        linear = rows.linearise(mode.path, effect)
        noise = rows.noise(fitted.model.reporting.noise, linear.scale)
        noise[:n] = np.where([one is row for one in seen], _SILENT, fitted.posterior.noise[:n])
        effects = effect_covariance(compiler.effects, fitted.model.reporting)
        newton = Newton(fitted.prior, rows, np.zeros_like(noise), effects)
        average = newton.average(fitted.posterior.weights)
        mean = linear.by_path @ average.mean - linear.offset(mode.path, effect)
        covariance = newton.covariance(linear, average.cross(fitted.prior, linear))
        law = DiffuseGaussian.prior(mean, linear.flat, covariance)
        others = law.condition(np.arange(n), rows.centre()[:n], noise[:n], np.arange(n, len(noise)))
        mean, spread = others.marginalise()
        shift = np.array([reading.shift for reading in readings])
        return rows.centre()[n:] + shift - mean, spread.diagonal() + noise[n:] ** 2


def _readings(row: Row) -> Iterator[Reading]:
    """Yield what a figure might have been meant to be."""
    yield from _amounts(row) if row.signed else _units(row)
    yield from _windows(row)
    yield from _flows(row)
    yield from _digits(row)


def _units(row: Row) -> Iterator[Reading]:
    for factor, words in _UNITS:
        for power, how in ((1.0, "too small"), (-1.0, "too large")):
            meant = row.figure.value * factor**power
            if row.figure.unit != "percent":
                yield Reading(row, f"{words} {how}", power * math.log(factor))
            elif meant > -100.0 and factor == 10.0:
                moved = math.log1p(meant / 100.0) - math.log(row.figure.ratio)
                yield Reading(row, f"{words} {how} a rate", moved)


def _amounts(row: Row) -> Iterator[Reading]:
    """Yield a difference in other units, and with the other sign: it has no log to shift."""
    if row.figure.qualifier == "range":
        return
    for meant, words in slipped_numbers(row.figure.text):
        yield Reading(row.corrected(value=meant), words)


def _windows(row: Row) -> Iterator[Reading]:
    if not isinstance(row, Level):
        for years in (1, 2, 3, 4, 5):
            base = row.window.shift(-years)
            if base != row.base:
                yield Reading(row.corrected(base=base), f"{row.kind} over {base.words}")
        return
    out = last_day(row.published)
    for window, words in _neighbours(row.window):
        if last_day(format_month(window.end)) <= out:
            yield Reading(row.corrected(window=window), f"the figure of {window.words}{words}")


def _neighbours(window: Window) -> Iterator[tuple[Window, str]]:
    """Yield windows that a figure is often printed for by mistake."""
    for years in (-3, -2, -1, 1, 2, 3):
        yield window.shift(years), ""
    if window.n_months == MONTHS:
        for months in (3, -9, 6, -6):
            shifted = Window(start=window.start + months, end=window.end + months)
            yield shifted, ", another year's start"
    for months in (-1, 1):
        if 0 < window.n_months + months <= MONTHS:
            yield Window(start=window.start, end=window.end + months), ""
    if window.start % MONTHS == 0 and window.n_months < MONTHS:
        yield Window.calendar_year(window.year), ""
    if window.kind == "calendar_year":
        for month in (6, 9):
            yield Window.year_to_date(window.year, month), ""


def _flows(row: Row) -> Iterator[Reading]:
    if row.series.flow == BALANCE and row.figure.value <= 0:
        return  # no total
    for flow in (TURNOVER, *row.series.flows):
        if flow != row.series.flow and row.series.flows:
            yield Reading(
                other := row.corrected(flow=flow), f"the figure of {other.series.flow_words}"
            )


def _digits(row: Row) -> Iterator[Reading]:
    """Yield the figure with two neighbouring digits swapped, over the point too."""
    text = row.figure.text
    places = [place for place, sign in enumerate(text) if sign.isdigit()]
    if row.figure.qualifier == "range" or text.startswith("-"):
        return
    for one, other in pairwise(places):
        signs = list(text)
        signs[one], signs[other] = signs[other], signs[one]
        swapped = "".join(signs)
        if swapped == text or not float(parse_number(swapped)) > 0.0:
            continue
        if row.signed:
            yield Reading(row.corrected(value=swapped), f"{swapped} with two digits swapped")
        else:
            meant = row.figure.model_copy(update={"text": swapped})
            moved = math.log(meant.ratio / row.figure.ratio)
            yield Reading(row, f"{swapped} with two digits swapped", moved)
