"""What alarms do by themselves when they change state: scale a group, recover, reboot or stop a server, notify."""

from __future__ import annotations

from typing import Any

from drill.catalog.cloudwatch import ACTIONS_OFF
from drill.console import from_log
from drill.engine.alarms import Alarm
from drill.level.level import AlarmAction
from drill.model.command import Action, Receipt
from drill.model.component import Process
from drill.model.units import MINUTE


class AlarmActions:
    """Carries out what alarms do on their own. What it remembers is in the World's flags."""

    def __init__(self, sim: Any) -> None:
        self.sim = sim
        telemetry, specs = sim.telemetry, sim.level.telemetry.alarms
        self.rows: list[tuple[Alarm, list[AlarmAction]]] = []
        for alarm in [*telemetry.alarms, *telemetry.composites]:
            base = alarm.name.removesuffix(f"-{alarm.zone}") if alarm.zone else alarm.name
            if specs[base].actions:
                self.rows.append((alarm, specs[base].actions))

    def look(self) -> None:
        """Start the actions of every alarm whose state is another than when this last looked."""
        flags, clock = self.sim.world.flags, self.sim.clock
        for alarm, actions in self.rows:
            state = self.sim.telemetry.state_of(alarm)
            before, spell = flags.get(f"acted/{alarm.name}", ("OK", 0))
            if state == before:
                continue
            flags[f"acted/{alarm.name}"] = (state, spell + 1)
            for action in actions:
                if action.state == state:
                    clock.start(self._acts(alarm, action, (state, spell + 1)))

    def _acts(self, alarm: Alarm, action: AlarmAction, spell: tuple[str, int]) -> Process:
        """Act once; a scaling policy again each minute for as long as the alarm stays as it is."""
        flags, clock = self.sim.world.flags, self.sim.clock
        while True:
            if f"{ACTIONS_OFF}{alarm.name}" not in flags:
                self._act(alarm, action)
            if not action.policy:
                return
            yield clock.wait(MINUTE, "alarm action", action.of)
            if flags.get(f"acted/{alarm.name}") != spell:
                return

    def _act(self, alarm: Alarm, action: AlarmAction) -> None:
        if action.notify:
            self.sim.notify("alarm", action.notify, alarm.name)
        elif action.policy:
            self._scale(alarm, action)
        elif action.recover:
            self._recover(action.recover)
        elif action.reboot:
            self._ec2("RebootInstances", action.reboot)
        else:
            self._ec2("StopInstances", action.stop)

    def _scale(self, alarm: Alarm, action: AlarmAction) -> None:
        from drill.catalog.autoscaling import scaling
        from drill.catalog.autoscaling.group import Group

        world, group = self.sim.world, self.sim.world.components.get(action.of)
        if not isinstance(group, Group) or action.policy not in group.policies:
            return
        if not group.active("AlarmNotification") or world.plane("autoscaling", group.region).down:
            return
        threshold = alarm.above if alarm.above is not None else alarm.below or 0.0
        value = threshold if alarm.value is None else alarm.value
        because = f"alarm {alarm.name} is in {self.sim.telemetry.state_of(alarm)}"
        scaling.execute(group, action.policy, value, self.sim.clock, threshold, because)

    def _recover(self, name: str) -> None:
        from drill.catalog.ec2.instance import Instance

        world, found = self.sim.world, self.sim.world.components.get(name)
        if isinstance(found, Instance) and not world.plane("ec2", found.region).down:
            self.sim.clock.start(found.recover(world, self.sim.clock))

    def _ec2(self, operation: str, instance: str) -> None:
        """EC2 does it for CloudWatch, if it would do it for anybody."""
        world, clock = self.sim.world, self.sim.clock
        action: Action = from_log({"api": f"ec2:{operation}", "InstanceIds": [instance]})
        down = world.plane("ec2", self.sim.scope_of(action)).down
        if not down and action.check(world) is None:
            clock.start(action.run(world, clock, Receipt(n=0, at=clock.now, author="alarm", action="")))
