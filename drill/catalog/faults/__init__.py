"""What breaks. Each fault carries the id of its AWS FIS action where there is one."""

from drill.catalog.faults import gray, instances, places, planes

__all__ = ["gray", "instances", "places", "planes"]
