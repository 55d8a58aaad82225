"""Elastic Load Balancing: Application Load Balancers, their targets' health, and the operations on them."""

from drill.catalog.elbv2 import actions, balancer

__all__ = ["actions", "balancer"]
