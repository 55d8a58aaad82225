"""JobsPanel: work on its way, each with how far it is."""

from __future__ import annotations

from collections.abc import Iterable

from drill.tui.canvas.canvas import Canvas
from drill.tui.canvas.ink import Ink
from drill.tui.canvas.text import clip_name, short_span, width_of, wrap
from drill.tui.widgets.base import CanvasWidget
from drill.view.frame import Frame, Job


class JobsPanel(CanvasWidget):
    """A heading and one line per job; nothing at all when nothing is on its way."""

    DEFAULT_CSS = """
    JobsPanel { height: 4; width: 1fr; }
    """

    def lines_for(self, frame: Frame, width: int) -> int:
        """One line per kind of job, two for long ones, and the heading; none without jobs."""
        jobs = [len(_words(job, count, width, True)[0]) for job, count in alike(frame.jobs)]
        return sum(jobs) + 1 if jobs else 0

    def paint(self, canvas: Canvas, frame: Frame) -> None:
        """Draw the jobs."""
        paint_jobs(canvas, frame)


def alike(jobs: Iterable[Job]) -> list[tuple[Job, int]]:
    """Put together what one component does several times over: the one that ends first, and how many there are."""
    found: dict[tuple[str, str], list[Job]] = {}
    for job in jobs:
        found.setdefault((job.who.partition("/")[0], job.what), []).append(job)
    return [(min(group, key=lambda job: (job.left is None, job.left or 0)), len(group)) for group in found.values()]


def paint_jobs(canvas: Canvas, frame: Frame, heading: bool = True) -> None:
    """Draw all jobs on ``canvas``; those that do not fit are counted in the last line."""
    y = 0
    if heading:
        canvas.put(0, 0, "On its way", Ink.STRONG)
        y = 1
    rows = alike(frame.jobs)
    for i, (job, count) in enumerate(rows):
        left = len(rows) - i
        if y + len(_words(job, count, canvas.width, True)[0]) + (1 if left > 1 else 0) > canvas.height:
            canvas.put(0, y, f"+{left} more", Ink.MUTED)
            return
        y = paint_job(canvas, y, job, count)
    if not rows and not heading:
        canvas.put(0, 0, "nothing", Ink.MUTED)


def paint_job(canvas: Canvas, y: int, job: Job, count: int = 1, who: bool = True) -> int:
    """Draw one job: what, whose, a bar where there is room for it, and what is left. Return the line below it.

    ``count``: how many like it there are.
    """
    left = "" if job.left is None else short_span(job.left)
    if left:
        canvas.put_right(canvas.width, y, left, Ink.BUSY)
    lines, bar = _words(job, count, canvas.width, who)
    if bar and job.share is not None:
        canvas.gauge(canvas.width - 15, y, 8, job.share, Ink.BUSY)
    canvas.put(0, y, "◐", Ink.BUSY)
    for i, line in enumerate(lines):
        canvas.put(2, y + i, line, Ink.TEXT)
    return y + len(lines)


def _words(job: Job, count: int, width: int, who: bool) -> tuple[list[str], bool]:
    """Return the words for a job, and whether a bar fits beside them: the whole name is worth more than a bar."""
    room = width - 3 - (0 if job.left is None else 6)
    what = job.what if count == 1 else f"{job.what} ×{count}"
    owner = job.who.partition("/")[0]
    names = [f"{name}: {what}" for name in (*((job.who,) if count == 1 else ()), owner)] if who and owner else [what]
    for bar in (True, False):
        fits = job.share is not None and width >= 34
        for named in names if fits or not bar else ():
            if width_of(named) <= room - (9 if bar else 0):
                return [named], bar
    short = clip_name(owner, room - width_of(what) - 2) if who else ""
    return ([f"{short}: {what}"], False) if width_of(short) >= 4 else (wrap(what, max(4, room), 2), False)
