"""Amounts between two ends, counted in whole numbers so that they are the same on every machine."""

from __future__ import annotations

import re
from typing import Any

_AMOUNT = r"(\$?)([0-9]{1,12})(?:\.([0-9]{1,6}))?([^0-9]*)"
_UNITS = {"ms": 1, "s": 1_000, "m": 60_000, "h": 3_600_000, "d": 86_400_000}


class Steps:
    """The amounts ``low``, ``low + step``, ... up to ``high``: how many there are, and how each is written.

    Raises ValueError (with what to write) when the ends and the step are not amounts of one kind.
    """

    def __init__(self, low: Any, high: Any, step: Any = None) -> None:
        ends = [_parts(low), _parts(high)]
        whole = all(p[2] == "" and not p[0] and not p[3] for p in ends)
        clocks = all(p[3] in _UNITS for p in ends)
        if step is None and not whole and not clocks:
            raise ValueError("give it a step, such as step: 5%")
        self._sign, self._unit, self._places = ends[0][0], ends[0][3], 0
        parts = [*ends, _parts(("1s" if clocks else 1) if step is None else step)]
        if clocks:
            self._unit = "ms"
            amounts = [_milliseconds(*p) for p in parts]
        else:
            if len({(p[0], p[3]) for p in parts}) > 1:
                raise ValueError("write both ends and the step in the same unit")
            self._places = max(len(p[2]) for p in parts)
            amounts = [int(p[1] + p[2].ljust(self._places, "0")) for p in parts]
        self._low, top, self._step = amounts
        if self._step <= 0 or top < self._low:
            raise ValueError("give the lower end first, and a step above nothing")
        self.count = (top - self._low) // self._step + 1

    def write(self, index: int) -> Any:
        """Return amount number ``index`` as a level would write it: ``97s``, ``12.5%``, 3."""
        amount = self._low + self._step * index
        if self._unit == "ms":
            return f"{amount}ms" if amount % 1_000 else f"{amount // 1_000}s"
        if not self._places:
            return f"{self._sign}{amount}{self._unit}" if self._sign or self._unit else amount
        text = f"{amount // 10**self._places}.{amount % 10**self._places:0{self._places}d}"
        return f"{self._sign}{text}{self._unit}" if self._sign or self._unit else float(text)


def _parts(raw: Any) -> tuple[str, str, str, str]:
    """Return sign, whole part, decimals and unit of an amount."""
    if isinstance(raw, str | int | float) and not isinstance(raw, bool):
        found = re.fullmatch(_AMOUNT, str(raw).strip())
        if found:
            return found[1], found[2], found[3] or "", found[4]
    raise ValueError("write for example {between: [90s, 150s], step: 10s}")


def _milliseconds(sign: str, whole: str, decimals: str, unit: str) -> int:
    if sign or unit not in _UNITS:
        raise ValueError("write both ends and the step as durations, such as 90s")
    amount, rest = divmod(int(whole + decimals) * _UNITS[unit], int("1" + "0" * len(decimals)))
    if rest:
        raise ValueError("write durations in whole milliseconds")
    return amount
