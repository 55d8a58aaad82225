"""Throttle: the buckets of tokens that an API call draws on, and what a service says when one is empty."""

from __future__ import annotations

from typing import Any


def throttled(plane: Any, operation: str, burst: float, refill: float, now: int, amount: int = 1) -> bool:
    """Take ``amount`` tokens of ``operation``'s bucket; tell whether there were too few."""
    tokens, at = plane.tokens.get(operation, (burst, now))
    tokens = min(burst, tokens + (now - at) * refill / 1000.0)
    if tokens < amount:
        plane.tokens[operation] = (tokens, now)
        return True
    plane.tokens[operation] = (tokens - amount, now)
    return False


#: What an API says when it fails, by error code.
ENDPOINT = "EndpointTemporarilyUnavailableException"  # of a cluster of five, one in each of five Regions
WORDS = {
    ENDPOINT: "The cluster endpoint isn't available. Try another cluster endpoint.",
    "ServiceUnavailable": "The service is unavailable. Please try again shortly.",
    "InternalError": "An internal error has occurred.",
}


def throttle_words(service: str) -> tuple[str, str]:
    """Return the error code and message with which a service refuses."""
    if service == "ec2":
        return "RequestLimitExceeded", "Request limit exceeded."
    return "Throttling", "Rate exceeded"
