"""The fingerprint of what decides a drill: the level without its prose.

Two files with the same fingerprint play alike on every seed. Titles, briefs, texts, debriefs, sources, solutions,
comments and layout do not count; neither does the order of fields. The order of named things does, since requests are
handled in that order.
"""

from __future__ import annotations

import hashlib
from typing import Any

import msgspec

_PARTS = ("drill", "length", "draws", "world", "traffic", "telemetry", "phases", "script", "objectives", "hints")

#: Maps from id to something: their order counts. ``*`` stands for any key.
_BY_ID = {
    ("draws",), ("world", "regions"), ("world", "regions", "*", "zones"), ("world", "links"), ("world", "components"),
    ("traffic",), ("traffic", "*", "classes"), ("telemetry", "alarms"), ("telemetry", "canaries"),
    ("telemetry", "evidence"), ("phases",), ("script",), ("objectives",), ("hints",),
}  # fmt: skip
_PROSE = {
    ("hints", "*", "text"), ("hints", "*", "plain"), ("script", "*", "message", "text"),
    ("script", "*", "message", "from"), ("telemetry", "alarms", "*", "actions", "*", "notify"),
    ("telemetry", "evidence", "*", "says"), ("script", "*", "ask", "text"), ("script", "*", "ask", "from"),
}  # fmt: skip
#: Maps from id to prose: the ids count, in their order.
_LABELS = {("script", "*", "ask", "choices")}


def gameplay_hash(data: dict[str, Any]) -> str:
    """Return the fingerprint of a level's data as written (draws not yet replaced)."""
    parts = {part: data[part] for part in _PARTS if part in data}
    return hashlib.blake2b(msgspec.json.encode(_canonical(parts, ())), digest_size=16).hexdigest()


def _canonical(value: Any, path: tuple[str, ...]) -> Any:
    if isinstance(value, dict):
        if path in _LABELS:
            return list(value)
        by_id = path in _BY_ID
        rows = []
        for key in value if by_id else sorted(value):
            below = (*path, "*" if by_id else key)
            if below not in _PROSE:
                rows.append([key, _canonical(value[key], below)])
        return rows
    if isinstance(value, list):
        return [_canonical(item, (*path, "*")) for item in value]
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value
