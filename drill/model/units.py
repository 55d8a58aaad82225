"""Quantities as level files write them and as the engine counts them.

Every quantity is a plain number at run time (a subclass of int or float), so that the engine computes with
numbers and a level file reads like a runbook: ``90s``, ``250/s``, ``10GiB``, ``$1.20/h``, ``99%``.
"""

from __future__ import annotations

import re
from typing import Any, ClassVar, Self

SECOND = 1_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR

_SCALES = {"ms": 1, "s": SECOND, "m": MINUTE, "h": HOUR, "d": DAY}
_BYTES = {"B": 1, "KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30, "TiB": 1 << 40, "PiB": 1 << 50}
_PART = r"(\d+(?:\.\d+)?)(ms|s|m|h|d)"
_ISO = r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?"


class Quantity:
    """What the level loader needs of a unit: how it is written, what that means, and what to say when it is not that.

    ``pattern`` is what texts are read by, and what the level schema says of them.
    """

    example: ClassVar[str] = ""
    pattern: ClassVar[str] = ""
    wanted: ClassVar[str] = ""  # "a rate such as 250/s or 30/m"

    @classmethod
    def parse(cls, raw: Any) -> Self:
        """Return the quantity that ``raw`` (text or number from a level file) stands for, or raise ValueError."""
        if isinstance(raw, cls):
            return raw
        found = re.fullmatch(cls.pattern, raw.strip()) if isinstance(raw, str) else None
        value = cls.value(found) if found else None
        if value is None:
            raise ValueError(f"write {cls.wanted}")
        make: Any = cls
        made: Self = make(value)
        return made

    @classmethod
    def value(cls, found: re.Match[str]) -> float | None:
        """Return the number that a text stands for, or None when it stands for none."""
        raise NotImplementedError


class Duration(Quantity, int):
    """Milliseconds of simulated time. Written ``90s``, ``5m``, ``1h30m``, ``PT5M``; never ``5:00``."""

    example = "90s"
    pattern = r"^(?:(?:\d+(?:\.\d+)?(?:ms|s|m|h|d))+|P[0-9DTHMS.]+)$"
    wanted = "a duration such as 90s, 5m, 1h30m or PT5M"

    @classmethod
    def value(cls, found: re.Match[str]) -> float | None:
        if found[0][0] != "P":
            return round(sum_ms(re.findall(_PART, found[0])))
        iso = re.fullmatch(_ISO, found[0])
        if iso is None or not any(iso.groups()):
            return None
        days, hours, minutes, seconds = (float(g or 0) for g in iso.groups())
        return round(days * DAY + hours * HOUR + minutes * MINUTE + seconds * SECOND)


class Rate(Quantity, float):
    """Requests per second. Written ``250/s``, ``30/m``."""

    example = "250/s"
    pattern = r"^(\d+(?:\.\d+)?)/(s|m|h)$"
    wanted = "a rate such as 250/s or 30/m"

    @classmethod
    def value(cls, found: re.Match[str]) -> float:
        return float(found[1]) * SECOND / _SCALES[found[2]]


class Share(Quantity, float):
    """A part of a whole, 0 to 1. Written ``99%`` or ``0.99``."""

    example = "99%"
    pattern = r"^(\d+(?:\.\d+)?)\s*%$"
    wanted = "a share such as 99% or 0.99"

    @classmethod
    def parse(cls, raw: Any) -> Self:
        if isinstance(raw, int | float) and not isinstance(raw, bool) and 0 <= raw <= 1:
            return cls(raw)
        return super().parse(raw)

    @classmethod
    def value(cls, found: re.Match[str]) -> float | None:
        return float(found[1]) / 100 if float(found[1]) <= 100 else None


class Size(Quantity, int):
    """Bytes. Written ``10GiB``, ``512MiB``."""

    example = "10GiB"
    pattern = r"^(\d+(?:\.\d+)?)\s*(B|KiB|MiB|GiB|TiB|PiB)$"
    wanted = "a size such as 10GiB or 512MiB"

    @classmethod
    def value(cls, found: re.Match[str]) -> float:
        return round(float(found[1]) * _BYTES[found[2]])


class Money(Quantity, float):
    """US dollars. Written ``$4`` or ``$0.20``."""

    example = "$1.20"
    pattern = r"^\$(\d+(?:\.\d+)?)$"
    wanted = "an amount of money such as $4 or $0.20"

    @classmethod
    def value(cls, found: re.Match[str]) -> float:
        return float(found[1])


class Price(Quantity, float):
    """US dollars per hour. Written ``$1.20/h``."""

    example = "$1.20/h"
    pattern = r"^\$(\d+(?:\.\d+)?)/h$"
    wanted = "a price per hour such as $1.20/h"

    @classmethod
    def value(cls, found: re.Match[str]) -> float:
        return float(found[1])


def time_of_day(text: str) -> int | None:
    """Return the ms since midnight of an ISO time (UTC), at which every drill begins; None when it is none."""
    clock = text.partition("T")[2].rstrip("Z").partition("+")[0] if "T" in text else text.rstrip("Z")
    parts = clock.split(":")
    if not 2 <= len(parts) <= 3 or not all(part.isdigit() and len(part) == 2 for part in parts):
        return None
    hours, minutes, seconds = (int(part) for part in [*parts, "00"][:3])
    return (hours * 3600 + minutes * 60 + seconds) * SECOND


def sum_ms(parts: list[tuple[str, str]]) -> float:
    """Add up (number, unit) pairs, in milliseconds."""
    total = 0.0
    for number, unit in parts:
        total += float(number) * _SCALES[unit]
    return total


def plain(value: Any) -> Any:
    """Encode a quantity as the plain number it is (msgspec's enc_hook)."""
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        return float(value)
    raise NotImplementedError(f"cannot encode {type(value).__name__}")


def decode(wanted: type[Any], raw: Any) -> Any:
    """Decode a quantity from a level file or a log (msgspec's dec_hook)."""
    if issubclass(wanted, Quantity):
        return wanted.parse(raw)
    raise NotImplementedError(f"cannot decode {wanted.__name__}")


def decode_plain(wanted: type[Any], raw: Any) -> Any:
    """Decode a quantity that was written with ``plain``: the number itself, as a log keeps it."""
    if issubclass(wanted, Quantity) and isinstance(raw, int | float) and not isinstance(raw, bool):
        make: Any = wanted
        return make(raw)
    return decode(wanted, raw)


def clock_text(ms: int) -> str:
    """Show an instant or a length as ``MM:SS`` (``H:MM:SS`` from an hour on)."""
    total = ms // SECOND
    hours, rest = divmod(total, 3600)
    minutes, seconds = divmod(rest, 60)
    return f"{hours}:{minutes:02d}:{seconds:02d}" if hours else f"{minutes:02d}:{seconds:02d}"


def duration_text(ms: int) -> str:
    """Show a length as people say it: ``45 s``, ``1 min 15 s``, ``2 h 5 min``."""
    total = round(ms / SECOND)
    if total < 60:
        return f"{total} s"
    minutes, seconds = divmod(total, 60)
    if minutes < 60:
        return f"{minutes} min {seconds} s" if seconds else f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if minutes else f"{hours} h"
