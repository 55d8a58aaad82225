"""Amazon CloudFront: distributions, what their cache spares the origin, and the operations on them."""

MODULES = ("distribution", "actions")
