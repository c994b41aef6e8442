"""Draws inside a box: shapes, edges and determinism (their law: tests/witnesses/test_bounds.py)."""

import numpy as np
import pytest

from tradetrack.models.bounds import draw_box

FREE = np.array([-np.inf]), np.array([np.inf])


def one(low: float, high: float, n: int = 1_000, sd: float = 1.0) -> np.ndarray:
    limits = np.array([low]), np.array([high])
    return draw_box(np.zeros(1), np.full((1, 1), sd**2), limits, n, np.random.default_rng(0)).values


def test_no_bounds_are_no_coordinates() -> None:
    nothing = np.empty(0), np.empty(0)
    box = draw_box(np.empty(0), np.empty((0, 0)), nothing, 5, np.random.default_rng(0))
    assert box.values.shape == box.log_probabilities.shape == (0, 5)


def test_same_generator_same_draws() -> None:
    boxes = [
        draw_box(np.zeros(1), np.eye(1), (np.zeros(1), np.ones(1)), 9, np.random.default_rng(5))
        for _ in range(2)
    ]
    assert (boxes[0].values == boxes[1].values).all()


@pytest.mark.parametrize("edge", [0.0, 5.0, 37.0, 60.0, 400.0, -60.0])
def test_draws_stay_finite_and_inside_however_far_the_edge(edge: float) -> None:
    above, below = one(edge, np.inf), one(-np.inf, edge)
    assert np.isfinite(above).all()
    assert np.isfinite(below).all()
    assert above.min() >= edge - 1e-9 * abs(edge)
    assert below.max() <= edge + 1e-9 * abs(edge)


def test_a_mirrored_box_gives_mirrored_odds() -> None:
    rng = [np.random.default_rng(2) for _ in range(2)]
    right = draw_box(np.zeros(1), np.eye(1), (np.full(1, 3.0), np.full(1, 4.0)), 4, rng[0])
    left = draw_box(np.zeros(1), np.eye(1), (np.full(1, -4.0), np.full(1, -3.0)), 4, rng[1])
    np.testing.assert_allclose(right.log_probabilities, left.log_probabilities, rtol=1e-12)
    np.testing.assert_allclose(right.values, -left.values, rtol=1e-12)


def test_a_narrow_box_is_hit() -> None:
    values = one(1.0, 1.0 + 1e-9)
    assert np.abs(values - 1.0).max() < 1e-8


def test_scale_and_place_carry_over() -> None:
    limits = np.array([10.0]), np.array([np.inf])
    box = draw_box(np.full(1, 8.0), np.full((1, 1), 4.0), limits, 50, np.random.default_rng(0))
    plain = one(1.0, np.inf, 50)
    np.testing.assert_allclose(box.values, 8.0 + 2.0 * plain, rtol=1e-9)
