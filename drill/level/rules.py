"""Rules of a script and of runbooks, and hints: when they fire, what they ask of their reader, what each does."""

from typing import Any

import msgspec

from drill.model.units import Duration, Rate, Share

#: What a question of the script that nobody answered in time counts as; no choice can be called so.
UNANSWERED = "unanswered"


class Strict(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """Base of everything that a level file may write: unknown fields are errors."""


class Condition(Strict, kw_only=True):
    """COND. Exactly one of the subjects; ``for`` and ``as`` refine it; all, any, not nest two deep at most."""

    measure: str | None = None
    above: float | str | None = None
    below: float | str | None = None
    state: str | None = None  # a component; with ``is``
    alarm: str | None = None  # with ``is``
    did: str | None = None  # an operation such as AssociateAddress; with ``of``
    of: str | None = None
    knows: str | None = None  # evidence
    message: str | None = None
    phase: str | None = None
    objective: str | None = None  # with ``is``
    draw: str | None = None  # with ``is``; level script only
    is_: Any = msgspec.field(name="is", default=None)
    all: "list[Condition] | None" = None
    any: "list[Condition] | None" = None
    not_: "Condition | None" = msgspec.field(name="not", default=None)
    for_: Duration | None = msgspec.field(name="for", default=None)
    as_: str | None = msgspec.field(name="as", default=None)


class Rule(Strict, kw_only=True):
    """RULE = trigger (``at``, ``after`` or ``when``) + ``wait``, ``repeat``, ``while``, ``unless``."""

    at: str | None = None  # "2m", "outage+90s", "end", "$t0"
    after: str | None = None  # an id, "id.started"
    when: Condition | None = None
    wait: Duration = Duration(0)
    repeat: Duration | None = None
    while_: Condition | None = msgspec.field(name="while", default=None)
    unless: Condition | None = None


class Says(Strict, kw_only=True):
    """A message that reaches the operators."""

    from_: str = msgspec.field(name="from", default="support")
    text: str


class DemandSpec(Strict, kw_only=True):
    """A change of how many first asks come: of ``population``, to ``rate`` or times ``factor``."""

    population: str
    rate: Rate | None = None
    factor: float | None = None


class AskSpec(Strict, kw_only=True):
    """A question to the operators: what to choose from, by id, and how long it can be answered."""

    from_: str = msgspec.field(name="from", default="support")
    text: str
    choices: dict[str, str]
    by: Duration | None = None  # from when it is asked; afterwards it counts as unanswered


class CardSpec(Strict, kw_only=True):
    """A card of a deck. ``card``: the script rule, or rules, that fire when it is dealt."""

    card: str | list[str]
    suit: str


class DeckSpec(Strict, kw_only=True):
    """A draw of ``deal`` cards in order, at most one of each suit, ``apart`` from each other once it is dealt."""

    deal: int
    apart: Duration
    of: list[CardSpec]


class ScriptRule(Rule, kw_only=True):
    """A rule of the level's own script: trigger and one effect. A card of a deck has no trigger: it is dealt."""

    fault: str | None = None
    target: str = ""
    with_: dict[str, Any] = msgspec.field(name="with", default_factory=dict)
    for_: Duration | None = msgspec.field(name="for", default=None)
    clear: str | None = None  # id of the script rule whose fault ends
    recover: list[tuple[Duration, Share]] = []
    demand: DemandSpec | None = None
    message: Says | None = None
    ask: AskSpec | None = None
    deal: str | None = None  # a deck: its first card now, each next one ``apart`` later


class Hint(Strict, kw_only=True):
    """A hint for sale, or in a guided level the guide's next words (``cost: 0``).

    ``unless``: while this holds, by what operators can know, it is not offered: what it speaks of is done, or is not
    there yet. ``plain``: the guide's words where one plays line by line, if ``text`` speaks of keys or of the screen.
    """

    after: str | None = None
    at: Duration | None = None
    wait: Duration = Duration(0)
    unless: Condition | None = None
    cost: int = 0
    text: str
    plain: str = ""
