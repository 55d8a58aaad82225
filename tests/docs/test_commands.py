"""Every command, option, exit code and variable is documented, and nothing is documented that does not exist."""

from __future__ import annotations

import argparse
import re

import pytest

from drill.cli.parser import build
from tests.docs.pages import ROOT, code, read, section

PAGE = "docs/commands.md"


def commands() -> dict[str, argparse.ArgumentParser]:
    (group,) = [a for a in build()._actions if isinstance(a, argparse._SubParsersAction)]
    return dict(group.choices)


def options(parser: argparse.ArgumentParser) -> list[str]:
    return [name for action in parser._actions for name in action.option_strings if name not in ("-h", "--help")]


@pytest.mark.parametrize("name", commands())
def test_a_command_is_in_the_readme_and_has_its_section(name: str) -> None:
    assert re.search(rf"^\| `drill {name}[ `]", read("README.md"), re.M), "no row in the README's table of commands"
    told = section(PAGE, f"## drill {name}")
    assert told, "no section in docs/commands.md"
    spelled = {word for text in code(told) for word in re.findall(r"--?[A-Za-z][\w-]*", text)}
    assert [option for option in options(commands()[name]) if option not in spelled] == []


@pytest.mark.parametrize("name", commands())
def test_no_option_is_promised_that_does_not_exist(name: str) -> None:
    listed = re.findall(r"^- (.*?):", section(PAGE, f"## drill {name}"), re.M)
    promised = {word for text in listed for word in re.findall(r"--[a-z][\w-]*", text)}
    assert promised <= set(options(commands()[name]))


def test_the_program_s_own_options_are_documented() -> None:
    assert set(options(build())) <= code(section(PAGE, "## drill"))


def test_no_section_is_about_a_command_that_does_not_exist() -> None:
    assert set(re.findall(r"^## drill (\w+)$", read(PAGE), re.M)) == set(commands())


def test_exit_codes_are_those_of_the_code() -> None:
    from drill.cli import guard

    codes = {guard.FINE, guard.MISSED, guard.BAD_INPUT, guard.OTHER_ENGINE, guard.PROGRAM_FAULT, guard.STOPPED}
    assert {int(row) for row in re.findall(r"^\| (\d+) \|", read(PAGE), re.M)} == codes


def test_every_variable_that_the_code_reads_is_documented() -> None:
    source = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "drill").rglob("*.py"))
    variables = set(re.findall(r"""["'](DRILL_[A-Z_]+|NO_COLOR)["']""", source))
    assert variables and variables <= code(read(PAGE)) | {text.partition("=")[0] for text in code(read(PAGE))}
