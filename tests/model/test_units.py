"""Quantities: what a level may write, and nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drill.model.units import Duration, Money, Price, Rate, Share, Size, clock_text, decode_plain, duration_text, plain


@pytest.mark.parametrize(
    ("unit", "text", "value"),
    [
        (Duration, "90s", 90_000),
        (Duration, "1h30m", 5_400_000),
        (Duration, "250ms", 250),
        (Duration, "1.5m", 90_000),
        (Duration, "PT5M", 300_000),
        (Duration, "P1DT1S", 86_401_000),
        (Rate, "250/s", 250.0),
        (Rate, "30/m", 0.5),
        (Share, "99.9%", 0.999),
        (Share, 0.25, 0.25),
        (Size, "10GiB", 10 * 2**30),
        (Money, "$0.20", 0.2),
        (Price, "$1.20/h", 1.2),
    ],
)
def test_what_a_level_may_write(unit: type, text: object, value: float) -> None:
    found = unit.parse(text)
    assert found == pytest.approx(value) and isinstance(found, unit)
    assert decode_plain(unit, plain(found)) == found, "as a log keeps it"


@pytest.mark.parametrize(
    ("unit", "text"),
    [
        (Duration, "5:00"),
        (Duration, "90"),
        (Duration, 90),
        (Duration, "s"),
        (Duration, "P"),
        (Duration, "-5s"),
        (Rate, "250"),
        (Rate, "250/d"),
        (Share, "101%"),
        (Share, 1.5),
        (Share, True),
        (Size, "10GB"),
        (Money, "4"),
        (Price, "$4"),
        (Price, "$-1/h"),
    ],
)
def test_what_it_may_not_is_refused_with_an_example(unit: type, text: object) -> None:
    with pytest.raises(ValueError, match="such as"):
        unit.parse(text)


@given(st.text(max_size=20))
def test_no_text_does_worse_than_be_refused(text: str) -> None:
    for unit in (Duration, Rate, Share, Size, Money, Price):
        try:
            assert unit.parse(text) >= 0
        except ValueError as error:
            assert "such as" in str(error)


def test_how_times_are_shown() -> None:
    assert [clock_text(ms) for ms in (0, 61_900, 3_600_000)] == ["00:00", "01:01", "1:00:00"]
    assert [duration_text(ms) for ms in (45_000, 75_000, 120_000, 7_500_000)] == [
        "45 s",
        "1 min 15 s",
        "2 min",
        "2 h 5 min",
    ]
