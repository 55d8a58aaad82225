"""Help on actions, read off their classes."""

from __future__ import annotations

from drill.console.grammar import Call, find, opening, switches
from drill.console.registry import services
from drill.console.shape import FieldSpec, fields, is_bare
from drill.console.values import plain
from drill.console.words import ConsoleError, split
from drill.model.command import Action


def usage(action_type: type[Action]) -> str:
    """Return the help of an action: how it is typed, what it does, its options with types, defaults and choices."""
    from inspect import cleandoc  # 4 ms to import, and needed only once somebody asks

    specs = fields(action_type)
    line = " ".join([*opening(action_type), *(_brief(spec, is_bare(action_type)) for spec in specs)])
    width = max(len(_heading(spec)) for spec in specs)
    options = "\n".join(f"  {_heading(spec):<{width}}  {_detail(spec)}".rstrip() for spec in specs)
    about = cleandoc(action_type.__doc__ or action_type.summary).partition("\n\n")[0].replace("\n", " ")
    return f"{line}\n\n{about}\n\n{options}"


def help_for(line: str) -> str | None:
    """Return help when ``line`` asks for it (``help``, ``aws ec2 help``, ``aws ec2 run-instances help``), else None."""
    try:
        words = split(line)
    except ConsoleError:
        return None
    asked = bool(words) and words[-1] in ("help", "--help", "-h")
    if not asked:
        return None
    try:
        call: Call = find(words[:-1])
        return usage(call.action) if not call.rest else None
    except ConsoleError:
        return _listing(words[:-1])


def _listing(words: list[str]) -> str | None:
    """Return the operations that the words so far could go on with, one a line, those of people first."""
    known = services()
    wanted = {(): known, ("aws",): {k: v for k, v in known.items() if k != "ops"}, ("ops",): {"ops": known["ops"]}}
    found = wanted.get(tuple(words))
    if found is None and len(words) == 2 and words[0] == "aws" and words[1] in known:
        found = {words[1]: known[words[1]]}
    if found is None:
        return None
    rows = sorted(
        (service != "ops", " ".join(opening(cls)), cls.summary)
        for service, operations in found.items()
        for cls in operations.values()
    )
    width = max(len(spoken) for _, spoken, _ in rows)
    return "\n".join(f"  {spoken:<{width}}  {summary}".rstrip() for _, spoken, summary in rows)


def _brief(spec: FieldSpec, bare: bool) -> str:
    value = _metavar(spec)
    text = value.strip() if spec.positional and bare else f"{'|'.join(switches(spec))}{value}"
    return text if spec.required else f"[{text}]"


def _metavar(spec: FieldSpec) -> str:
    if spec.type == "boolean":
        return ""
    return f" <{spec.option[2:]}>" + (" ..." if spec.many else "")


def _heading(spec: FieldSpec) -> str:
    return f"{' | '.join(switches(spec))} ({spec.shape.word()})"


def _detail(spec: FieldSpec) -> str:
    parts = [spec.help, "required" if spec.required else ""]
    default = plain(spec.default) if not spec.required else None
    if default not in (None, "", [], {}) and spec.name != "region":
        parts.append(f"default {str(default).lower() if isinstance(default, bool) else default}")
    if spec.choices:
        parts.append(f"one of {', '.join(spec.choices)}")
    kinds = [kind for kind in spec.refs if kind and "/" not in kind]
    if kinds and spec.name != "region":
        parts.append(f"the name of: {', '.join(kinds)}")
    keys = (spec.shape.item or spec.shape).keys
    if spec.sample:
        parts.append(f"such as '{spec.sample}'")
    elif keys:
        parts.append(f"keys {', '.join(keys)}")
    return "; ".join(part for part in parts if part)
