"""An AMI that only instances know is found where an operator looks for it: in what describe calls show, by Tab."""

from __future__ import annotations

from drill.catalog.ec2.launch import RunInstances
from drill.console import prefill
from drill.console.completion import complete
from drill.model.command import Receipt
from tests.engine.lab import Lab, tree

WEB = {"web": {"kind": "ec2.instance", "zone": "use1-az1", "image": "shop-7"}}
USERS = {"users": {"enters": "web", "rate": "10/s"}}


def test_the_ami_of_an_instance_is_shown_completed_and_drafted() -> None:
    lab = Lab(tree(WEB, USERS))
    head, row = lab.output("aws ec2 describe-instances").splitlines()
    assert head.split().index("ImageId") == row.split().index("shop-7")
    offers = complete("aws ec2 run-instances --image-id sh", lab.world)
    assert [offer.text for offer in offers] == ["aws ec2 run-instances --image-id shop-7 "]
    assert prefill(RunInstances, lab["web"])["image_id"] == "shop-7"
    assert isinstance(lab.do("aws ec2 run-instances --image-id shop-7"), Receipt)
