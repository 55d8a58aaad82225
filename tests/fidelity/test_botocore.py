"""Every action is an operation that AWS has, with AWS's names: what is typed in a drill works in a real shell."""

from __future__ import annotations

import ast
import inspect
import textwrap
from functools import cache

import botocore.session
import msgspec
import pytest
from botocore import xform_name
from botocore.model import OperationModel, ServiceModel

from drill.console import actions, fields, kebab
from drill.console.shape import REQUIRED, Key, Shape
from drill.model.command import operation_of, service_of

REAL = sorted(tag for tag, cls in actions().items() if service_of(cls) != "ops")
TYPES = {
    "string": {"string", "timestamp", "blob"},
    "integer": {"integer", "long"},
    "float": {"float", "double"},
    "boolean": {"boolean"},
    "list": {"list"},
    "structure": {"structure"},
    "map": {"map"},
}
#: Error codes that every operation of a query API may return (AWS's pages "Common Errors").
COMMON = {"ValidationError", "InvalidParameterValue", "InvalidParameterCombination", "Throttling", "ServiceUnavailable",
          "RequestLimitExceeded", "InternalFailure", "AccessDenied"}  # fmt: skip
#: What the API demands and a drill's line may leave out, since there it has one meaning. Nothing else may be easier
#: here than in a shell.
_CHANGE = "ChangeResourceRecordSets.ChangeBatch.Changes[]"
LENIENT = {
    "UpdateDistribution.DistributionConfig.CallerReference",
    "UpdateDistribution.DistributionConfig.Comment",
    "UpdateDistribution.DistributionConfig.Enabled",
    "UpdateDistribution.DistributionConfig.Origins",
    "UpdateDistribution.DistributionConfig.DefaultCacheBehavior.ViewerProtocolPolicy",
    "GetMetricData.StartTime",
    "GetMetricData.EndTime",
    "GetMetricData.MetricDataQueries[].MetricStat.Period",
    "GetMetricData.MetricDataQueries[].MetricStat.Stat",
    f"{_CHANGE}.Action",
    f"{_CHANGE}.ResourceRecordSet.Type",
    f"{_CHANGE}.ResourceRecordSet.AliasTarget.HostedZoneId",
    f"{_CHANGE}.ResourceRecordSet.AliasTarget.EvaluateTargetHealth",
}


@cache
def service(name: str) -> ServiceModel:
    """Return botocore's model of a service, read once."""
    return botocore.session.get_session().get_service_model(name)


def operation(tag: str) -> OperationModel:
    cls = actions()[tag]
    return service(service_of(cls)).operation_model(operation_of(cls))


def members(cls) -> dict[str, Key]:
    """Return parameter -> shape of an action, without the CLI's own --region and its folded options."""
    keys = {spec.param: Key(spec.shape, spec.default) for spec in fields(cls) if spec.name != "region"}
    for names in cls.aliases.values():
        keys.pop(next(spec.param for spec in fields(cls) if spec.attributes == names))
    return keys


def drift(mine: dict[str, Key], theirs, where: str) -> list[str]:
    """Return what differs between a structure here and AWS's."""
    found: list[str] = []
    for name, key in mine.items():
        if name not in theirs.members:
            found.append(f"{where}.{name}: AWS has no such parameter")
        else:
            found += compare(key.shape, theirs.members[name], f"{where}.{name}")
            if name in theirs.required_members and key.default is not REQUIRED and f"{where}.{name}" not in LENIENT:
                found.append(f"{where}.{name}: AWS requires it")
    missing = set(theirs.required_members) - set(mine)
    return found + [f"{where}.{name}: AWS requires it, the drill has it not" for name in sorted(missing)]


def compare(mine: Shape, theirs, where: str) -> list[str]:
    """Return what differs between a value here and AWS's."""
    if mine.type == "json":
        return []
    if theirs.type_name not in TYPES[mine.type]:
        return [f"{where}: {mine.type} here, {theirs.type_name} at AWS"]
    if mine.type == "list":
        return compare(mine.item, theirs.member, f"{where}[]")
    if mine.type == "map":
        return compare(mine.item, theirs.value, f"{where}{{}}")
    if mine.type == "structure":
        return drift(mine.keys, theirs, where)
    enum = getattr(theirs, "enum", None)
    return [f"{where}: AWS has no {choice!r}" for choice in mine.choices if enum and choice and choice not in enum]


@pytest.mark.parametrize("tag", REAL)
def test_operation_and_parameters_are_those_of_aws(tag):
    cls = actions()[tag]
    assert operation_of(cls) in service(service_of(cls)).operation_names
    keys = members(cls)
    for names in cls.aliases.values():
        folded = {f.encode_name for f in msgspec.structs.fields(cls) if f.name in names}
        assert folded <= set(operation(tag).input_shape.members)
        shape = next(spec.shape for spec in fields(cls) if spec.attributes == names)
        keys |= {name: Key(shape, REQUIRED) for name in folded}
    assert drift(keys, operation(tag).input_shape, operation_of(cls)) == []


def codes_in(cls) -> set[str]:
    """Return the error codes that a class names where it refuses: literals and constants, in it and its bases."""
    found: set[str] = set()
    for base in cls.__mro__:
        if not base.__module__.startswith("drill.catalog"):
            continue
        names = vars(inspect.getmodule(base))
        for call in ast.walk(ast.parse(textwrap.dedent(inspect.getsource(base)))):
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute):
                at = {"refuse": 0, "find": 3}.get(call.func.attr, 99)
                for node in ast.walk(call.args[at]) if len(call.args) > at else ():
                    code = node.value if isinstance(node, ast.Constant) else names.get(getattr(node, "id", ""))
                    found |= {code} if isinstance(code, str) else set()
    return found


@pytest.mark.parametrize("tag", REAL)
def test_error_codes_are_those_of_aws(tag):
    listed = {shape.metadata.get("error", {}).get("code", shape.name) for shape in operation(tag).error_shapes}
    if listed:  # EC2's model lists none
        assert codes_in(actions()[tag]) <= listed | COMMON


def test_some_error_codes_are_found():
    assert "DBInstanceNotFound" in codes_in(actions()["rds:PromoteReadReplica"])


def test_names_are_spelled_as_the_aws_cli_spells_them():
    for name in sorted({tag.split(":")[0] for tag in REAL}):
        for operation_name in service(name).operation_names:
            if "OTel" in operation_name:  # botocore lists such names one by one; none of them is modeled
                continue
            assert kebab(operation_name) == xform_name(operation_name, "-")
            shape = service(name).operation_model(operation_name).input_shape
            for parameter in shape.members if shape else ():
                assert kebab(parameter) == xform_name(parameter, "-")
