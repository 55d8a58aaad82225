"""Amazon RDS: instances with a standby, read replicas in other Regions, and the operations on them."""

MODULES = ("instance", "actions")
