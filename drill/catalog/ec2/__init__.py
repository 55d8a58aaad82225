"""Amazon EC2: instances, images, capacity, Elastic IP addresses, EBS volumes and snapshots, and their operations."""

MODULES = (
    "instance",
    "address",
    "actions",
    "launch",
    "volumes",
    "volume_actions",
    "snapshots",
    "snapshot_actions",
    "images",
    "resize",
    "capacity",
    "faults",
)
