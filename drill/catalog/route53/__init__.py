"""Amazon Route 53: records that fail over by health checks, and the operations on them."""

from drill.catalog.route53 import actions, check_actions, checks, record

__all__ = ["actions", "check_actions", "checks", "record"]
