"""What people do outside AWS: declare an incident, post a status, look things up, ask. The service ``ops``."""

from typing import Annotated, Any

from drill.model.command import Action, Refusal
from drill.model.component import Process, ref
from drill.model.units import Duration, Share
from drill.model.world import Notice, World


class DeclareIncident(Action, kw_only=True, tag="ops:DeclareIncident"):
    """Declare an incident: others start to help, and the time to declare is measured from true impact."""

    summary = "Declare an incident"
    takes = 0

    severity: int = 1
    text: str = ""

    def check(self, world: World) -> Refusal | None:
        """Refuse severities that do not exist."""
        if not 1 <= self.severity <= 5:
            return self.refuse("ValidationError", "severity is 1 (worst) to 5")
        return None


class PostStatus(Action, kw_only=True, tag="ops:PostStatus"):
    """Post a status update that users can read.

    ``impact`` says which share of requests fails, ``eta`` in how long all will be well; the debrief compares.
    """

    summary = "Post a status update"
    takes = 0

    text: str
    impact: str = ""
    eta: str = ""

    def check(self, world: World) -> Refusal | None:
        """Refuse an impact that is no share and a time that is none."""
        for kind, text, such in ((Share, self.impact, "impact is a share such as 40%"),
                                 (Duration, self.eta, "eta is a time such as 10m")):  # fmt: skip
            try:
                said = kind.parse(text) if text else 0
            except ValueError:
                return self.refuse("ValidationError", such)
            if not 0 <= said <= (1 if kind is Share else 86_400_000):
                return self.refuse("ValidationError", such)
        return None


class Assign(Action, kw_only=True, tag="ops:Assign"):
    """Give a task to somebody, so that everybody can see who does what."""

    summary = "Give a task to somebody"
    takes = 0

    to: str
    task: str


class Ask(Action, kw_only=True, tag="ops:Ask"):
    """Ask somebody to find something out. It takes their time; the answer comes in the feed."""

    summary = "Ask somebody to find something out"
    takes = 0
    reads = True

    question: str


class Answer(Action, kw_only=True, tag="ops:Answer"):
    """Answer a question that the feed asks. There is one answer to each, and it stands."""

    summary = "Answer a question in the feed"
    subject = "question"
    takes = 0

    question: str
    choice: str

    def check(self, world: World) -> Refusal | None:
        """Refuse what was not asked, what is answered or closed, and what cannot be chosen."""
        asked = world.flags.get(f"question/{self.question}")
        if asked is None:
            return self.refuse("NoQuestion", f"nobody has asked {self.question}")
        if asked["answer"]:
            return self.refuse("QuestionClosed", f"{self.question} is closed: {asked['answer']}")
        if self.choice not in asked["choices"]:
            return self.refuse("NoChoice", f"choose one of {', '.join(asked['choices'])}")
        return None

    def run(self, world: World, clock: Any, receipt: Any) -> Process:
        """Let the answer stand; who listens finds it as the message ``question/choice``."""
        world.flags[f"question/{self.question}"]["answer"] = self.choice
        world.notices.append(Notice(at=clock.now, source=receipt.author, id=f"{self.question}/{self.choice}"))
        yield from ()


class BuyHint(Action, kw_only=True, tag="ops:BuyHint"):
    """Buy the next hint. Its price comes off the points; it never turns a win into a loss."""

    summary = "Buy the next hint"
    takes = 0

    hint_id: str


class Dig(Action, kw_only=True, tag="ops:Dig"):
    """Ask DNS what a name answers now."""

    summary = "What does DNS answer now?"
    on = ("route53.record", "elb.application-load-balancer")
    subject = positional = "name"
    reads = True
    takes = 300

    name: Annotated[str, ref("route53.record", "elb.application-load-balancer")]

    def output(self, world: World, telemetry: Any) -> str:
        """Return the answer section."""
        component = next((c for n, c in world.components.items() if self.name in (n, getattr(c, "domain", n))), None)
        shares = component.answer(world) if component is not None else None
        if component is None or shares is None:
            return f";; {self.name}: NXDOMAIN"
        ttl = component.ttl_seconds(world)
        return "\n".join(f"{self.name}. {ttl} IN A {target}" for target in shares)


class Curl(Action, kw_only=True, tag="ops:Curl"):
    """Send one request from outside and see how it ends."""

    summary = "Send one request from outside"
    on = ("route53.record", "elb.application-load-balancer", "ec2.elastic-ip", "ec2.instance")
    subject = positional = "name"
    reads = True
    takes = 1_000

    name: Annotated[str, ref()]

    def output(self, world: World, telemetry: Any) -> str:
        """Return the status line, or how it failed."""
        names = [n for n, c in world.components.items() if self.name in (n, getattr(c, "domain", n))]
        if not names:
            return f"curl: (6) Could not resolve host: {self.name}"
        return str(telemetry.probe(names[0]))
