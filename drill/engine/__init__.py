"""Engine: the calendar, the flow of traffic, control planes, telemetry and rules. Everything that makes time pass."""
