"""What alternating between numpy's and scipy's BLAS costs.

python benchmarks/one_blas.py
"""

import time
from collections.abc import Callable

import numpy as np
from scipy.linalg import cho_factor

SIZE, REPEATS = 235, 50


def milliseconds(work: Callable[[], object]) -> float:
    work()
    start = time.perf_counter()
    for _ in range(REPEATS):
        work()
    return (time.perf_counter() - start) / REPEATS * 1000


def main() -> None:
    root = np.random.default_rng(0).standard_normal((SIZE, SIZE))
    matrix = root @ root.T + SIZE * np.eye(SIZE)
    numpy_only = milliseconds(lambda: np.linalg.cholesky(matrix))
    scipy_only = milliseconds(lambda: cho_factor(matrix, lower=True))
    both = milliseconds(lambda: (np.linalg.cholesky(matrix), cho_factor(matrix, lower=True)))
    print(f"a {SIZE} x {SIZE} Cholesky factor, milliseconds")
    print(f"numpy alone {numpy_only:.2f}, scipy alone {scipy_only:.2f}")
    print(f"one after the other {both:.2f}, {both / (numpy_only + scipy_only):.1f} times the sum")


if __name__ == "__main__":
    main()
