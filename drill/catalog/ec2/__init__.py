"""Amazon EC2: instances, Elastic IP addresses, and the operations on them."""

from drill.catalog.ec2 import actions, address, instance

__all__ = ["actions", "address", "instance"]
