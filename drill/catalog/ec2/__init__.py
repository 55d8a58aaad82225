"""Amazon EC2: instances, images, capacity, Elastic IP addresses, EBS volumes and snapshots, and their operations."""

from drill.catalog.ec2 import (
    actions,
    address,
    capacity,
    faults,
    images,
    instance,
    launch,
    resize,
    snapshot_actions,
    snapshots,
    volume_actions,
    volumes,
)

__all__ = [
    "actions",
    "address",
    "capacity",
    "faults",
    "images",
    "instance",
    "launch",
    "resize",
    "snapshot_actions",
    "snapshots",
    "volume_actions",
    "volumes",
]
