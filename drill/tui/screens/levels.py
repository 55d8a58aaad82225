"""LevelList: every level with its tier, minutes, what it teaches, your best and your stars."""

from __future__ import annotations

from typing import Any

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from drill.desk import Shelf
from drill.model.units import duration_text
from drill.tui.screens.base import DIM, TIER_COLOR, HostScreen
from drill.tui.screens.keybar import Key, KeyBar

TIER_MEANS = {
    "guided": "says where to look and what to do",
    "hinted": "sells hints, after a while",
    "blind": "no hints: telemetry and judgment only",
}


KEYS = [
    Key("enter", "Enter", "open"),
    Key("slash", "/", "find", 1),
    Key("p", "p", "profile", 2),
    Key("question_mark", "?", "help"),
    Key("q", "q", "quit"),
]


class LevelList(HostScreen[None]):
    """The first screen. Enter opens a level's briefing."""

    CSS_PATH = "levels.tcss"
    BINDINGS = [
        Binding("enter", "open", "open the level's briefing"),
        Binding("j", "move(1)", "up and down the list", show=False),
        Binding("k", "move(-1)", "up and down the list", show=False),
        Binding("slash", "find", "find a level", priority=True),  # what is typed right after it is text
        Binding("question_mark", "app.help", "this page"),
        Binding("c", "app.resume", "continue the last run that was left"),
        Binding("p", "profile", "your profile: what is strong or weak, your bests"),
        Binding("q", "app.leave", "quit"),
        Binding("escape", "unfind", "show every level again", show=False),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[Shelf] = []
        self.keys = KEYS
        self.wanted = ""

    def compose(self) -> ComposeResult:
        with Vertical(id="shelf"):
            yield Static(
                Content.assemble(("drill", "bold $primary"), ("  practice outages until they are routine", DIM)),
                id="masthead",
            )
            yield Static("", id="columns")
            yield OptionList(id="levels", markup=False)
            yield Input(placeholder="find a level", id="find")
            with VerticalScroll(id="about", can_focus=False):
                yield Static("", id="detail")
        yield KeyBar(id="keys")

    def on_mount(self) -> None:
        """Fill the list."""
        self.query_one("#find").display = False
        self.query_one("#levels").focus()
        self.set_interval(1, self.show_keys)

    def on_screen_resume(self) -> None:
        """Read the shelf again: a run may have made a new best. Bests come when the store is open."""
        self.rows = self.host.desk.shelf()
        self.fill()
        self.set_timer(0.05, lambda: self.run_worker(self.read_bests, thread=True, exclusive=True))  # first a frame
        cut_off = self.host.desk.cut_off()
        self.keys = [*KEYS, *([Key("c", "c", f"continue {cut_off}", 2)] if cut_off else [])]
        self.show_keys()

    def show_keys(self) -> None:
        """Show the keys, and what waits to be sent."""
        self.query_one(KeyBar).show(self.keys, self.mail())

    def read_bests(self) -> None:
        """Open the store, away from the screen, fill in the bests, and send what waits from earlier runs."""
        desk = self.host.desk
        rows = desk.with_bests(self.rows)
        desk.send_waiting()
        self.app.call_from_thread(self.take, rows)

    def take(self, rows: list[Shelf]) -> None:
        """Draw the list anew, with bests."""
        self.rows = rows
        if self.is_mounted:
            self.fill()

    def action_profile(self) -> None:
        """Show what was played, and what is strong or weak."""
        from drill.tui.screens.profile import ProfilePage

        self.app.push_screen(ProfilePage())

    def on_resize(self) -> None:
        """Lay the columns out for the new width."""
        if self.query("#levels"):
            self.fill()

    def shown(self) -> list[Shelf]:
        """Return the levels that match what is looked for."""
        wanted = self.wanted.lower()
        return [r for r in self.rows if wanted in f"{r.id} {r.title} {r.tier} {' '.join(r.teaches)}".lower()]

    def fill(self) -> None:
        """Draw the rows, keeping the highlighted level."""
        listing = self.query_one("#levels", OptionList)
        keep = listing.highlighted_option.id if listing.highlighted_option else self.host.played
        wide = self.size.width - 4
        self.query_one("#columns", Static).update(Content.styled(head_text(wide), DIM))
        rows = self.shown()
        listing.set_options([Option(row_text(r, wide, self.host.ascii_only), id=r.id) for r in rows])
        if rows:
            ids = [r.id for r in rows]
            listing.highlighted = ids.index(keep) if keep in ids else 0
        else:
            self.query_one("#detail", Static).update(Content(f"No level matches `{self.wanted}`."))

    @on(OptionList.OptionHighlighted)
    def show_detail(self, event: OptionList.OptionHighlighted) -> None:
        """Say more about the highlighted level."""
        row = next((r for r in self.rows if r.id == event.option.id), None)
        if row is not None:
            self.query_one("#detail", Static).update(detail_text(row))

    @on(OptionList.OptionSelected)
    def open_selected(self, event: OptionList.OptionSelected) -> None:
        """Open the briefing of the level that was chosen."""
        self.open_level(event.option.id or "")

    def action_open(self) -> None:
        """Open the highlighted level."""
        option = self.query_one("#levels", OptionList).highlighted_option
        if option is not None:
            self.open_level(option.id or "")

    def open_level(self, id_: str) -> None:
        """Go to the briefing of one level."""
        row = next((r for r in self.rows if r.id == id_), None)
        if row is None:
            return
        if row.problem:
            self.notify(row.problem, title="This level cannot be played", severity="error", markup=False)
            return
        if self.leave_once():
            self.leaving = self.host.open_briefing(str(row.path))

    def action_move(self, step: int) -> None:
        """Move the highlight by one row."""
        listing = self.query_one("#levels", OptionList)
        (listing.action_cursor_down if step > 0 else listing.action_cursor_up)()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """On the find line itself, ``/`` is text."""
        return not (action == "find" and isinstance(self.focused, Input))

    def action_find(self) -> None:
        """Open the find line."""
        find = self.query_one("#find", Input)
        find.display = True
        self.set_focus(find)

    def action_unfind(self) -> None:
        """Close the find line and show every level again."""
        find = self.query_one("#find", Input)
        self.set_focus(self.query_one("#levels"))
        find.value, find.display = "", False

    @on(Input.Changed, "#find")
    def look_for(self, event: Input.Changed) -> None:
        """Narrow the list as one types."""
        self.wanted = event.value.strip()
        self.fill()

    @on(Input.Submitted, "#find")
    def found(self) -> None:
        """Go from the find line to the list."""
        self.query_one("#levels").focus()


def _columns(wide: int) -> tuple[int, int, int]:
    """Return the widths of title, id and teaches (0: no room for it); the other columns are fixed."""
    rest = max(14, wide - 8 - 5 - 2 - 6 - 7 - 2)
    id_ = 23 if rest >= 45 else 0  # what commands call it, in full: ``dr-ladder/warm-standby``
    title = min(41, rest - id_)
    teaches = rest - id_ - title
    return (title, id_, teaches) if teaches >= 16 else (rest - id_, id_, 0)


def head_text(wide: int) -> str:
    """Return the heading of the columns."""
    title, id_, teaches = _columns(wide)
    head = f"{'tier':<8}{'level':<{title}}{'id' if id_ else '':<{id_}}{'min':>4}  "
    return f"{head}{'teaches' if teaches else '':<{teaches}}{'best':>6}  stars"


def row_text(row: Shelf, wide: int, ascii_only: bool = False) -> Content:
    """Return one level as one line of ``wide`` columns."""
    title, id_, teaches = _columns(wide)
    full, empty = ("*", "-") if ascii_only else ("★", "☆")
    best = f"{row.best:>6}" if row.best is not None else "     -"
    minutes = f"{-(-row.length // 60_000):>4}" if row.length else "   ?"
    return Content.assemble(
        (f"{row.tier:<8}", TIER_COLOR.get(row.tier, "$error")),
        (_cut(row.title, title), "bold"),
        (_cut(row.id, id_), ""),
        f"{minutes}  ",
        (_cut(row.problem.splitlines()[0] if row.problem else ", ".join(row.teaches), teaches), DIM),
        best,
        "  ",
        (full * row.stars + empty * (3 - row.stars), "$warning" if row.stars else DIM),
    )


def _cut(text: str, width: int) -> str:
    """Cut or pad ``text`` to ``width`` columns, one of them blank (none at all for 0)."""
    if not width:
        return ""
    return text.ljust(width)[: width - 1] + " " if len(text) < width else text[: width - 2] + "… "


def detail_text(row: Shelf) -> Content:
    """Return what the list says about one level."""
    if row.problem:
        return Content.assemble(("This level cannot be played", "bold $error"), "\n", row.problem)
    runs = f"{row.runs} saved {'run' if row.runs == 1 else 'runs'}" if row.runs else "not played yet"
    parts: list[Any] = [
        (row.title, "bold"),
        (f"   {row.id} · {duration_text(row.length)} · {runs}", DIM),
        "\n",
        (row.tier, TIER_COLOR.get(row.tier, "")),
        f": {TIER_MEANS.get(row.tier, '')}",
        ("\nteaches ", DIM),
        ", ".join(row.teaches),
    ]
    if row.brief:
        parts += ["\n\n", row.brief.strip()]
    return Content.assemble(*parts)
