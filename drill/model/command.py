"""Commands: intents to change the World. An Action is an operator's; a Fault is the level's or a facilitator's."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, ClassVar

import msgspec

from drill.model.component import Process

NO_ANSWER = "ConnectTimeoutError"  # what the AWS CLI itself says when nobody does
DENIED = "denied"  # the World's flag that lists services and operations that the operators may not call


class Refusal(msgspec.Struct, frozen=True):
    """Why an API call is refused, with AWS's own error code and message."""

    code: str
    message: str
    operation: str = ""

    def __str__(self) -> str:
        if self.code == NO_ANSWER:
            return self.message
        return f"An error occurred ({self.code}) when calling the {self.operation} operation: {self.message}"


class Action(msgspec.Struct, kw_only=True, tag_field="api", rename="pascal", forbid_unknown_fields=True):
    """An AWS API operation (or one of the service ``ops``). The tag is ``service:Operation``, as botocore names them.

    Fields carry botocore's parameter names (snake case here, Pascal case in the log, kebab case in the console). A
    field whose name does not follow from that rule gives it: ``msgspec.field(name="DBInstanceIdentifier")``.
    """

    summary: ClassVar[str] = ""  # one line for the palette
    on: ClassVar[tuple[str, ...]] = ()  # kinds of component this action is offered on
    subject: ClassVar[str] = ""  # the field that names the component acted on
    suggest: ClassVar[str] = ""  # the subject's text, where it is not the component's name: "{name}/primary"
    positional: ClassVar[str] = ""  # a field typed without its option; an ops action then goes by its name: dig NAME
    aliases: ClassVar[dict[str, tuple[str, ...]]] = {}  # the AWS CLI's own: {"count": ("min_count", "max_count")}
    usual: ClassVar[int] = 50  # its place in what is offered on a component: what is done most often has the least
    reads: ClassVar[bool] = False  # describe-*, get-*, dig: changes nothing, returns text
    scope: ClassVar[str] = "region"  # "region" or the Region whose control plane answers ("us-east-1")
    bucket: ClassVar[tuple[float, float]] = (50.0, 5.0)  # request tokens: burst, refill per second
    resources: ClassVar[tuple[float, float]] = (0.0, 0.0)  # resource tokens: burst, refill per second; 0: none needed
    takes: ClassVar[int] = 400  # milliseconds an unimpaired API call takes

    region: Annotated[str, msgspec.Meta(extra={"role": "global"})] = ""  # --region; default: where the subject is

    def amount(self) -> int:
        """Return how many resource tokens the call takes: one for each instance that it asks for."""
        return 0

    def check(self, world: Any) -> Refusal | None:
        """Return why AWS would refuse this call now, or None. Never changes the world."""
        return None

    def run(self, world: Any, clock: Any, receipt: Any) -> Process:
        """Change the world: a process that runs once the API call was accepted."""
        yield from ()

    def output(self, world: Any, telemetry: Any) -> str:
        """Return what the call prints (``reads`` actions), from what an operator may know."""
        return ""

    @classmethod
    def drafts(cls, component: Any) -> dict[str, str]:
        """Return values to start a form with, by attribute, as the console writes them: to be changed."""
        return {}

    @classmethod
    def applies(cls, says: Mapping[str, str]) -> bool:
        """Tell whether it could change anything on a component of which this is said (``state``, ``role``)."""
        return True

    def refuse(self, code: str, message: str) -> Refusal:
        """Build a refusal of this operation in AWS's words."""
        return Refusal(code=code, message=message, operation=operation_of(self))


class Fault(msgspec.Struct, kw_only=True, tag_field="fault", forbid_unknown_fields=True):
    """What breaks. The tag is the AWS FIS action id where there is one. Other fields are the level's ``with``."""

    summary: ClassVar[str] = ""
    on: ClassVar[tuple[str, ...]] = ()  # kinds it can strike, or "zone", "region", "service"
    sources: ClassVar[tuple[str, ...]] = ()

    target: str = ""

    def problems(self, world: Any) -> Iterator[str]:
        """Yield what is wrong with this fault as a level wrote it."""
        yield from ()

    def strike(self, world: Any) -> None:
        """Break it, at once."""

    def clear(self, world: Any) -> None:
        """Undo what can be undone (``for`` has passed, or the script clears it)."""

    def recover(self, world: Any, share: float) -> None:
        """Bring back ``share`` (0 to 1, cumulative) of what was struck: a slow tail. Default: all of it at 1."""
        if share >= 1.0:
            self.clear(world)

    def aftermath(self, world: Any, clock: Any) -> Process:
        """What happens by itself after the strike: a process (a service's own failover, a host coming back)."""
        yield from ()


def operation_of(action: Any) -> str:
    """Return the operation of an action or its class: ``AssociateAddress``."""
    return str(action.__struct_config__.tag).split(":", 1)[1]


def service_of(action: Any) -> str:
    """Return the service of an action or its class: ``ec2``."""
    return str(action.__struct_config__.tag).split(":", 1)[0]


def unauthorized(action: Action, denied: list[str]) -> Refusal | None:
    """Return AWS's refusal where a service or operation is among the ``denied``, or None."""
    service, operation = service_of(action), operation_of(action)
    if service not in denied and f"{service}:{operation}" not in denied:
        return None
    if service == "ec2":
        return action.refuse("UnauthorizedOperation", "You are not authorized to perform this operation.")
    query = service in ("autoscaling", "cloudwatch", "elbv2", "rds", "route53", "cloudfront")
    user = "User: arn:aws:iam::123456789012:user/operator is not authorized to perform: "
    code = "AccessDenied" if query else "AccessDeniedException"
    return action.refuse(code, f"{user}{service}:{operation} because no identity-based policy allows it")


def subject_of(action: Action) -> str:
    """Return the name of the component an action is about, "" when it names none (of a list: the first)."""
    field = type(action).subject
    value = getattr(action, field, "") if field else ""
    if isinstance(value, list):
        value = value[0] if value else ""
    return str(value).partition("/")[0]


class Receipt(msgspec.Struct, kw_only=True):
    """One command in the World, from submission to its end. ``state``: waiting (for hands), calling, done, failed."""

    n: int
    at: int  # ms, when it was given
    author: str
    action: str  # tag
    subject: str = ""
    state: str = "waiting"
    error: str = ""  # AWS's code, when it failed after it was accepted
    message: str = ""
    done: int = -1  # ms


class Pending(msgspec.Struct, kw_only=True):
    """Something the calendar waits for: what, of which component, since when, until when (-1: until a condition)."""

    what: str
    who: str
    since: int
    until: int = -1
    shown: bool = False  # whether an operator can see it
