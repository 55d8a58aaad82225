"""A per-request reference: one FIFO server, open arrivals, clients that give up and try again, stale work still done.

Written for the tests alone and as plainly as possible; it shares nothing with the engine.
"""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Callable

Curve = Callable[[float], float]  # second -> amount per second, constant within a second


class Request:
    """One attempt of one user: when the user first asked, when this attempt was sent, and whether it was answered."""

    __slots__ = ("answered", "asked", "attempt", "sent")

    def __init__(self, asked: float, sent: float, attempt: int) -> None:
        self.asked, self.sent, self.attempt = asked, sent, attempt
        self.answered = False


def simulate(
    rate: Curve, capacity: Curve, patience: float, tries: int, gap: float, until: int
) -> tuple[list[int], list[int]]:
    """Return how many asked in each second, and how many of those got an answer within ``patience`` of asking."""
    asks, good = [0] * until, [0] * until
    queue: deque[Request] = deque()
    sent: deque[Request] = deque()  # in the order in which they give up
    again: list[tuple[float, float, int]] = []
    free, ask_at = 0.0, 0.0

    def finish(start: float) -> float:
        work, at = 1.0, start
        while at < until:
            speed, edge = capacity(at), float(int(at) + 1)
            if speed > 0 and at + work / speed <= edge:
                return at + work / speed
            work -= speed * (edge - at)
            at = edge
        return until + 1.0

    def serve(now: float) -> None:
        nonlocal free
        while queue:
            end = finish(max(free, queue[0].sent))
            if end > now:
                return
            request, free = queue.popleft(), end
            request.answered = end - request.sent <= patience
            if end - request.asked <= patience:
                good[int(request.asked)] += 1

    while True:
        gives_up = sent[0].sent + patience if sent else float("inf")
        now = min(ask_at, gives_up, again[0][0] if again else float("inf"))
        if now >= until:
            serve(until)
            return asks, good
        serve(now)
        if now == gives_up:
            request = sent.popleft()
            if not request.answered and request.attempt < tries:
                heapq.heappush(again, (now + gap, request.asked, request.attempt + 1))
            continue
        if now == ask_at:
            asks[int(now)] += 1
            ask_at = now + 1.0 / rate(now)
            request = Request(now, now, 0)
        else:
            _, asked, attempt = heapq.heappop(again)
            request = Request(asked, now, attempt)
        queue.append(request)
        sent.append(request)


def recovers(asks: list[float] | list[int], good: list[float] | list[int], after: int) -> float:
    """Return the seconds from ``after`` until 99 % are answered well for good; infinity: not before the end."""
    last = after - 1
    end = len(asks) - 10  # the newest asks may still be waiting
    for second in range(after, end):
        if good[second] < 0.99 * asks[second]:
            last = second
    return float("inf") if last >= end - 1 else last + 1 - after
