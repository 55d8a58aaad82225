"""Ledger: the flow's books. What was asked, served and failed, second by second, and the seconds slept."""

from __future__ import annotations

from typing import NamedTuple

from drill.engine.history import ClassTrack, History
from drill.model.traffic import TINY
from drill.model.world import World


class Book(NamedTuple):
    """One class's books: requests since T+0, and the last second's p95 in ms (-1: nothing was answered)."""

    name: str
    population: str
    offered: float
    served: float
    failed: float
    p95: float


class Ledger:
    """Keeps each class's books in the World and its seconds in the History. What happens is the flow's business."""

    changed: bool  # whether this second differs from the one before
    second: int  # the last one that was computed
    repeats: bool

    def __init__(self, world: World, history: History) -> None:
        self.world = world
        self.traffic = world.traffic
        self.history = history
        self.changed = self.alike = True
        self.tracks: list[ClassTrack] = []
        for cls in self.traffic.classes:
            track = history.classes.setdefault(cls.name, ClassTrack(name=cls.name, patience=cls.patience))
            self.tracks.append(track)
        count = len(self.tracks)
        self._served = [0.0] * count  # per class, in this step
        self._failed: list[dict[str, float]] = [{} for _ in range(count)]
        self._asked = [0.0] * count
        self._answers: list[dict[float, float]] = [{} for _ in range(count)]  # ms that it took -> requests
        self._good: list[dict[int, float]] = [{} for _ in range(count)]  # well answered, by the second of the ask
        self._last: tuple[object, ...] = ()
        self._oldest = 0

    def _book(self, second: int) -> None:
        """Write this second into the books and the history."""
        now: list[object] = []
        for index, cls in enumerate(self.traffic.classes):
            track, answers = self.tracks[index], self._answers[index]
            cls.offered += self._asked[index]
            cls.served += self._served[index]
            for reason, amount in self._failed[index].items():
                cls.failed[reason] = cls.failed.get(reason, 0.0) + amount
                track.reasons[reason] = cls.failed[reason]
            if track.answers and answers == track.answers[-1]:
                answers = track.answers[-1]  # seconds that are alike share one record: half an hour is long
            track.answers.append(answers)
            for asked, amount in self._good[index].items():
                track.good[asked] += amount
            now += [self._asked[index], self._served[index], *self._failed[index].values()]
        if self.history.impact < 0 and self._hurts():
            self.history.impact = self._oldest * 1000
        signature = tuple(now)
        self.alike = signature == self._last
        if not self.alike:
            self._last = signature
            self.changed = True

    def _hurts(self) -> bool:
        """Tell whether more than one in a hundred asks failed in this second."""
        for index, asked in enumerate(self._asked):
            failed = 0.0
            for amount in self._failed[index].values():
                failed += amount
            if failed > asked * 0.01 and failed > TINY:
                return True
        return False

    def _add(self, seconds: int) -> None:
        """Add ``seconds`` like the last one to the books."""
        for index, cls in enumerate(self.traffic.classes):
            track = self.tracks[index]
            cls.offered += self._asked[index] * seconds
            cls.served += self._served[index] * seconds
            if cls.budget >= 0 and not self.traffic.retries:  # where retries are made, they spend what is earned
                cls.refill(self._asked[index], seconds)
            for reason, amount in self._failed[index].items():
                cls.failed[reason] = cls.failed.get(reason, 0.0) + amount * seconds
                track.reasons[reason] = cls.failed[reason]

    def fill(self, second: int) -> None:
        """Write the seconds slept before ``second`` into the history. The World does not change: anyone may look."""
        if not (self.traffic.steady or self.repeats):
            return
        for track, good in zip(self.tracks, self._good, strict=True):
            first = len(track.asks)
            slept = second - first
            if slept <= 0 or first == 0:
                continue
            track.asks.extend([track.asks[-1]] * slept)
            track.good.extend([0.0] * slept)
            track.answers.extend([track.answers[-1]] * slept)
            for asked, amount in good.items():
                for at in range(first + asked - self.second, second + asked - self.second):
                    track.good[at] += amount

    def booked(self, second: int) -> int:
        """Return how many seconds the books hold by ``second``, which has begun: asleep or awake, it is in them."""
        begun = min(second, -(-self.world.length // 1000) - 1) + 1  # no second begins at the end of the level
        return max(begun, self.traffic.stepped + 1)

    def books_at(self, second: int) -> list[Book]:
        """Return each class's books with ``second`` in them, seconds slept added up, without changing anything."""
        slept = self.booked(second) - self.traffic.stepped - 1 if self.traffic.stepped >= 0 else 0
        rows = []
        for index, cls in enumerate(self.traffic.classes):
            failed = 0.0
            for amount in cls.failed.values():
                failed += amount
            for amount in self._failed[index].values():
                failed += amount * slept
            p95 = self.tracks[index].p95(self.traffic.stepped)
            rows.append(
                Book(
                    cls.name,
                    cls.population,
                    cls.offered + self._asked[index] * slept,
                    cls.served + self._served[index] * slept,
                    failed,
                    p95,
                )
            )
        return rows

    def last_second(self, index: int) -> tuple[float, float, float]:
        """Return (served, failed, p95 in ms) of one class in the last step."""
        failed = 0.0
        for amount in self._failed[index].values():
            failed += amount
        p95 = self.tracks[index].p95(self.traffic.stepped)
        return self._served[index], failed, p95
