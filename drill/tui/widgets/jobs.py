"""JobsPanel: work on its way, each with how far it is."""

from __future__ import annotations

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
        """One line per job, two for long ones, and the heading; none without jobs."""
        jobs = [len(_wrapped(job, width, True)) for job in frame.jobs]
        return sum(jobs) + 1 if jobs else 0

    def paint(self, canvas: Canvas, frame: Frame) -> None:
        """Draw the jobs."""
        paint_jobs(canvas, frame)


def paint_jobs(canvas: Canvas, frame: Frame, heading: bool = True) -> None:
    """Draw all jobs on ``canvas``; those that do not fit are counted in the last line."""
    y = 0
    if heading:
        canvas.put(0, 0, "On its way", Ink.STRONG)
        y = 1
    for i, job in enumerate(frame.jobs):
        left = len(frame.jobs) - i
        if y + len(_wrapped(job, canvas.width, True)) + (1 if left > 1 else 0) > canvas.height:
            canvas.put(0, y, f"+{left} more", Ink.MUTED)
            return
        y = paint_job(canvas, y, job)
    if not frame.jobs and not heading:
        canvas.put(0, 0, "nothing", Ink.MUTED)


def paint_job(canvas: Canvas, y: int, job: Job, who: bool = True) -> int:
    """Draw one job: what, whose, a bar where an end is known, and what is left. Return the line below it."""
    left = "" if job.left is None else short_span(job.left)
    if left:
        canvas.put_right(canvas.width, y, left, Ink.BUSY)
    if job.share is not None and canvas.width >= 34:
        canvas.gauge(canvas.width - 15, y, 8, job.share, Ink.BUSY)
    canvas.put(0, y, "◐", Ink.BUSY)
    lines = _wrapped(job, canvas.width, who)
    for i, line in enumerate(lines):
        canvas.put(2, y + i, line, Ink.TEXT)
    return y + len(lines)


def _wrapped(job: Job, width: int, who: bool) -> list[str]:
    """Return the words for a job: with its owner, shortened where it must be, in one line; else without, in two."""
    room = width - 3 - (0 if job.left is None else 6) - (9 if job.share is not None and width >= 34 else 0)
    names = [f"{name}: {job.what}" for name in (job.who, job.who.partition("/")[0])] if who and job.who else [job.what]
    for named in names:
        if width_of(named) <= room:
            return [named]
    short = clip_name(job.who.partition("/")[0], room - width_of(job.what) - 2) if who else ""
    return [f"{short}: {job.what}"] if width_of(short) >= 4 else wrap(job.what, max(4, room), 2)
