"""JobsPanel: work on its way, each with how far it is."""

from __future__ import annotations

from drill.tui.canvas.canvas import Canvas
from drill.tui.canvas.ink import Ink
from drill.tui.canvas.text import span, width_of
from drill.tui.widgets.base import CanvasWidget
from drill.view.frame import Frame, Job


class JobsPanel(CanvasWidget):
    """A heading and one line per job; nothing at all when nothing is on its way."""

    DEFAULT_CSS = """
    JobsPanel { height: 4; width: 1fr; }
    """

    def lines_for(self, frame: Frame, width: int) -> int:
        """One line per job and the heading; none without jobs."""
        jobs = len(frame.jobs)
        return jobs + 1 if jobs else 0

    def paint(self, canvas: Canvas, frame: Frame) -> None:
        """Draw the jobs."""
        paint_jobs(canvas, frame)


def paint_jobs(canvas: Canvas, frame: Frame, heading: bool = True) -> None:
    """Draw all jobs on ``canvas``; those that do not fit are counted in the last line."""
    y = 0
    if heading:
        canvas.put(0, 0, "On its way", Ink.STRONG)
        y = 1
    jobs, room = frame.jobs, canvas.height - y
    shown = jobs if len(jobs) <= room else jobs[: max(0, room - 1)]
    for job in shown:
        paint_job(canvas, y, job)
        y += 1
    if len(shown) < len(jobs):
        canvas.put(0, y, f"+{len(jobs) - len(shown)} more", Ink.MUTED)
    if not jobs and not heading:
        canvas.put(0, 0, "nothing", Ink.MUTED)


def paint_job(canvas: Canvas, y: int, job: Job, who: bool = True) -> None:
    """Draw one job: what, whose, a bar where an end is known, and what is left."""
    left = "" if job.left is None else span(job.left)
    right = canvas.put_right(canvas.width, y, left, Ink.BUSY) if left else canvas.width
    wide = canvas.width >= 34 and job.share is not None
    if wide and job.share is not None:
        right -= 9
        canvas.gauge(right, y, 8, job.share, Ink.BUSY)
    sign = "◐ "
    x = canvas.put(0, y, sign, Ink.BUSY)
    named = f"{job.who}: {job.what}" if who and job.who else job.what
    canvas.put(x, y, named if width_of(named) <= right - x - 1 else job.what, Ink.TEXT, width=right - x - 1)
