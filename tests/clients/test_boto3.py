"""boto3 against `bundletop serve`."""

import json
import unittest
from datetime import datetime

import worlds
from botocore.exceptions import ClientError, WaiterError
from served import ClientTest, states

CANCELLABLE = "bun-00000001"
STORAGE = {
    "Bucket": "images",
    "Prefix": "golden/ウェブ",
    "AWSAccessKeyId": "AKIAIOSFODNN7EXAMPLE",
    "UploadPolicy": b'{"expiration": "2030-01-01T00:00:00Z", "conditions": []}',
    "UploadPolicySignature": "ZXhhbXBsZQ==",
}


class Describe(ClientTest):
    def setUp(self):
        self.client = self.boto3(self.serve(world=worlds.STILL))

    def refused(self, code, **parameters):
        with self.assertRaises(ClientError) as refused:
            self.client.describe_bundle_tasks(**parameters)
        self.assert_error(refused, code, 400)
        return refused.exception.response["Error"]["Message"]

    def test_every_member(self):
        answer = self.client.describe_bundle_tasks()
        metadata = answer["ResponseMetadata"]
        headers = metadata["HTTPHeaders"]
        self.assertEqual(metadata["HTTPStatusCode"], 200)
        self.assertEqual(metadata["RequestId"], headers["x-amzn-requestid"])
        self.assertEqual(headers["content-type"], "text/xml;charset=UTF-8")
        tasks = {task["BundleId"]: task for task in answer["BundleTasks"]}
        self.assertEqual(sorted(tasks), [f"bun-{number:08x}" for number in range(1, 8)])
        for task in tasks.values():
            for time in (task.pop("StartTime"), task.pop("UpdateTime")):
                self.assertIsInstance(time, datetime)
                self.assertIsNotNone(time.tzinfo)
        full = tasks["bun-00000001"]
        # botocore's model has the policy as a string of Base64.
        full["Storage"]["S3"].pop("UploadPolicy")
        self.assertEqual(
            full,
            {
                "BundleId": "bun-00000001",
                "InstanceId": "i-0123456789abcdef1",
                "State": "storing",
                "Progress": "72%",
                "Storage": {
                    "S3": {
                        "Bucket": "bundletasks",
                        "Prefix": "winami",
                        "AWSAccessKeyId": "AKIAIOSFODNN7EXAMPLE",
                        "UploadPolicySignature": "ZXhhbXBsZQ==",
                    }
                },
            },
        )
        self.assertEqual(tasks["bun-00000005"], {"BundleId": "bun-00000005", "State": "cancelling"})
        self.assertEqual(tasks["bun-00000004"]["Storage"], {"S3": {"Prefix": "本番/ウェブ*"}})
        self.assertEqual(
            tasks["bun-00000007"]["BundleTaskError"],
            {"Code": "Client.S3Error", "Message": "AccessDenied(403)"},
        )

    def test_empty_lists_and_filters(self):
        self.assertEqual(len(states(self.client, BundleIds=[], Filters=[])), 7)
        by_state = [{"Name": "state", "Values": ["?ending", "st*"]}]
        self.assertEqual(
            set(states(self.client, Filters=by_state).values()), {"pending", "storing"}
        )
        for name, value, number in [
            ("s3-prefix", "WIN*", None),
            ("s3-prefix", "win?ami", 1),
            ("progress", "72%", 1),
            ("error-code", "Client.*", 7),
            ("instance-id", "i-0*1", 1),
        ]:
            wanted = [f"bun-{number:08x}"] if number else []
            listed = states(self.client, Filters=[{"Name": name, "Values": [value]}])
            self.assertEqual(list(listed), wanted, name)
        both = [*by_state, {"Name": "s3-prefix", "Values": ["win & <ami>", "+ %"]}]
        self.assertEqual(list(states(self.client, Filters=both)), ["bun-00000002"])

    def test_the_limits_of_filters(self):
        def filters(count=1, values=1, length=1):
            return [{"Name": "s3-prefix", "Values": ["é" * length] * values}] * count

        most = filters(count=50, values=200)
        self.assertEqual(states(self.client, Filters=most), {})
        self.assertEqual(states(self.client, Filters=filters(length=255)), {})
        for beyond in (filters(count=51), filters(values=201), filters(length=256)):
            message = self.refused("FilterLimitExceeded", Filters=beyond)
            self.assertRegex(message, "^The maximum .* is (50|200|255 characters)$")

    def test_values_that_are_refused(self):
        self.refused("InvalidBundleID.NotFound", BundleIds=["bun-ffffffff"])
        self.refused("InvalidParameterValue", BundleIds=["nope"])
        self.refused("InvalidParameterValue", Filters=[{"Name": "State", "Values": ["failed"]}])
        self.refused("InvalidParameterValue", Filters=[{"Name": "state", "Values": []}])

    def test_a_body_over_the_size_limit(self):
        ids = [f"bun-{number:08x}" for number in range(100_000)]
        with self.assertRaises(ClientError) as refused:
            self.client.describe_bundle_tasks(BundleIds=ids)
        self.assert_error(refused, "RequestEntityTooLarge", 413)
        self.assertEqual(len(states(self.client)), 7)


class DryRun(ClientTest):
    def test_it_is_412_and_changes_nothing(self):
        client = self.boto3(self.serve(world=worlds.STILL))
        bundle = {"InstanceId": "i-12345678", "Storage": {"S3": STORAGE}}
        for call, parameters in [
            (client.describe_bundle_tasks, {}),
            (client.cancel_bundle_task, {"BundleId": CANCELLABLE}),
            (client.bundle_instance, bundle),
        ]:
            with self.assertRaises(ClientError) as refused:
                call(**parameters, DryRun=True)
            self.assert_error(refused, "DryRunOperation", 412)
        listed = states(client)
        self.assertEqual((len(listed), listed[CANCELLABLE]), (7, "storing"))

    def test_it_is_403_without_permission(self):
        client = self.boto3(self.serve("--fault", "deny", world=worlds.STILL))
        with self.assertRaises(ClientError) as refused:
            client.cancel_bundle_task(BundleId=CANCELLABLE, DryRun=True)
        self.assert_error(refused, "UnauthorizedOperation", 403)


class Bundle(ClientTest):
    def test_a_task_passes_through_all_states(self):
        client = self.boto3(self.serve("--speed", "60", world=worlds.QUICK))
        parameters = {"InstanceId": "i-12345678", "Storage": {"S3": STORAGE}}
        task = client.bundle_instance(**parameters)["BundleTask"]
        self.assertEqual(task["State"], "pending")
        self.assertEqual(json.loads(task["Storage"]["S3"]["UploadPolicy"])["conditions"], [])
        with self.assertRaises(ClientError) as refused:
            client.bundle_instance(**parameters)
        self.assert_error(refused, "BundlingInProgress", 400)
        seen = []

        def look():
            (now,) = client.describe_bundle_tasks(BundleIds=[task["BundleId"]])["BundleTasks"]
            if now["State"] not in seen:
                seen.append(now["State"])
            self.assertEqual(now["Storage"], task["Storage"])
            self.assertEqual(now["StartTime"], task["StartTime"])
            self.assertEqual("Progress" in now, now["State"] in ("bundling", "storing", "complete"))
            return now["State"]

        self.until(look, lambda state: state == "complete")
        life = ["pending", "waiting-for-shutdown", "bundling", "storing", "complete"]
        self.assertEqual([state for state in life if state in seen], seen)

    def test_what_must_be_there(self):
        client = self.boto3(self.serve(world=worlds.STILL))
        for instance, storage, code in [
            ("i-12345678", {}, "MissingParameter"),
            ("i-12345678", {"S3": {"Bucket": "images"}}, "MissingParameter"),
            ("i-123", {"S3": STORAGE}, "InvalidInstanceID.Malformed"),
        ]:
            with self.assertRaises(ClientError) as refused:
                client.bundle_instance(InstanceId=instance, Storage=storage)
            self.assert_error(refused, code, 400)


class Cancel(ClientTest):
    def test_it_is_cancelling_until_it_is_no_longer_listed(self):
        client = self.boto3(self.serve("--speed", "60", world=worlds.QUICK))
        task = client.cancel_bundle_task(BundleId=CANCELLABLE)["BundleTask"]
        self.assertEqual(task["State"], "cancelling")
        seen = set()

        def is_listed():
            listed = states(client)
            seen.update(state for state in [listed.get(CANCELLABLE)] if state)
            return CANCELLABLE in listed

        self.until(is_listed, lambda listed: not listed)
        self.assertLessEqual(seen, {"cancelling"})
        with self.assertRaises(ClientError) as refused:
            client.cancel_bundle_task(BundleId=CANCELLABLE)
        self.assert_error(refused, "InvalidBundleID.NotFound", 400)

    def test_what_is_over_cannot_be_cancelled(self):
        client = self.boto3(self.serve(world=worlds.STILL))
        for bundle_id in ("bun-00000005", "bun-00000006", "bun-00000007"):
            with self.assertRaises(ClientError) as refused:
                client.cancel_bundle_task(BundleId=bundle_id)
            self.assert_error(refused, "IncorrectState", 400)


class Wait(ClientTest):
    def wait(self, bundle_id):
        client = self.boto3(self.serve("--speed", "60", world=worlds.QUICK))
        config = {"Delay": 1, "MaxAttempts": 300}
        waiter = client.get_waiter("bundle_task_complete")
        waiter.wait(BundleIds=[bundle_id], WaiterConfig=config)
        return states(client, BundleIds=[bundle_id])[bundle_id]

    def test_until_complete(self):
        self.assertEqual(self.wait("bun-00000001"), "complete")

    def test_a_failed_task_ends_the_wait(self):
        with self.assertRaisesRegex(WaiterError, "terminal failure state"):
            self.wait("bun-00000002")


class Form(ClientTest):
    """Requests that boto3 does not send, but other clients might."""

    def test_any_order_and_any_charset(self):
        server = self.serve(world=worlds.STILL)
        for content_type in (
            "application/x-www-form-urlencoded",
            "application/x-www-form-urlencoded; charset=utf-8",
            "application/x-www-form-urlencoded;charset=UTF-8",
        ):
            body = (
                "Version=2016-11-15&Filter.2.Value.7=win+%26%20<ami>&Filter.2.Name=s3-prefix"
                "&Action=DescribeBundleTasks"
            )
            answer = server.post(body, content_type)
            self.assertIn("<bundleId>bun-00000002</bundleId>", answer)
            self.assertEqual(answer.count("<item>"), 1)


class Caller(ClientTest):
    def test_it_is_named(self):
        caller = self.boto3(self.serve(), "sts").get_caller_identity()
        self.assertEqual(caller["Account"], "123456789012")
        self.assertEqual(caller["Arn"], "arn:aws:iam::123456789012:user/demo")


if __name__ == "__main__":
    unittest.main()
