# ruff: noqa: E501 (a command line is a line)
"""Command lines as the AWS documentation writes them: taken where the drill models their options, else refused by name.

The forms are those of the AWS CLI reference and the services' user guides; names stand where AWS has ids.
"""

from __future__ import annotations

import pytest

from drill.console import ConsoleError, parse, render

TAKEN = """
aws ec2 run-instances --image-id web-ami --count 1 --instance-type t3.micro
aws ec2 run-instances --image-id web-ami --count 2:4 --instance-type m5.large --placement AvailabilityZone=use1-az2
aws ec2 run-instances --image-id web-ami --placement '{"AvailabilityZone":"us-east-1b"}' --region us-east-1
aws ec2 start-instances --instance-ids web-1 web-2
aws ec2 stop-instances --instance-ids web-1 --force
aws ec2 stop-instances --instance-ids '["web-1","web-2"]'
aws ec2 reboot-instances --instance-ids web-1 --no-cli-pager
aws ec2 terminate-instances --instance-ids=web-1
aws --region us-east-1 ec2 describe-instances
aws ec2 describe-instances --instance-ids web-1 web-2 --region=us-east-1
aws ec2 describe-instance-status --instance-ids web-1
aws ec2 describe-availability-zones --region us-east-1
aws ec2 modify-instance-attribute --instance-id web-1 --instance-type Value=m5.xlarge
aws ec2 modify-instance-attribute --instance-id web-1 --instance-type '{"Value": "m5.xlarge"}'
aws ec2 create-image --instance-id web-1 --name "My server" --no-reboot
aws ec2 copy-image --region us-west-2 --name web-ami --source-region us-east-1 --source-image-id web-ami
aws ec2 describe-images --image-ids web-ami
aws ec2 create-capacity-reservation --instance-type m5.large --instance-platform Linux/UNIX --availability-zone use1-az1 --instance-count 3
aws ec2 create-capacity-reservation --availability-zone use1-az1 --instance-type m5.large --instance-platform Linux/UNIX --instance-count 3 --end-date-type limited --end-date 2026-01-01T03:00:00Z
aws ec2 cancel-capacity-reservation --capacity-reservation-id held
aws ec2 describe-capacity-reservations
aws ec2 allocate-address
aws ec2 allocate-address --domain vpc
aws ec2 associate-address --instance-id web-1 --allocation-id web-ip
aws ec2 associate-address --allocation-id web-ip --instance-id web-1 --no-allow-reassociation
aws ec2 disassociate-address --association-id web-ip
aws ec2 release-address --allocation-id web-ip
aws ec2 describe-addresses --allocation-ids web-ip
aws ec2 create-snapshot --volume-id data --description "before the change"
aws ec2 describe-snapshots --snapshot-ids snap
aws ec2 copy-snapshot --region us-west-2 --source-region us-east-1 --source-snapshot-id snap
aws ec2 create-volume --availability-zone use1-az2 --snapshot-id snap
aws ec2 attach-volume --volume-id data --instance-id web-1 --device /dev/sdf
aws ec2 detach-volume --volume-id data --force
aws ec2 delete-volume --volume-id data
aws ec2 describe-volumes --volume-ids data
aws ec2 describe-volume-status --volume-ids data
aws ec2 enable-fast-snapshot-restores --availability-zones use1-az1 use1-az2 --source-snapshot-ids snap
aws ec2 create-nat-gateway --subnet-id public-1 --allocation-id web-ip
aws ec2 create-route --route-table-id routes --destination-cidr-block 0.0.0.0/0 --nat-gateway-id nat
aws ec2 replace-route --route-table-id routes --destination-cidr-block 0.0.0.0/0 --gateway-id internet
aws ec2 delete-route --route-table-id routes --destination-cidr-block 0.0.0.0/0
aws ec2 describe-route-tables --route-table-ids routes
aws ec2 describe-subnets --subnet-ids public-1
aws ec2 authorize-security-group-ingress --group-id sg --protocol tcp --port 443 --cidr 0.0.0.0/0
aws ec2 describe-security-groups --group-ids sg
aws ec2 create-network-acl-entry --network-acl-id acl --ingress --rule-number 100 --protocol tcp --port-range From=443,To=443 --cidr-block 0.0.0.0/0 --rule-action allow
aws ec2 delete-network-acl-entry --network-acl-id acl --ingress --rule-number 100
aws autoscaling set-desired-capacity --auto-scaling-group-name web --desired-capacity 2 --honor-cooldown
aws autoscaling update-auto-scaling-group --auto-scaling-group-name web --min-size 2 --max-size 10
aws autoscaling update-auto-scaling-group --auto-scaling-group-name web --availability-zones use1-az1 use1-az2
aws autoscaling update-auto-scaling-group --auto-scaling-group-name web --health-check-type ELB --health-check-grace-period 600
aws autoscaling update-auto-scaling-group --auto-scaling-group-name web --availability-zone-distribution CapacityDistributionStrategy=balanced-only
aws autoscaling suspend-processes --auto-scaling-group-name web --scaling-processes AlarmNotification AZRebalance
aws autoscaling resume-processes --auto-scaling-group-name web
aws autoscaling start-instance-refresh --auto-scaling-group-name web --preferences '{"InstanceWarmup": 60, "MinHealthyPercentage": 50}'
aws autoscaling start-instance-refresh --auto-scaling-group-name web --preferences '{"MinHealthyPercentage":90,"CheckpointPercentages":[20,50],"CheckpointDelay":3600}'
aws autoscaling put-warm-pool --auto-scaling-group-name web --min-size 2 --pool-state Stopped
aws autoscaling delete-warm-pool --auto-scaling-group-name web --force-delete
aws autoscaling describe-warm-pool --auto-scaling-group-name web
aws autoscaling set-instance-health --instance-id web-1 --health-status Unhealthy --no-should-respect-grace-period
aws autoscaling enter-standby --instance-ids web-1 --auto-scaling-group-name web --should-decrement-desired-capacity
aws autoscaling terminate-instance-in-auto-scaling-group --instance-id web-1 --no-should-decrement-desired-capacity
aws autoscaling put-scaling-policy --auto-scaling-group-name web --policy-name out --policy-type StepScaling --adjustment-type ChangeInCapacity --step-adjustments MetricIntervalLowerBound=0.0,MetricIntervalUpperBound=15.0,ScalingAdjustment=1 MetricIntervalLowerBound=15.0,ScalingAdjustment=3
aws autoscaling put-scaling-policy --policy-name cpu40 --auto-scaling-group-name web --policy-type TargetTrackingScaling --target-tracking-configuration '{"TargetValue": 40.0, "PredefinedMetricSpecification": {"PredefinedMetricType": "ASGAverageCPUUtilization"}}'
aws autoscaling put-scaling-policy --policy-name sqs --auto-scaling-group-name web --policy-type TargetTrackingScaling --target-tracking-configuration '{"TargetValue":100,"CustomizedMetricSpecification":{"MetricName":"backlog","Namespace":"Shop","Dimensions":[{"Name":"group","Value":"backlog"}],"Statistic":"Average"}}'
aws autoscaling put-scheduled-update-group-action --auto-scaling-group-name web --scheduled-action-name grow --start-time 2026-01-01T00:05:00Z --desired-capacity 6
aws autoscaling execute-policy --auto-scaling-group-name web --policy-name out --honor-cooldown
aws autoscaling describe-auto-scaling-groups --auto-scaling-group-names web
aws autoscaling describe-scaling-activities --auto-scaling-group-name web
aws elbv2 register-targets --target-group-arn alb --targets Id=web-1 Id=web-2
aws elbv2 deregister-targets --target-group-arn alb --targets Id=web-1
aws elbv2 describe-target-health --target-group-arn alb
aws elbv2 describe-load-balancers --names alb
aws elbv2 modify-target-group-attributes --target-group-arn alb --attributes Key=deregistration_delay.timeout_seconds,Value=600
aws elbv2 modify-target-group-attributes --target-group-arn alb --attributes Key=slow_start.duration_seconds,Value=30 Key=stickiness.enabled,Value=true
aws elbv2 modify-load-balancer-attributes --load-balancer-arn alb --attributes Key=zonal_shift.config.enabled,Value=true
aws elbv2 modify-target-group --target-group-arn alb --health-check-interval-seconds 10 --unhealthy-threshold-count 3
aws elbv2 set-subnets --load-balancer-arn alb --subnets public-1 public-2
aws arc-zonal-shift start-zonal-shift --resource-identifier alb --away-from use1-az1 --expires-in 10m --comment "Shifting traffic away"
aws arc-zonal-shift cancel-zonal-shift --zonal-shift-id alb-shift-1
aws route53 change-resource-record-sets --hosted-zone-id shop --change-batch '{"Comment":"fail over","Changes":[{"Action":"UPSERT","ResourceRecordSet":{"Name":"shop.example","Type":"A","SetIdentifier":"primary","Failover":"PRIMARY","AliasTarget":{"HostedZoneId":"Z1","DNSName":"west","EvaluateTargetHealth":true}}}]}'
aws route53 change-resource-record-sets --hosted-zone-id shop --change-batch '{"Changes":[{"Action":"UPSERT","ResourceRecordSet":{"Name":"shop.example","Type":"CNAME","TTL":60,"SetIdentifier":"a","Weight":0,"HealthCheckId":"check","ResourceRecords":[{"Value":"west"}]}}]}'
aws route53 create-health-check --caller-reference 2026-01-01-00:00 --health-check-config '{"Type":"HTTP","FullyQualifiedDomainName":"alb","RequestInterval":10,"FailureThreshold":3}'
aws route53 update-health-check --health-check-id shop/primary --inverted
aws route53 delete-health-check --health-check-id check
aws route53 get-health-check-status --health-check-id shop/primary
aws route53 get-change --id shop
aws route53 list-resource-record-sets --hosted-zone-id shop
aws route53-recovery-cluster update-routing-control-state --routing-control-arn switches/east --routing-control-state Off --region us-west-2
aws route53-recovery-cluster update-routing-control-states --update-routing-control-state-entries '[{"RoutingControlArn":"switches/east","RoutingControlState":"Off"},{"RoutingControlArn":"switches/west","RoutingControlState":"On"}]'
aws cloudfront create-invalidation --distribution-id cdn --invalidation-batch 'Paths={Quantity=1,Items=[/*]},CallerReference=now'
aws cloudfront get-distribution --id cdn
aws cloudfront get-distribution-config --id cdn
aws cloudfront update-distribution --id cdn --if-match E2 --distribution-config DefaultCacheBehavior={TargetOriginId=copy}
aws cloudwatch describe-alarms --alarm-names cpu
aws cloudwatch set-alarm-state --alarm-name cpu --state-value ALARM --state-reason "testing purposes"
aws cloudwatch disable-alarm-actions --alarm-names cpu
aws cloudwatch get-metric-data --metric-data-queries '[{"Id":"m1","MetricStat":{"Metric":{"Namespace":"AWS/EC2","MetricName":"CPUUtilization","Dimensions":[{"Name":"InstanceId","Value":"web-1"}]},"Period":60,"Stat":"Average"}}]' --start-time 2026-01-01T00:00:00Z --end-time 2026-01-01T01:00:00Z
aws cloudwatch put-metric-data --namespace Shop --metric-data MetricName=orders,Value=5,Unit=Count
aws rds reboot-db-instance --db-instance-identifier db --force-failover
aws rds promote-read-replica --db-instance-identifier db-west
aws rds describe-db-instances --db-instance-identifier db
"""

#: A line, and what in it the refusal names.
REFUSED = """
aws ec2 describe-instances --filters Name=instance-state-name,Values=running | --filters
aws ec2 describe-instances --query Reservations[].Instances[].InstanceId | --query
aws ec2 describe-instances --output table | --output
aws --output json ec2 describe-instances | --output
aws ec2 describe-instances --max-items 10 | --max-items
aws ec2 describe-instances --profile ops | --profile
aws ec2 run-instances --image-id web-ami --instance-type t3.micro --key-name MyKeyPair | --key-name
aws ec2 run-instances --image-id web-ami --subnet-id public-1 --security-group-ids sg | --subnet-id
aws ec2 run-instances --image-id web-ami --user-data file://install.sh | --user-data
aws ec2 run-instances --image-id web-ami --dry-run | --dry-run
aws ec2 run-instances --image-id web-ami --placement Tenancy=dedicated | "Tenancy"
aws ec2 run-instances --image-id web-ami --tag-specifications ResourceType=instance,Tags=[{Key=a,Value=b}] | --tag-specifications
aws ec2 stop-instances --instance-ids web-1 --hibernate | --hibernate
aws ec2 modify-instance-attribute --instance-id web-1 --disable-api-termination | --disable-api-termination
aws ec2 associate-address --instance-id web-1 --public-ip 203.0.113.5 | --public-ip
aws ec2 create-capacity-reservation --instance-type m5.large --instance-platform Linux/UNIX --availability-zone use1-az1 --instance-count 1 --tenancy dedicated | --tenancy
aws ec2 describe-volumes --filters Name=attachment.instance-id,Values=web-1 | --filters
aws autoscaling update-auto-scaling-group --auto-scaling-group-name web --max-instance-lifetime 604800 | --max-instance-lifetime
aws autoscaling start-instance-refresh --auto-scaling-group-name web --preferences AutoRollback=true | "AutoRollback"
aws autoscaling put-warm-pool --auto-scaling-group-name web --max-group-prepared-capacity 5 | --max-group-prepared-capacity
aws autoscaling complete-lifecycle-action --lifecycle-hook-name h --auto-scaling-group-name web --lifecycle-action-result CONTINUE | complete-lifecycle-action
aws elbv2 register-targets --target-group-arn alb --targets Id=web-1,Port=80 | "Port"
aws elbv2 describe-target-health --targets Id=web-1 --target-group-arn alb | --targets
aws elbv2 modify-target-group --target-group-arn alb --health-check-path /healthy | --health-check-path
aws elbv2 modify-listener --listener-arn alb --port 80 | modify-listener
aws route53 create-health-check --caller-reference x --health-check-config '{"Type":"HTTP","FullyQualifiedDomainName":"alb","ResourcePath":"/"}' | "ResourcePath"
aws cloudwatch put-metric-alarm --alarm-name cpu --metric-name CPUUtilization | put-metric-alarm
aws cloudwatch describe-alarms --state-value ALARM | --state-value
aws cloudwatch put-metric-data --namespace Shop --metric-name orders --value 5 | --metric-name
aws cloudfront update-distribution --id cdn --distribution-config '{"DefaultCacheBehavior":{"TargetOriginId":"copy","Compress":true}}' | "Compress"
aws s3api put-bucket-versioning --bucket b --versioning-configuration Status=Enabled | s3api
"""


@pytest.mark.parametrize("line", TAKEN.strip().splitlines())
def test_a_documented_line_is_taken(line: str) -> None:
    action = parse(line)
    assert parse(render(action)) == action


@pytest.mark.parametrize("row", REFUSED.strip().splitlines())
def test_what_is_not_modeled_is_refused_by_name(row: str) -> None:
    line, _, named = row.rpartition(" | ")
    with pytest.raises(ConsoleError) as refusal:
        parse(line)
    assert named in str(refusal.value)
