"""ActionPicker and ActionForm: choose what to do with a component, and fill it in. The result is a console line."""

from __future__ import annotations

from typing import Any

from rich.segment import Segment
from rich.style import Style
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import Button, Input, Label, OptionList, Select, SelectionList, Static
from textual.widgets.option_list import Option

from drill.console import ConsoleError, actions_on, choices_for, compose, fields, opening, parse, prefill
from drill.model.command import Action
from drill.model.component import Component
from drill.tui.screens.base import DIM, key_line


class ActionPicker(ModalScreen[type[Action] | None]):
    """The actions of one component, those that change something first. Dismisses with the one chosen."""

    CSS_PATH = "act.tcss"
    BINDINGS = [
        Binding("escape", "app.pop_screen", "back"),
        Binding("j", "move(1)", show=False),
        Binding("k", "move(-1)", show=False),
    ]

    def __init__(self, component: Component, kind: str, state: str = "") -> None:
        super().__init__()
        self.component, self.state = component, state
        self.actions = actions_on(kind)

    def compose(self) -> ComposeResult:
        place = self.component.zone or self.component.region or "global"
        with Vertical(id="box"):
            yield Static(
                Content.assemble(
                    (self.component.name, "bold"), (f"  {self.component.title} · {place}  {self.state}", DIM)
                ),
                id="heading",
            )
            wide = max((len(spoken(action)) for action in self.actions), default=0)
            rows = [Option(action_row(action, wide), id=str(n)) for n, action in enumerate(self.actions)]
            yield OptionList(*rows, markup=False)
            yield Static(key_line(("Enter", "choose"), ("Esc", "back")), id="keys")

    def action_move(self, step: int) -> None:
        """Move the highlight by one row."""
        listing = self.query_one(OptionList)
        (listing.action_cursor_down if step > 0 else listing.action_cursor_up)()

    @on(OptionList.OptionSelected)
    def choose(self, event: OptionList.OptionSelected) -> None:
        """Take the highlighted action."""
        self.dismiss(self.actions[int(event.option.id or 0)])


def spoken(action: type[Action]) -> str:
    """Return how an action is typed, without the ``aws`` that most begin with."""
    return " ".join(opening(action)).removeprefix("aws ")


def action_row(action: type[Action], wide: int) -> Content:
    """Return an action as one row: how it is typed, and what it does."""
    return Content.assemble((f"{spoken(action):<{wide}}", DIM if action.reads else "bold"), "  ", action.summary)


class Choices(SelectionList[str]):
    """A list to choose several of: ``[x]`` and ``[ ]``, told apart without color."""

    def render_line(self, y: int) -> Strip:
        """Draw the box of a line in characters."""
        line = super().render_line(y)
        left, *_ = line
        rest = list(line)[3:]
        meta = left.style.meta if left.style else {}
        if "option" not in meta:
            return line
        chosen = self.get_option_at_index(meta["option"]).value in self.selected
        box = Segment("[x]" if chosen else "[ ]", (rest[0].style or Style()) + Style(meta={"option": meta["option"]}))
        return Strip([box, *rest])


class ActionForm(ModalScreen[str]):
    """The parameters of one action, with the command that they make. Dismisses with that command, "" for none.

    ``give`` submits a line and returns what AWS says against it, "" when it was accepted.
    """

    CSS_PATH = "act.tcss"
    BINDINGS = [
        Binding("escape", "cancel", "back", priority=True),
        Binding("ctrl+s", "send", "run it", priority=True),
    ]

    def __init__(self, action: type[Action], component: Component, lookup: Any, give: Any) -> None:
        super().__init__()
        self.action, self.component, self.lookup, self.give = action, component, lookup, give
        self.specs = fields(action)
        self.known = prefill(action, component)

    def compose(self) -> ComposeResult:
        with Vertical(id="box"):
            yield Static(
                Content.assemble((" ".join(opening(self.action)), "bold"), f"  {self.action.summary}"), id="heading"
            )
            with VerticalScroll(id="fields", can_focus=False):
                wide = max(len(spec.option) for spec in self.specs) + 3
                for spec in self.specs:
                    with Horizontal(classes="field"):
                        option = Label(Content.assemble(spec.option, (" *" if spec.required else "", "$warning")))
                        option.styles.width = wide
                        yield option.set_class(True, "option")
                        yield self.field(spec)
            yield Static("", id="preview", markup=False)
            yield Static("", id="error", markup=False)
            with Horizontal(id="buttons"):
                yield Button("Run it", variant="primary", id="send", compact=True)
                yield Static(key_line(("Ctrl+S", "run it"), ("Tab", "next field"), ("Esc", "back")), id="keys")

    def field(self, spec: Any) -> Widget:
        """Return the widget that fills one option, with what is known already."""
        start = self.known.get(spec.name, "")
        offered = choices_for(spec, self.lookup)
        if not offered and spec.type == "boolean":
            offered = ["true", "false"]
        id_ = f"f-{spec.name.replace('_', '-')}"
        if offered and spec.many and len(offered) <= 40:
            chosen = start.split()
            return Choices(*[(Content(o), o, o in chosen) for o in offered], id=id_, classes="many", compact=True)
        if offered and not spec.many:
            value = start if start in offered else offered[0] if spec.required and len(offered) == 1 else Select.NULL
            return Select[str]([(Content(o), o) for o in offered], value=value, id=id_, compact=True,
                               prompt=self.hint(spec))  # fmt: skip
        return Input(value=start, placeholder=self.hint(spec), id=id_, compact=True)

    def hint(self, spec: Any) -> str:
        """Return what an empty field says: its help, or its type and default."""
        if spec.required:
            sample = f"such as {spec.sample}" if spec.sample else spec.shape.word()
            return spec.help or ("choose one" if choices_for(spec, self.lookup) else sample)
        if spec.default in (None, "", [], {}):
            return spec.help or f"{spec.shape.word()}, optional"
        return f"{spec.help or spec.shape.word()}; default {str(spec.default).lower()}"

    def on_mount(self) -> None:
        """Begin at the first field that has to be filled."""
        self.preview()
        for spec in self.specs:
            if spec.required and not self.values().get(spec.name):
                self.query_one(f"#f-{spec.name.replace('_', '-')}").focus()
                return
        self.query_one("#send").focus()

    def on_resize(self) -> None:
        """Leave room for the command and the buttons below the fields."""
        for part in self.query("#fields"):
            part.styles.max_height = max(3, self.size.height - 13)

    def values(self) -> dict[str, str]:
        """Return what the fields hold, as a command line writes it."""
        found: dict[str, str] = {}
        for spec in self.specs:
            widget = self.query_one(f"#f-{spec.name.replace('_', '-')}")
            if isinstance(widget, SelectionList):
                found[spec.name] = " ".join(o for o in choices_for(spec, self.lookup) if o in widget.selected)
            elif isinstance(widget, Select):
                found[spec.name] = "" if widget.value is Select.NULL else str(widget.value)
            elif isinstance(widget, Input):
                found[spec.name] = widget.value
        return found

    @on(Input.Changed)
    @on(Select.Changed)
    @on(SelectionList.SelectedChanged)
    def preview(self) -> None:
        """Show the command that the fields make, and what it still lacks."""
        line = compose(self.action, self.values())
        self.query_one("#preview", Static).update(Content.assemble(("› ", "$primary"), line))
        try:
            parse(line, self.lookup)
            problem = ""
        except ConsoleError as error:
            problem = str(error).removeprefix("aws: error: ")
        self.query_one("#error", Static).update(Content.styled(problem, DIM))
        self.query_one("#send", Button).disabled = bool(problem)

    @on(Input.Submitted)
    @on(Button.Pressed, "#send")
    def action_send(self) -> None:
        """Submit the command; a refusal stays on the form, as AWS words it."""
        line = compose(self.action, self.values())
        problem = self.give(line)
        if problem:
            self.query_one("#error", Static).update(Content.styled(problem, "$warning"))
        else:
            self.dismiss(line)

    def action_cancel(self) -> None:
        """Close an open list of choices, or else the form."""
        for select in self.query(Select):
            if select.expanded:
                select.expanded = False
                return
        self.dismiss("")
