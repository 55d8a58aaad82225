"""The catalogue: one file (or folder) per AWS service. Importing this package registers all of it."""

from drill.catalog import (
    arc,
    autoscaling,
    cloudfront,
    cloudwatch,
    ec2,
    elbv2,
    faults,
    ops,
    outside,
    rds,
    route53,
    s3,
    shedding,
    vpc,
)

__all__ = [
    "arc",
    "autoscaling",
    "cloudfront",
    "cloudwatch",
    "ec2",
    "elbv2",
    "faults",
    "ops",
    "outside",
    "rds",
    "route53",
    "s3",
    "shedding",
    "vpc",
]
