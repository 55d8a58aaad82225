"""Amazon CloudFront: distributions, what their cache spares the origin, and the operations on them."""

from drill.catalog.cloudfront import actions, distribution

__all__ = ["actions", "distribution"]
