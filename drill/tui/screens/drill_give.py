"""GivingScreen: the ways to give a command: picker and form, console line, hint, answer. All end in one place."""

from __future__ import annotations

from typing import Any

from textual import on

from drill.console import ConsoleError, parse
from drill.console.manual import help_for
from drill.model.command import Refusal
from drill.tui.screens.console_box import ConsoleBox
from drill.tui.screens.drill_time import TimedScreen
from drill.view.frame import Card


class GivingScreen(TimedScreen):
    """A session's screen with hands. Whatever they do becomes a console line, and ``give`` submits it."""

    def give(self, line: str) -> str:
        """Submit a console line. Returns what is wrong with it: no command, or AWS's refusal; "" when accepted."""
        console = self.query_one(ConsoleBox)
        try:
            action = parse(line, self.session.world)
        except ConsoleError as error:
            console.note(line, str(error))
            return str(error)
        self.catch_up(budget=1.0)
        answer = self.session.submit(action)
        self.draw()
        if isinstance(answer, Refusal):
            console.note(line, str(answer))
            return str(answer)
        return ""

    @on(ConsoleBox.Given)
    def line_given(self, event: ConsoleBox.Given) -> None:
        """Run what was typed: help, or a command."""
        text = help_for(event.line)
        if text is not None:
            self.query_one(ConsoleBox).print(event.line, text, self.session.now)
            return
        self.give(event.line)

    def offer(self, name: str, card: Card | None = None) -> None:
        """Open the picker for a component, then the form of what was picked."""
        from drill.tui.screens.pick import ActionPicker

        component = self.session.world.components[name]

        def picked(action: Any) -> None:
            if action is not None:
                self.fill(action, name)

        if self.on_top:
            self.app.push_screen(ActionPicker(component, card), picked)

    def fill(self, action: Any, name: str) -> None:
        """Open the form of one action on one component."""
        from drill.tui.screens.act import ActionForm

        notes: dict[str, str] = {}
        for card in self.frame.cards:  # what is in several zones is told by none of its parts
            where = card.zone or card.region or "global"
            notes[card.component] = "" if card.component in notes else f"{card.phrase} · {where}"
        component = self.session.world.components[name]
        heard = all(card.seen is None for card in self.frame.cards if card.component == name)
        self.app.push_screen(ActionForm(action, component, self.session.world, self.give, notes, heard))

    def action_hint(self) -> None:
        """Say what the next hint costs, and sell it."""
        offer = self.frame.next_hint
        if offer is None:
            tier = {"blind": "This level has no hints.", "guided": "The guide speaks by itself here."}
            self.notify(tier.get(self.frame.tier, "No hint is for sale yet."), markup=False)
            return
        from drill.tui.screens.dialogs import hint_question

        def answered(answer: str | None) -> None:
            if answer == "enter":
                self.give(f"ops buy-hint --hint-id {offer.id}")
                bought = next((h for h in self.frame.hints if h.id == offer.id), None)
                if (
                    bought and bought.text and (self.frame.guide or self.frame.asked)
                ):  # the band above says another thing
                    self.query_one(ConsoleBox).print("hint", bought.text, self.session.now)

        if self.on_top:
            self.app.push_screen(hint_question(offer.cost), answered)

    def action_answer(self) -> None:
        """Answer the question that waits longest."""
        from drill.catalog.ops import Answer
        from drill.console import compose
        from drill.tui.screens.dialogs import asked_question

        asked = next(iter(self.frame.asked), None)
        if asked is None:
            self.notify("Nobody waits for an answer.", markup=False)
            return
        question = asked

        def answered(key: str | None) -> None:
            if key:
                choice = question.choices[int(key) - 1][0]
                self.give(compose(Answer, {"question": question.id, "choice": choice}))

        if self.on_top:
            self.app.push_screen(asked_question(question), answered)
