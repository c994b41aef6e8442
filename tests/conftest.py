"""One hypothesis profile for all laws: the same examples in every run, without a stopwatch."""

from hypothesis import HealthCheck, settings

settings.register_profile(
    "tradetrack",
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("tradetrack")
