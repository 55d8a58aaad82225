"""Amazon VPC: subnets, routes, gateways and packet filters, and the operations on them."""

from drill.catalog.vpc import (
    acl_actions,
    acls,
    addresses,
    faults,
    group_actions,
    groups,
    nat_actions,
    route_actions,
    routes,
    transit,
    transit_actions,
)

__all__ = [
    "acl_actions",
    "acls",
    "addresses",
    "faults",
    "group_actions",
    "groups",
    "nat_actions",
    "route_actions",
    "routes",
    "transit",
    "transit_actions",
]
