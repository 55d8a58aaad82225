"""``drill completion``: completion scripts for bash, zsh and fish, generated from the parser."""

from __future__ import annotations

import argparse
import shlex
from typing import NamedTuple

from drill.cli.grammar import SPEEDS, speed
from drill.cli.parser import build


class Flag(NamedTuple):
    """One option: its spellings, what it completes to (None: it takes no value; []: anything), and its help."""

    names: list[str]
    values: list[str] | None
    help: str


class Sub(NamedTuple):
    """One command: its options and what its plain arguments are (``level``, ``file``, or fixed words)."""

    name: str
    help: str
    flags: list[Flag]
    words: list[str]
    levels: bool


def completion(options: argparse.Namespace) -> int:
    """Print the script of the shell asked for."""
    from drill.cli.places import level_ids

    make = {"bash": bash, "zsh": zsh, "fish": fish}[options.shell]
    print(make(tree(), level_ids()), end="")
    return 0


def tree() -> list[Sub]:
    """Return every command of the parser, in order."""
    parser = build()
    (group,) = [a for a in parser._actions if isinstance(a, argparse._SubParsersAction)]
    helps = {choice.dest: choice.help or "" for choice in group._choices_actions}
    return [_sub(name, helps[name], sub) for name, sub in group.choices.items()]


def _sub(name: str, help_: str, parser: argparse.ArgumentParser) -> Sub:
    flags, words, levels = [], [], False
    for action in parser._actions:
        choices = [str(c) for c in action.choices] if action.choices else []
        if action.type is speed:
            choices = [f"{each}x" for each in SPEEDS]
        if action.option_strings:
            values = None if action.nargs == 0 else choices
            flags.append(Flag(list(action.option_strings), values, (action.help or "").replace("%%", "%")))
        else:
            words += choices
            levels = levels or action.metavar == "LEVEL"
    return Sub(name, help_, flags, words, levels)


def bash(subs: list[Sub], levels: list[str]) -> str:
    """Return the script for bash: commands, options, fixed values, level ids; files where nothing else fits."""
    cases = []
    for sub in subs:
        flags = " ".join(n for f in sub.flags for n in f.names if n.startswith("--"))
        words = " ".join(sub.words + (levels if sub.levels else []))
        cases.append(f"    {sub.name}) flags={shlex.quote(flags)}; words={shlex.quote(words)} ;;")
    fixed = sorted({(n, " ".join(f.values)) for s in subs for f in s.flags if f.values for n in f.names})
    values = [f'    {name}) COMPREPLY=($(compgen -W {shlex.quote(text)} -- "$cur")); return ;;' for name, text in fixed]
    top = " ".join(s.name for s in subs)
    return "\n".join([
        "# bash completion for drill",
        "_drill() {",
        '  local cur="${COMP_WORDS[COMP_CWORD]}" prev="${COMP_WORDS[COMP_CWORD-1]}" flags="" words=""',
        '  if [ "$COMP_CWORD" -eq 1 ]; then',
        f"    COMPREPLY=($(compgen -W {shlex.quote(top + ' --help --version --ascii')} -- \"$cur\")); return",
        "  fi",
        '  case "${COMP_WORDS[1]}" in',
        *cases,
        "  esac",
        '  case "$prev" in',
        *values,
        "  esac",
        '  case "$cur" in',
        '    -*) COMPREPLY=($(compgen -W "$flags" -- "$cur")) ;;',
        '    *) COMPREPLY=($(compgen -W "$words" -- "$cur") $(compgen -f -- "$cur")) ;;',
        "  esac",
        "}",
        "complete -o filenames -F _drill drill",
        "",
    ])  # fmt: skip


def zsh(subs: list[Sub], levels: list[str]) -> str:
    """Return the script for zsh."""
    lines = ["#compdef drill", "# zsh completion for drill", "_drill() {", "  local -a commands", "  commands=("]
    lines += [f"    {shlex.quote(s.name + ':' + s.help.replace(':', ' -'))}" for s in subs]
    lines += ["  )", "  if (( CURRENT == 2 )); then", "    _describe 'command' commands; return", "  fi"]
    lines += ['  case "$words[2]" in']
    for sub in subs:
        specs = [_zsh_flag(n, f) for f in sub.flags for n in f.names]
        rest = "_files"
        if sub.words or sub.levels:
            words = " ".join(sub.words + (levels if sub.levels else []))
            rest = f"_alternative 'word:word:({words})' 'file:file:_files'"
        lines.append(f"    {sub.name}) shift words; (( CURRENT-- )); _arguments -S {' '.join(specs)} "
                     f"{shlex.quote('*:argument:{' + rest + '}')} ;;")  # fmt: skip
    lines += ["  esac", "}", 'if [ "$funcstack[1]" = "_drill" ]; then _drill "$@"; else compdef _drill drill; fi', ""]
    return "\n".join(lines)


def _zsh_flag(name: str, flag: Flag) -> str:
    text = flag.help.replace("[", "(").replace("]", ")").replace(":", " -")
    spec = f"{name}[{text}]"
    if flag.values is not None:
        spec += f":value:({' '.join(flag.values)})" if flag.values else ":value:_files"
    return shlex.quote(spec)


def fish(subs: list[Sub], levels: list[str]) -> str:
    """Return the script for fish."""
    lines = ["# fish completion for drill"]
    for sub in subs:
        lines.append(f"complete -c drill -f -n __fish_use_subcommand -a {sub.name} -d {_fish(sub.help)}")
    for sub in subs:
        seen = f"complete -c drill -n '__fish_seen_subcommand_from {sub.name}'"
        words = sub.words + (levels if sub.levels else [])
        if words:
            lines.append(f"{seen} -a {_fish(' '.join(words))}")
        for flag in sub.flags:
            spelled = " ".join(f"-l {n[2:]}" if n.startswith("--") else f"-s {n[1:]}" for n in flag.names)
            value = "" if flag.values is None else f" -x -a {_fish(' '.join(flag.values))}" if flag.values else " -r"
            lines.append(f"{seen} {spelled}{value} -d {_fish(flag.help)}")
    return "\n".join([*lines, ""])


def _fish(text: str) -> str:
    """Quote for fish, which knows no other escape in single quotes than for themselves."""
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
