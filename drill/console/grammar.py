"""The AWS CLI grammar <-> Action. ``aws SERVICE OPERATION --option value``, ``ops OPERATION ...``, ``dig NAME``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple, NoReturn, Protocol

import msgspec

from drill.console import values
from drill.console.registry import services
from drill.console.shape import FieldSpec, default_of, fields, is_bare, members
from drill.console.words import ConsoleError, is_option, kebab, nearest, quote, split
from drill.model.command import Action, operation_of, service_of
from drill.model.component import Component
from drill.model.text import clean
from drill.model.units import decode


class Lookup(Protocol):
    """What of a world the console may know: names. A World is one; so is anything with these three maps."""

    @property
    def components(self) -> Mapping[str, Component]: ...

    @property
    def regions(self) -> Mapping[str, Any]: ...

    @property
    def zones(self) -> Mapping[str, Any]: ...


class Call(NamedTuple):
    """A line taken apart: the action that it names and the words that follow."""

    action: type[Action]
    rest: list[str]


#: Options of the AWS CLI itself. They change how it prints and signs, which a drill has no use for.
GLOBAL = (
    "--ca-bundle", "--cli-auto-prompt", "--cli-binary-format", "--cli-connect-timeout", "--cli-input-json",
    "--cli-input-yaml", "--cli-read-timeout", "--color", "--debug", "--dry-run", "--endpoint-url",
    "--generate-cli-skeleton", "--max-items", "--no-cli-auto-prompt", "--no-dry-run", "--no-paginate",
    "--no-sign-request", "--no-verify-ssl", "--output", "--page-size", "--profile", "--query", "--starting-token",
    "--version",
)  # fmt: skip

_BREAKS = r"\\\n|[\n\t]"  # a line pasted from a script goes on after a backslash

#: Asks for nothing that the drill does not do already.
_HARMLESS = "--no-cli-pager"
_OPPOSITES = {"--egress": "--ingress"}  # where the AWS CLI has another word for the opposite

#: Services that an operator may well try here. For any other unknown word a slip of the fingers is more likely.
AWS_SERVICES = frozenset((
    "acm", "apigateway", "apigatewayv2", "application-autoscaling", "arc-zonal-shift", "athena", "autoscaling",
    "backup", "batch", "budgets", "ce", "cloudformation", "cloudfront", "cloudtrail", "cloudwatch", "cognito-idp",
    "config", "dax", "directconnect", "dms", "docdb", "drs", "ds", "dynamodb", "ebs", "ec2", "ecr", "ecs", "efs",
    "eks", "elasticache", "elasticbeanstalk", "elb", "elbv2", "emr", "es", "events", "firehose", "fis", "fsx",
    "glacier", "globalaccelerator", "glue", "guardduty", "health", "iam", "kafka", "kinesis", "kms", "lambda",
    "lightsail", "logs", "mq", "neptune", "network-firewall", "opensearch", "organizations", "pi", "pricing", "ram",
    "rds", "redshift", "resource-groups", "route53", "route53-recovery-cluster", "route53-recovery-control-config",
    "route53domains", "route53resolver", "s3", "s3api", "sagemaker", "secretsmanager", "securityhub", "service-quotas",
    "servicediscovery", "ses", "shield", "sns", "sqs", "ssm", "stepfunctions", "sts", "support", "synthetics",
    "transfer", "trustedadvisor", "wafv2", "workspaces", "xray",
))  # fmt: skip
_VERBS = frozenset((
    "accept", "activate", "add", "allocate", "apply", "assign", "associate", "attach", "authorize", "batch", "cancel",
    "change", "complete", "copy", "create", "deactivate", "delete", "deregister", "describe", "detach", "disable",
    "disassociate", "enable", "enter", "execute", "exit", "export", "failover", "get", "import", "invoke", "list",
    "modify", "monitor", "promote", "purchase", "put", "reboot", "recover", "register", "reject", "release", "remove",
    "replace", "request", "reset", "resize", "restore", "resume", "revoke", "rotate", "run", "send", "set", "start",
    "stop", "suspend", "switchover", "tag", "terminate", "test", "unassign", "unmonitor", "untag", "update",
    "validate", "withdraw",
))  # fmt: skip


def parse(line: str, lookup: Lookup | None = None) -> Action:
    """Return the action that a line stands for. ConsoleError: one line that says what is wrong with it.

    ``lookup``: when given, Regions that the drill does not have are refused as the AWS CLI would.
    """
    call = find(split(re.sub(_BREAKS, " ", clean(line))))
    given = _options(call.action, call.rest)
    wanting = [spec for spec in fields(call.action) if spec.required and spec.name not in given]
    if wanting:
        missing = [spec.name if spec.positional and is_bare(call.action) else spec.option for spec in wanting]
        tool = opening(call.action)[0]
        raise ConsoleError(f"{tool}: error: the following arguments are required: {', '.join(missing)}")
    action = _build(call.action, given)
    if lookup is not None and action.region and action.region not in lookup.regions:
        raise ConsoleError(
            f'Could not connect to the endpoint URL: "https://{service_of(action)}.{action.region}.amazonaws.com/"'
            f" (this drill has {', '.join(lookup.regions)})"
        )
    return action


def find(words: list[str]) -> Call:
    """Return the action that the first words name, and the rest of them. ConsoleError: they name none."""
    if not words:
        raise ConsoleError("type a command, such as: aws ec2 describe-instances")
    known = services()
    bare = {name: cls for name, cls in known.get("ops", {}).items() if is_bare(cls)}
    head, rest = words[0], words[1:]
    if head in bare:
        return Call(bare[head], rest)
    if head == "aws":
        before, rest = _leading(rest)
        if not rest:
            raise ConsoleError("aws: error: the following arguments are required: command")
        operations = known.get(rest[0], {}) if rest[0] != "ops" else {}
        if not operations:
            _unknown_service(rest[0], [name for name in known if name != "ops"])
        return _operation(f"aws {rest[0]}", operations, rest[1:], before)
    if head == "ops" and "ops" in known:
        return _operation("ops", known["ops"], rest, [])
    if head in known or head in AWS_SERVICES:
        raise ConsoleError(f"{head}: command not found (did you mean: aws {head}?)")
    guess = nearest(head, ["aws", "ops", *bare])
    raise ConsoleError(f"{head}: command not found" + (f" (did you mean: {guess}?)" if guess else ""))


def _leading(words: list[str]) -> tuple[list[str], list[str]]:
    """Split off global options that stand before the service."""
    at = 0
    while at < len(words) and words[at].startswith("--"):
        if words[at] != "--region" and not words[at].startswith("--region=") and words[at] != _HARMLESS:
            _unknown_option(words[at], None)
        at += 2 if words[at] == "--region" else 1
    return words[:at], words[at:]


def _operation(spoken: str, operations: dict[str, type[Action]], words: list[str], before: list[str]) -> Call:
    tool, _, service = spoken.partition(" ")
    if not words:
        raise ConsoleError(f"{tool}: error: the following arguments are required: operation")
    found = operations.get(words[0])
    if found is not None:
        return Call(found, before + words[1:])
    real = service and words[0].split("-")[0] in _VERBS  # then only a slip of the fingers is a guess worth making
    guess = nearest(words[0], operations, 0.85 if real else 0.6)
    if real and not guess:
        raise ConsoleError(f"{spoken} {words[0]} is not modeled in this drill (modeled: {', '.join(operations)})")
    hint = f" (did you mean: {guess}?)" if guess else f", valid choices are: {' | '.join(operations)}"
    raise ConsoleError(f"{tool}: error: argument operation: Found invalid choice '{words[0]}'{hint}")


def _unknown_service(word: str, known: list[str]) -> NoReturn:
    if word in AWS_SERVICES:
        raise ConsoleError(f"aws {word} is not modeled in this drill (modeled: {', '.join(known)})")
    guess = nearest(word, known)
    hint = f" (did you mean: {guess}?)" if guess else f", valid choices are: {' | '.join(known)}"
    raise ConsoleError(f"aws: error: argument command: Found invalid choice '{word}'{hint}")


def _unknown_option(word: str, action: type[Action] | None) -> NoReturn:
    name = word.partition("=")[0]
    if name in GLOBAL:
        raise ConsoleError(f"{name} is not modeled in this drill")
    if action is None:
        raise ConsoleError(f"Unknown options: {name}")
    options = [option for spec in fields(action) for option in switches(spec)]
    guess = nearest(name, options) if name.startswith("--") else ""
    hint = f"did you mean {guess}?" if guess else "not an option"
    if not guess:
        hint += f" that the drill models for {kebab(operation_of(action))}"
    raise ConsoleError(f"Unknown options: {name} ({hint})")


def switches(spec: FieldSpec) -> list[str]:
    """Return the options that set a field: one, or for a boolean ``--x`` and its opposite (``--no-x`` as a rule)."""
    if spec.type != "boolean":
        return [spec.option]
    return [spec.option, _OPPOSITES.get(spec.option, f"--no-{spec.option[2:]}")]


def _options(action: type[Action], words: list[str]) -> dict[str, Any]:
    """Return FieldSpec.name -> plain value for everything that the words give."""
    by_option = {option: spec for spec in fields(action) for option in switches(spec)}
    positional = next((spec for spec in fields(action) if spec.positional), None)
    given: dict[str, Any] = {}
    at = 0
    while at < len(words):
        word = words[at]
        name, equals, inline = word.partition("=")
        at += 1
        if word == _HARMLESS:
            continue
        spec = by_option.get(name)
        if spec is None:
            if is_option(word) or positional is None or positional.name in given:
                _unknown_option(word, action)
            given[positional.name] = values.read(positional, [word])
        elif spec.type == "boolean":
            if equals:
                raise ConsoleError(f"aws: error: argument {name}: ignored explicit argument {inline!r}")
            given[spec.name] = name == spec.option
        else:
            taken = [inline] if equals else _values(spec, words[at:])
            at += 0 if equals else len(taken)
            given[spec.name] = values.read(spec, taken)
    return given


def _values(spec: FieldSpec, following: list[str]) -> list[str]:
    """Return the words that belong to an option: one, or for a list all up to the next option."""
    taken: list[str] = []
    for word in following:
        if is_option(word) or (taken and not spec.many):
            break
        taken.append(word)
    if not taken:
        wanted = "at least one argument" if spec.many else "one argument"
        raise ConsoleError(f"aws: error: argument {spec.option}: expected {wanted}")
    return taken


def _build(action: type[Action], given: dict[str, Any]) -> Action:
    """Return the action with these plain values."""
    params: dict[str, Any] = {}
    for spec in fields(action):
        if spec.name not in given:
            continue
        value = given[spec.name]
        parts = value if len(spec.attributes) > 1 else [value]
        if len(parts) > len(spec.attributes):
            raise ConsoleError(f"aws: error: argument {spec.option}: at most {len(spec.attributes)} numbers, by colons")
        for i, attribute in enumerate(spec.attributes):
            params[members(action)[attribute].encode_name] = parts[min(i, len(parts) - 1)]
    try:
        return msgspec.convert(params, action, dec_hook=decode)
    except msgspec.ValidationError as error:
        raise ConsoleError(f"Parameter validation failed: {str(error).replace('`$.', '`')}") from None


def render(action: Action) -> str:
    """Return the line that stands for an action: ``parse(render(a)) == a``. What is as by default is left out."""
    kind = type(action)
    plain = msgspec.to_builtins(action)
    words = opening(kind)
    for spec in fields(kind):
        mine = [members(kind)[attribute] for attribute in spec.attributes]
        found = [plain[member.encode_name] for member in mine]
        if all(value == values.plain(default_of(member)) for value, member in zip(found, mine, strict=True)):
            continue
        if len(found) > 1:
            same = all(value == found[0] for value in found)
            words += [spec.option, str(found[0]) if same else ":".join(str(value) for value in found)]
        else:
            words += _spoken(spec, found[0], is_bare(kind))
    return " ".join(quote(word) for word in words)


def opening(action: type[Action]) -> list[str]:
    """Return the words that a line of this action begins with."""
    service, operation = service_of(action), kebab(operation_of(action))
    if is_bare(action):
        return [operation]
    return ["ops", operation] if service == "ops" else ["aws", service, operation]


def _spoken(spec: FieldSpec, value: Any, bare: bool) -> list[str]:
    """Return the words that give one option this value."""
    if spec.type == "boolean":
        return [switches(spec)[0 if value else 1]]
    words = values.write(spec, value)
    if len(words) == 1 and is_option(words[0]):
        return [f"{spec.option}={words[0]}"]
    return words if spec.positional and bare else [spec.option, *words]


def compose(action: type[Action], filled: Mapping[str, str]) -> str:
    """Return the line that a form makes, finished or not. ``filled``: FieldSpec.name -> text as typed.

    A text field is one word whatever it holds; lists, structures and maps are typed as on a command line. A boolean is
    ``true`` or ``false``. Empty fields are left out. ``parse`` of the line is the form's result.
    """
    line = " ".join(opening(action))
    for spec in fields(action):
        text = filled.get(spec.name, "").strip()
        if not text:
            continue
        if spec.type == "boolean":
            line += f" {switches(spec)[0 if text.lower() in ('true', 'yes', 'y', '1') else 1]}"
            continue
        worded = text if spec.many or (spec.type in ("structure", "map") and text[0] not in "{[") else quote(text)
        glue = "=" if is_option(text) and not spec.many else " "
        line += f" {worded}" if spec.positional and is_bare(action) and glue == " " else f" {spec.option}{glue}{worded}"
    return line
