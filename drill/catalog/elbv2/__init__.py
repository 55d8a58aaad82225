"""Elastic Load Balancing: Application Load Balancers, their targets' health, and the operations on them."""

MODULES = ("balancer", "actions", "network", "attributes")
