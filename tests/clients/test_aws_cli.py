"""The AWS CLI against `bundletop serve`."""

import base64
import hashlib
import hmac
import json
import unittest
from datetime import datetime, timedelta

import worlds
from served import ClientTest, error

DRY_RUN = "Request would have succeeded, but DryRun flag is set."
SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"


class Describe(ClientTest):
    def setUp(self):
        self.server = self.serve(world=worlds.STILL)

    def ids(self, *arguments):
        tasks = self.ec2(self.server, "describe-bundle-tasks", *arguments)["BundleTasks"]
        return [int(bundle_id[-1]) for bundle_id in sorted(task["BundleId"] for task in tasks)]

    def test_every_member(self):
        described = self.ec2(self.server, "describe-bundle-tasks", "--bundle-ids", "bun-00000001")
        (task,) = described["BundleTasks"]
        started, updated = (
            datetime.fromisoformat(task.pop(name).replace("Z", "+00:00"))
            for name in ("StartTime", "UpdateTime")
        )
        since = updated - started
        self.assertLessEqual(abs(since - timedelta(minutes=12, seconds=-3)), timedelta(seconds=1))
        s3 = task.pop("Storage")["S3"]
        policy = json.loads(base64.b64decode(s3.pop("UploadPolicy")))
        self.assertEqual(policy, {"expiration": "2030-01-01T00:00:00Z", "conditions": []})
        self.assertEqual(
            task,
            {
                "BundleId": "bun-00000001",
                "InstanceId": "i-0123456789abcdef1",
                "State": "storing",
                "Progress": "72%",
            },
        )
        self.assertEqual(
            s3,
            {
                "Bucket": "bundletasks",
                "Prefix": "winami",
                "AWSAccessKeyId": "AKIAIOSFODNN7EXAMPLE",
                "UploadPolicySignature": "ZXhhbXBsZQ==",
            },
        )

    def test_a_failure(self):
        described = self.ec2(
            self.server, "describe-bundle-tasks", "--query", "BundleTasks[?BundleTaskError]"
        )
        (task,) = described
        self.assertEqual(
            task["BundleTaskError"], {"Code": "Client.S3Error", "Message": "AccessDenied(403)"}
        )

    def test_filters_and_wildcards(self):
        for filters, ids in [
            ([], [1, 2, 3, 4, 5, 6, 7]),
            (["Name=state,Values=c*,f?iled"], [5, 6, 7]),
            (["Name=s3-prefix,Values=win & <ami>,本番/ウェブ\\*"], [2, 4]),
            (["Name=state,Values=storing,complete", "Name=s3-bucket,Values=OTHER,other"], [6]),
        ]:
            with self.subTest(filters=filters):
                self.assertEqual(self.ids(*["--filters"][: len(filters)], *filters), ids)

    def test_what_is_refused(self):
        for arguments, code, message in [
            (
                ["--bundle-ids", "bun-00000001", "bun-ffffffff"],
                "InvalidBundleID.NotFound",
                "The bundle ID 'bun-ffffffff' does not exist",
            ),
            (
                ["--bundle-ids", "nope"],
                "InvalidParameterValue",
                "Value (nope) for parameter bundleId is invalid. Expected: 'bun-...'.",
            ),
            (
                ["--filters", "Name=states,Values=failed"],
                "InvalidParameterValue",
                "The filter 'states' is invalid",
            ),
            (["--dry-run"], "DryRunOperation", DRY_RUN),
        ]:
            with self.subTest(arguments=arguments):
                said = self.ec2(self.server, "describe-bundle-tasks", *arguments, code=255)
                self.assertEqual(said, error("DescribeBundleTasks", code, message))

    def test_other_actions_are_refused(self):
        said = self.ec2(self.server, "describe-instances", code=255)
        message = "The action DescribeInstances is not valid for this web service."
        self.assertEqual(said, error("DescribeInstances", "InvalidAction", message))

    def test_unsigned_requests_are_taken(self):
        count = self.ec2(
            self.server,
            "describe-bundle-tasks",
            "--no-sign-request",
            "--query",
            "length(BundleTasks)",
        )
        self.assertEqual(count, 7)

    def test_the_caller(self):
        self.assertEqual(
            self.aws(self.server, "sts", "get-caller-identity"),
            {
                "Account": "123456789012",
                "Arn": "arn:aws:iam::123456789012:user/demo",
                "UserId": "AIDACKCEVSQ6C2EXAMPLE",
            },
        )


class Cancel(ClientTest):
    def test_a_dry_run_and_then_the_cancel(self):
        server = self.serve(world=worlds.STILL)
        cancel = ["cancel-bundle-task", "--bundle-id", "bun-00000001"]
        said = self.ec2(server, *cancel, "--dry-run", code=255)
        self.assertEqual(said, error("CancelBundleTask", "DryRunOperation", DRY_RUN))
        task = self.ec2(server, *cancel)["BundleTask"]
        self.assertEqual((task["BundleId"], task["State"]), ("bun-00000001", "cancelling"))
        self.assertNotIn("Progress", task)
        said = self.ec2(server, *cancel, code=255)
        message = (
            "The bundle task 'bun-00000001' is in the state 'cancelling' and cannot be cancelled"
        )
        self.assertEqual(said, error("CancelBundleTask", "IncorrectState", message))

    def test_a_refused_dry_run(self):
        server = self.serve("--fault", "CancelBundleTask+DryRun:deny")
        cancel = ["cancel-bundle-task", "--bundle-id", "bun-2a4e041c"]
        said = self.ec2(server, *cancel, "--dry-run", code=255)
        message = "You are not authorized to perform this operation."
        self.assertEqual(said, error("CancelBundleTask", "UnauthorizedOperation", message))
        self.assertEqual(self.ec2(server, *cancel)["BundleTask"]["State"], "cancelling")

    def test_a_cancelled_task_is_no_longer_listed(self):
        server = self.serve(
            world={"tasks": [{"bundleId": "bun-00000001"}], "takes": {"cancelling": "3s"}}
        )
        task = self.ec2(server, "cancel-bundle-task", "--bundle-id", "bun-00000001")["BundleTask"]
        self.assertEqual(task["State"], "cancelling")
        listed = ["describe-bundle-tasks", "--query", "BundleTasks[].State"]
        seen = []
        self.until(
            lambda: seen.append(self.ec2(server, *listed)) or seen[-1], lambda now: now == []
        )
        self.assertEqual(seen, [["cancelling"]] * (len(seen) - 1) + [[]])
        named = ["describe-bundle-tasks", "--bundle-ids", "bun-00000001"]
        said = self.ec2(server, *named, code=255)
        message = "The bundle ID 'bun-00000001' does not exist"
        self.assertEqual(said, error("DescribeBundleTasks", "InvalidBundleID.NotFound", message))


class Bundle(ClientTest):
    INSTANCE = "i-1234567890abcdef0"

    def bundle(self, server, *more, code=0):
        return self.ec2(
            server,
            *["bundle-instance", "--instance-id", self.INSTANCE],
            *["--bucket", "images", "--prefix", "golden/web"],
            *["--owner-akid", "AKIAIOSFODNN7EXAMPLE", *more],
            code=code,
        )

    def signature(self, policy):
        digest = hmac.new(SECRET.encode(), policy.encode(), hashlib.sha1).digest()
        return base64.b64encode(digest).decode()

    def test_the_policy_that_the_client_makes(self):
        server = self.serve("--speed", "60", world=worlds.QUICK)
        task = self.bundle(server, "--owner-sak", SECRET)["BundleTask"]
        self.assertEqual((task["InstanceId"], task["State"]), (self.INSTANCE, "pending"))
        s3 = task["Storage"]["S3"]
        self.assertEqual(s3["UploadPolicySignature"], self.signature(s3["UploadPolicy"]))
        policy = json.loads(base64.b64decode(s3["UploadPolicy"]))
        self.assertEqual(
            policy["conditions"],
            [
                {"bucket": "images"},
                {"acl": "ec2-bundle-read"},
                ["starts-with", "$key", "golden/web"],
            ],
        )
        query = ["--query", "BundleTasks[0].[State, Storage]"]
        look = ["describe-bundle-tasks", "--bundle-ids", task["BundleId"], *query]
        state, storage = self.until(
            lambda: self.ec2(server, *look), lambda now: now[0] == "complete"
        )
        self.assertEqual((state, storage["S3"]), ("complete", s3))

    def test_own_policy_and_busy_instance(self):
        server = self.serve("--speed", "0.01")
        policy = json.dumps({"expiration": "2030-01-01T00:00:00Z", "conditions": []})
        own = ["--policy", policy, "--owner-sak", SECRET]
        s3 = self.bundle(server, *own)["BundleTask"]["Storage"]["S3"]
        self.assertEqual(base64.b64decode(s3["UploadPolicy"]).decode(), policy)
        self.assertEqual(s3["UploadPolicySignature"], self.signature(s3["UploadPolicy"]))
        said = self.bundle(server, *own, code=255)
        message = "The specified instance already has a bundling task in progress."
        self.assertEqual(said, error("BundleInstance", "BundlingInProgress", message))


class Wait(ClientTest):
    """The waiter polls every 15 seconds."""

    WAIT = ["wait", "bundle-task-complete", "--bundle-ids"]

    def test_until_complete(self):
        server = self.serve("--speed", "60", world=worlds.QUICK)
        self.ec2(server, *self.WAIT, "bun-00000001")
        look = ["describe-bundle-tasks", "--bundle-ids", "bun-00000001"]
        (task,) = self.ec2(server, *look)["BundleTasks"]
        self.assertEqual((task["State"], task["Progress"]), ("complete", "100%"))

    def test_a_failed_task_ends_the_wait(self):
        server = self.serve("--speed", "60", world=worlds.QUICK)
        said = self.ec2(server, *self.WAIT, "bun-00000002", code=255)
        self.assertIn("Waiter BundleTaskComplete failed", said)
        self.assertIn("terminal failure state", said)


if __name__ == "__main__":
    unittest.main()
