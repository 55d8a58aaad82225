"""Amazon VPC: subnets, routes, gateways and packet filters, and the operations on them."""

MODULES = (
    "addresses",
    "routes",
    "groups",
    "acls",
    "transit",
    "route_actions",
    "nat_actions",
    "group_actions",
    "acl_actions",
    "transit_actions",
    "faults",
)
