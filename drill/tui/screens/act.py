"""ActionForm: fill in the parameters of one action. What it makes is a console line, which it shows."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
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
from textual.widgets import Button, Input, Label, Select, SelectionList, Static

from drill.console import ConsoleError, FieldSpec, compose, fields, opening, parse, prefill
from drill.console.completion import choices_for
from drill.console.shape import within
from drill.model.command import Action
from drill.model.component import Component, kind_of
from drill.tui.screens.base import DIM, key_line

NAMED = re.compile(r"\b(\w+)=([\w.-]+)")
CHANGES = ("Update", "Modify", "Put", "Change")  # operations that do nothing but with one of their options


def id_of(spec: FieldSpec) -> str:
    """Return the id of the widget that fills an option."""
    return f"f-{spec.name.replace('_', '-')}"


def labeled(label: Content, wide: int, widget: Widget) -> Horizontal:
    """Return one line of the form: an option and the widget that fills it."""
    option = Label(label, classes="option")
    option.styles.width = wide
    return Horizontal(option, widget, classes="field")


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


class NameWithin(Select[str]):
    """A name that stands within a drafted text: ``Name`` in ``Changes=[{Name=web}]``."""

    def __init__(self, spec: FieldSpec, key: str, offered: list[tuple[Content, str]], value: str) -> None:
        super().__init__(offered, value=value, allow_blank=False, compact=True)
        self.spec, self.key = spec, key


class ActionForm(ModalScreen[str]):
    """The parameters of one action, with the command that they make. Dismisses with that command, "" for none.

    ``give`` submits a line and returns what AWS says against it, "" when it was accepted. ``notes`` says of a
    component's name how it is and where, beside the name wherever it is offered. ``heard``: whether its Region answers.
    """

    CSS_PATH = "act.tcss"
    BINDINGS = [
        Binding("ctrl+s", "send", "run the command that it shows", priority=True),
        Binding("tab", "app.focus_next", "the next field", show=False),
        Binding("shift+tab", "app.focus_previous", "the field before", show=False),
        Binding("escape", "cancel", "back", priority=True),
    ]
    help_title = "In a form"

    def __init__(
        self,
        action: type[Action],
        component: Component,
        lookup: Any,
        give: Callable[[str], str],
        notes: Mapping[str, str] | None = None,
        heard: bool = True,
    ) -> None:
        super().__init__()
        self.action, self.component, self.lookup, self.give = action, component, lookup, give
        self.notes = notes or {}
        self.specs = fields(action)
        self.known = prefill(action, component)
        if not heard:  # how it is cannot be known just now
            self.known = {name: text for name, text in self.known.items() if name not in action.drafts(component)}

    def compose(self) -> ComposeResult:
        with Vertical(id="box"):
            yield Static(
                Content.assemble((" ".join(opening(self.action)), "bold"), f"  {self.action.summary}"), id="heading"
            )
            with VerticalScroll(id="fields", can_focus=False):
                wide = max(len(spec.option) for spec in self.specs) + 3
                for spec in self.specs:
                    label = Content.assemble(spec.option, (" *" if spec.required else "", "$warning"))
                    yield labeled(label, wide, self.field(spec))
                    for key, name in self.names_in(spec):
                        yield labeled(Content.styled(f"  {key}", DIM), wide, self.name_in(spec, key, name))
            yield Static("", id="preview", markup=False)
            yield Static("", id="error", markup=False)
            with Horizontal(id="buttons"):
                yield Button("Run it", variant="primary", id="send", compact=True)
                yield Static(key_line(("Ctrl+S", "run it"), ("Tab", "next field"), ("Esc", "back")), id="keys")

    def field(self, spec: FieldSpec) -> Widget:
        """Return the widget that fills one option, with what is known already."""
        start = self.known.get(spec.name, "")
        offered = self.offered(spec)
        id_ = id_of(spec)
        if offered and spec.many and len(offered) <= 40:
            chosen = start.split()
            return Choices(*[(self.noted(o), o, o in chosen) for o in offered], id=id_, classes="many", compact=True)
        if offered and not spec.many:
            value = start if start in offered else offered[0] if spec.required and len(offered) == 1 else Select.NULL
            return Select[str]([(self.noted(o), o) for o in offered], value=value, id=id_, compact=True,
                               prompt=self.hint(spec))  # fmt: skip
        return Input(value=start, placeholder=self.hint(spec), id=id_, compact=True)

    def offered(self, spec: FieldSpec) -> list[str]:
        """Return what a field offers; of zones, those of the component's own Region."""
        offered = choices_for(spec, self.lookup)
        if spec.refs == ("zone",) and self.component.region:
            offered = [zone for zone in offered if self.lookup.zones[zone].region == self.component.region]
        return offered or (["true", "false"] if spec.type == "boolean" else [])

    def noted(self, name: str) -> Content:
        """Return a name as it is offered: with how it is and where."""
        note = self.notes.get(name, "")
        return Content.assemble(name, (f"  {note}" if note else "", DIM))

    def names_in(self, spec: FieldSpec) -> Iterator[tuple[str, str]]:
        """Yield the names of components within a value that is drafted as text, each with its key there."""
        if spec.refs:
            return
        for key, name in NAMED.findall(self.known.get(spec.name, "")):
            if name in self.lookup.components:
                yield key, name

    def name_in(self, spec: FieldSpec, key: str, name: str) -> Select[str]:
        """Return the list to choose such a name from; what is chosen is written into the text."""
        found = within(spec.shape, key)
        kinds = found.refs if found is not None else ()
        names = [
            other for other, component in self.lookup.components.items()
            if other == name or not any(kinds) or kind_of(component) in kinds
        ]  # fmt: skip
        offered = [(self.noted(other), other) for other in names]
        return NameWithin(spec, key, offered, name)

    def hint(self, spec: FieldSpec) -> str:
        """Return what an empty field says: its help, or its type and default."""
        if spec.required:
            sample = f"such as {spec.sample}" if spec.sample else spec.shape.word()
            return spec.help or ("choose one" if choices_for(spec, self.lookup) else sample)
        if spec.default in (None, "", [], {}):
            return spec.help or f"{'choose one' if self.offered(spec) else spec.shape.word()}, optional"
        return f"{spec.help or spec.shape.word()}; default {str(spec.default).lower()}"

    def on_mount(self) -> None:
        """Begin at the first field that has to be filled."""
        self.preview()
        first = self.first()
        start = self.query_one("#send" if first is None else f"#{id_of(first)}")
        names = (within for within in self.query(NameWithin) if within.spec is first)
        self.set_focus(next(names, start))

    def first(self) -> FieldSpec | None:
        """Return the field to begin at: what must be filled, else what is there to be changed; None: all is said."""
        given, optional = self.values(), [spec for spec in self.specs if not spec.required and spec.name != "region"]
        drafted = [name for name in self.action.drafts(self.component) if name in self.known]
        empty = [spec for spec in self.specs if spec.required and not given.get(spec.name)]
        changed = [spec for spec in self.specs if spec.name in drafted]
        return next(iter(empty or changed or (optional if self.action.__name__.startswith(CHANGES) else [])), None)

    def on_resize(self) -> None:
        """Leave room for the command and the buttons below the fields."""
        for part in self.query("#fields"):
            part.styles.max_height = max(3, self.size.height - 13)

    def values(self) -> dict[str, str]:
        """Return what the fields hold, as a command line writes it."""
        found: dict[str, str] = {}
        for spec in self.specs:
            widget = self.query_one(f"#{id_of(spec)}")
            if isinstance(widget, SelectionList):
                found[spec.name] = " ".join(o for o in self.offered(spec) if o in widget.selected)
            elif isinstance(widget, Select):
                found[spec.name] = "" if widget.value is Select.NULL else str(widget.value)
            elif isinstance(widget, Input):
                found[spec.name] = widget.value
        return found

    @on(Select.Changed, "NameWithin")
    def name_chosen(self, event: Select.Changed) -> None:
        """Write a chosen name into the text that it belongs to."""
        chosen = event.select
        if isinstance(chosen, NameWithin) and chosen.value is not Select.NULL:
            text = self.query_one(f"#{id_of(chosen.spec)}", Input)
            text.value = re.sub(rf"\b{chosen.key}=[\w.-]+", f"{chosen.key}={chosen.value}", text.value, count=1)

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
