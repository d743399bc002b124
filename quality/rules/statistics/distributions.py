"""Probabilities and quantiles of the normal, Student's t and F, and the tail of the noncentral t.

Sources: the incomplete beta function by its continued fraction (Abramowitz and Stegun 26.5.8, evaluated by Lentz's
method); quantiles by halving the interval. Agrees with SciPy to twelve digits (tests/test_statistics.py).
"""

import math
from collections.abc import Callable
from functools import lru_cache
from statistics import NormalDist

_NORMAL = NormalDist()
_TINY = 1e-300
_HALVINGS = 200
_NODES = 2000


def normal_cdf(x: float) -> float:
    """P(Z ≤ x)."""
    return 0.5 * math.erfc(-x / math.sqrt(2))


def normal_quantile(p: float) -> float:
    """z with P(Z ≤ z) = p; 1.959964 for .975."""
    return _NORMAL.inv_cdf(p)


def two_sided_z(confidence: float = 0.95) -> float:
    """The z of a two-sided interval: 1.959964 for 95 %."""
    return normal_quantile((1 + confidence) / 2)


def normal_two_sided_p(z: float) -> float:
    """P(|Z| ≥ |z|)."""
    return math.erfc(abs(z) / math.sqrt(2))


def incomplete_beta(x: float, a: float, b: float) -> float:
    """The regularised incomplete beta function I_x(a, b)."""
    if x <= 0 or x >= 1:
        return 0.0 if x <= 0 else 1.0
    front = math.exp(a * math.log(x) + b * math.log1p(-x) - _log_beta(a, b))
    if x < (a + 1) / (a + b + 2):
        return front * _beta_fraction(x, a, b) / a
    return 1 - front * _beta_fraction(1 - x, b, a) / b


def t_tail(t: float, df: float) -> float:
    """P(T ≥ t) of Student's t: for t ≥ 0, ½·I_x(df/2, ½) with x = df/(df + t²)."""
    half = 0.5 * incomplete_beta(df / (df + t * t), df / 2, 0.5)
    return half if t >= 0 else 1 - half


def t_two_sided_p(t: float, df: float) -> float:
    """P(|T| ≥ |t|)."""
    return incomplete_beta(df / (df + t * t), df / 2, 0.5)


@lru_cache(maxsize=4096)
def t_quantile(p: float, df: float) -> float:
    """t with P(T ≤ t) = p; 2.262157 for .975 and 9 degrees of freedom."""
    if p < 0.5:
        return -t_quantile(1 - p, df)
    return 0.0 if p == 0.5 else _root(lambda t: t_tail(t, df) <= 1 - p)


def two_sided_t(df: float, confidence: float = 0.95) -> float:
    """The t of a two-sided interval."""
    return t_quantile((1 + confidence) / 2, df)


def f_tail(x: float, numerator: float, denominator: float) -> float:
    """P(F ≥ x) with these degrees of freedom."""
    if x <= 0:
        return 1.0
    return incomplete_beta(denominator / (denominator + numerator * x), denominator / 2, numerator / 2)


def f_quantile(p: float, numerator: float, denominator: float) -> float:
    """x with P(F ≤ x) = p."""
    return _root(lambda x: f_tail(x, numerator, denominator) <= 1 - p)


def noncentral_t_tail(t: float, df: float, shift: float) -> float:
    """P((Z + shift) / √(χ²/df) ≥ t): the power of a t test whose true effect is ``shift`` standard errors.

    Integrated over s = √(χ²/df) by Simpson's rule.
    """
    width = 10 / math.sqrt(2 * df)
    low, high = max(1e-9, 1 - width), 1 + width
    constant = math.log(2) + df / 2 * math.log(df / 2) - math.lgamma(df / 2)
    step = (high - low) / _NODES
    total = 0.0
    for node in range(_NODES + 1):
        s = low + node * step
        density = math.exp(constant + (df - 1) * math.log(s) - df * s * s / 2)
        total += (1 if node in {0, _NODES} else 4 if node % 2 else 2) * density * normal_cdf(shift - t * s)
    return min(1.0, total * step / 3)


def _root(is_past: Callable[[float], bool]) -> float:
    """The smallest positive x that is past, found by doubling and halving."""
    high = 1.0
    while not is_past(high):
        high *= 2
    low = 0.0
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        if middle in {low, high}:
            break
        low, high = (low, middle) if is_past(middle) else (middle, high)
    return high


def _log_beta(a: float, b: float) -> float:
    """ln B(a, b), without the loss of digits that three large logarithms would bring."""
    a, b = max(a, b), min(a, b)
    if a < 10:
        return math.lgamma(a) + math.lgamma(b) - math.lgamma(a + b)
    rest = _stirling(a) - _stirling(a + b) - (a - 0.5) * math.log1p(b / a) - b * math.log(a + b) + b
    return math.lgamma(b) + rest


def _stirling(x: float) -> float:
    """ln Γ(x) − [(x − ½)·ln x − x + ½·ln 2π], for x ≥ 10."""
    inverse = 1 / (x * x)
    series = 1 / 1188 - inverse * (691 / 360360 - inverse / 156)
    series = 1 / 1260 - inverse * (1 / 1680 - inverse * series)
    return (1 / 12 - inverse * (1 / 360 - inverse * series)) / x


def _beta_fraction(x: float, a: float, b: float) -> float:
    """The continued fraction of the incomplete beta function, by Lentz's method."""
    c, d = 1.0, 1 / _never_zero(1 - (a + b) * x / (a + 1))
    fraction = d
    for m in range(1, 10_000):
        for numerator in (
            m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
            -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
        ):
            d = 1 / _never_zero(1 + numerator * d)
            c = _never_zero(1 + numerator / c)
            fraction *= c * d
        if abs(c * d - 1) < 1e-16:
            break
    return fraction


def _never_zero(value: float) -> float:
    return value if abs(value) > _TINY else _TINY
