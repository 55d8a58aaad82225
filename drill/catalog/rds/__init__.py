"""Amazon RDS: instances with a standby, read replicas in other Regions, and the operations on them."""

from drill.catalog.rds import actions, instance

__all__ = ["actions", "instance"]
