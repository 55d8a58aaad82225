"""Elastic Load Balancing: Application Load Balancers, their targets' health, and the operations on them."""

from drill.catalog.elbv2 import actions, attributes, balancer, network

__all__ = ["actions", "attributes", "balancer", "network"]
