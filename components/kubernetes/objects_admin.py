"""Makes the buckets of ECLUSE_BUCKETS, and gives each, new or not, its versioning and its policy."""

import contextlib
import json
import os

import boto3
from botocore.config import Config

# Network plugins let a new pod's connections pass a moment after it started: it tries for a minute or two.
patience = Config(retries={"mode": "standard", "max_attempts": 10})
client = boto3.client("s3", endpoint_url=os.environ["ECLUSE_OBJECTS"], config=patience)
for bucket in json.loads(os.environ["ECLUSE_BUCKETS"]):
    name = bucket["name"]
    with contextlib.suppress(client.exceptions.BucketAlreadyOwnedByYou):
        client.create_bucket(Bucket=name)
    if bucket["versioned"]:
        client.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    client.put_bucket_policy(Bucket=name, Policy=json.dumps(bucket["policy"]))
    print(f"{name}: {len(bucket['policy']['Statement'])} statements")
