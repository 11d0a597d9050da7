"""Integrals by weighted points: Gauss-Hermite for study effects, Gauss-Legendre for a bounded range."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from stepdown.evidence.meta.distributions import Floats
from stepdown.evidence.meta.refusals import UnknownChoice

DEFAULT_NODES = 25


def check_nodes(nodes: int) -> int:
    """The number of nodes, if it is 1 (the Laplace approximation) or more and odd."""
    if nodes < 1 or nodes % 2 == 0:
        raise UnknownChoice(f"nodes={nodes} is not offered; choose an odd number, 15 or more to be exact")
    return nodes


@lru_cache(maxsize=32)
def gauss_hermite(nodes: int, dimensions: int = 1) -> tuple[Floats, Floats]:
    """Points (nodes^d, d) and log weights for integrals over the whole space of exp(-x'x/2) times a function,
    with exp(x'x/2) already inside the log weights."""
    x, w = np.polynomial.hermite_e.hermegauss(nodes)
    log_w = np.log(w) + x**2 / 2
    points = np.stack(np.meshgrid(*[x] * dimensions, indexing="ij"), axis=-1).reshape(-1, dimensions)
    weights = sum(np.meshgrid(*[log_w] * dimensions, indexing="ij"), start=np.zeros(1)).reshape(-1)
    return points, weights


@lru_cache(maxsize=8)
def _legendre(nodes: int) -> tuple[Floats, Floats]:
    x, w = np.polynomial.legendre.leggauss(nodes)
    return x, w


def gauss_legendre(low: float, high: float, nodes: int) -> tuple[Floats, Floats]:
    """Points and weights for integrals from low to high."""
    x, w = _legendre(nodes)
    half = (high - low) / 2
    return low + half * (x + 1), half * w


def log_sum_exp(values: Floats, axis: int) -> Floats:
    """The logarithm of a sum of exponentials, without overflow."""
    top = np.max(values, axis=axis, keepdims=True)
    return np.asarray(np.squeeze(top, axis) + np.log(np.sum(np.exp(values - top), axis=axis)))
