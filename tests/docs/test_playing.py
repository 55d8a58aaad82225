"""docs/playing.md names every key that does something, every glyph of a state, and every word of line-by-line play."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterator

import pytest
from textual.binding import Binding

import drill.tui
from drill import plain
from drill.console import opening, services
from drill.tui.canvas.ink import GLYPHS
from drill.tui.canvas.text import ASCII
from drill.tui.screens.help import LOOKING
from tests.docs.pages import code, read

PAGE = "docs/playing.md"
#: How the page writes keys that Textual names otherwise.
WRITTEN = {
    "question_mark": "?", "slash": "/", "colon": ":", "comma": ",", "full_stop": ".", "less_than_sign": "<",
    "greater_than_sign": ">", "plus": "+", "equals_sign": "+", "minus": "-", "escape": "Esc", "space": "Space",
    "enter": "Enter", "tab": "Tab", "home": "Home", "end": "End", "pageup": "PageUp", "pagedown": "PageDown",
    "up": "arrows", "down": "arrows", "left": "arrows", "right": "arrows",
}  # fmt: skip


def pretty(key: str) -> str:
    """Return a key as the page writes it: ``ctrl+s`` -> ``Ctrl+S``."""
    if key.startswith(("ctrl+", "shift+")):
        return "+".join(part.capitalize() for part in key.split("+"))
    return WRITTEN.get(key, key)


def bindings() -> Iterator[tuple[str, str]]:
    """Yield (class, key) of everything that the app's own screens and widgets bind."""
    for module in pkgutil.walk_packages(drill.tui.__path__, "drill.tui."):
        for cls in vars(importlib.import_module(module.name)).values():
            if isinstance(cls, type) and cls.__module__ == module.name:
                for bound in vars(cls).get("BINDINGS", ()):
                    keys = bound.key if isinstance(bound, Binding) else bound[0]
                    yield from ((cls.__name__, key) for key in keys.split(","))


def test_every_key_is_on_the_page() -> None:
    known = code(read(PAGE)) | {"arrows"}
    missing = [(who, key) for who, key in bindings() if pretty(key) not in known]
    assert missing == []


def test_what_the_help_page_says_of_finding_out_are_commands() -> None:
    for line, _ in LOOKING:
        for command in re.split(r" {2,}", line):
            assert opening_of(command), command


def opening_of(command: str) -> bool:
    """Tell whether a command is one of the console's, or asks it for help."""
    words = command.split()
    known = {" ".join(opening(cls)) for group in services().values() for cls in group.values()}
    return words[-1] == "help" or any(" ".join(words[:n]) in known for n in (1, 2, 3))


@pytest.mark.parametrize("state", GLYPHS)
def test_every_state_s_glyph_is_explained_as_it_is_drawn(state: str) -> None:
    glyph = GLYPHS[state]  # type: ignore[index]
    assert f"| `{glyph}` | `{glyph.translate(ASCII)}` |" in read(PAGE)


def test_every_word_of_line_by_line_play_is_on_the_page() -> None:
    words = re.findall(r"^(\w+).* {2,}", plain.HELP, re.M)
    assert {"look", "wait", "hint", "quit"} <= set(words)
    known = {text.split()[0] for text in code(read(PAGE))}
    assert [word for word in words if word not in known] == []


def test_everything_that_people_do_outside_aws_is_on_the_page() -> None:
    known = code(read(PAGE))
    spoken = [" ".join(opening(cls)) for cls in services()["ops"].values()]
    assert [line for line in spoken if not any(text.startswith(line) for text in known)] == []
