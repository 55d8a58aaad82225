"""Commitment: what is published before an event, so that its seeds cannot be chosen afterwards.

It is the SHA-256 of a line of canonical JSON with the event's name, a random salt, the seeds and the levels'
fingerprints. When the event is closed, all of these are published, and anybody can compute it again.
"""

import hashlib
import secrets

import msgspec

from drill.contest.event import EventFile


class Secrets(msgspec.Struct, frozen=True, kw_only=True):
    """What a commitment binds: ``seeds`` and ``gameplay`` (the whole level's fingerprint) by level."""

    salt: str
    seeds: dict[str, list[int]]
    gameplay: dict[str, str]


def draw(file: EventFile) -> Secrets:
    """Return an event's seeds, those that it leaves open drawn, with a new salt."""
    found: dict[str, list[int]] = {}
    for entry, level in zip(file.event.levels, file.files, strict=True):
        given = entry.seeds if isinstance(entry.seeds, list) else _drawn(entry.seeds)
        found[level.level.id] = list(given)
    gameplay = {level.level.id: level.gameplay_hash for level in file.files}
    return Secrets(salt=secrets.token_hex(16), seeds=found, gameplay=gameplay)


def opened(event: str, held: Secrets) -> bytes:
    """Return the line that the commitment is the hash of: what is published in the end."""
    said = {"event": event, "salt": held.salt, "seeds": held.seeds, "gameplay": held.gameplay}
    return msgspec.json.encode(said, order="deterministic")


def commit(event: str, held: Secrets) -> str:
    """Return the commitment, in hexadecimal digits."""
    return hashlib.sha256(opened(event, held)).hexdigest()


def _drawn(count: int) -> list[int]:
    found: list[int] = []
    while len(found) < count:
        seed = 1 + secrets.randbelow(2**31)
        if seed not in found:
            found.append(seed)
    return found
