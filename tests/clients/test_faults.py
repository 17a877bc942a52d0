"""Every fault of `bundletop serve --fault`, as the AWS CLI and boto3 see it."""

import time
import unittest

import worlds
from botocore.exceptions import (
    ClientError,
    ConnectionClosedError,
    ReadTimeoutError,
)
from botocore.parsers import ResponseParserError
from served import ClientTest, error, states

TASK = "bun-00000001"


class FaultTest(ClientTest):
    def with_faults(self, *faults, **more):
        """A server with these faults, and a client of it that tries once."""
        options = [word for fault in faults for word in ("--fault", fault)]
        server = self.serve(*options, world=worlds.STILL)
        return server, self.boto3(server, **more)


class Errors(FaultTest):
    def test_retries_get_through_the_first_throttled_requests(self):
        server, client = self.with_faults("throttle@2", attempts=3)
        answer = client.describe_bundle_tasks()
        self.assertEqual(answer["ResponseMetadata"]["RetryAttempts"], 2)
        server, _ = self.with_faults("DescribeBundleTasks:throttle@2")
        described = self.ec2(server, "describe-bundle-tasks", AWS_MAX_ATTEMPTS="3")
        self.assertEqual(len(described["BundleTasks"]), 7)

    def test_without_retries_it_is_the_first_throttled_request(self):
        server, _ = self.with_faults("throttle@2")
        said = self.ec2(server, "describe-bundle-tasks", code=255, AWS_MAX_ATTEMPTS="1")
        self.assertRegex(said, r"\(RequestLimitExceeded\).*: Request limit exceeded\.$")

    def test_each_is_ec2s(self):
        for fault, code, status in [
            ("throttle", "RequestLimitExceeded", 503),
            ("internal-error", "InternalError", 500),
            ("deny", "UnauthorizedOperation", 403),
            ("expired", "RequestExpired", 400),
            ("error=ExpiredToken", "ExpiredToken", 400),
            ("error=AuthFailure", "AuthFailure", 401),
            ("error=OptInRequired", "OptInRequired", 401),
            ("error=Unavailable", "Unavailable", 503),
            ("error=BundlingInProgress", "BundlingInProgress", 400),
            ("error=IncorrectState", "IncorrectState", 400),
            ("error=InvalidBundleID.NotFound", "InvalidBundleID.NotFound", 400),
        ]:
            with self.subTest(fault):
                _, client = self.with_faults(f"CancelBundleTask:{fault}")
                for dry_run in (False, True):
                    with self.assertRaises(ClientError) as refused:
                        client.cancel_bundle_task(BundleId=TASK, DryRun=dry_run)
                    self.assert_error(refused, code, status)
                self.assertEqual(states(client)[TASK], "storing")

    def test_an_internal_error_is_tried_again(self):
        server, client = self.with_faults("internal-error@1", attempts=2)
        answer = client.describe_bundle_tasks()
        self.assertEqual(answer["ResponseMetadata"]["RetryAttempts"], 1)
        server, _ = self.with_faults("internal-error")
        said = self.ec2(server, "describe-bundle-tasks", code=255, AWS_MAX_ATTEMPTS="1")
        self.assertRegex(said, r"\(InternalError\).*: An internal error has occurred$")

    def test_an_expired_session(self):
        for fault, code, message in [
            ("expired", "RequestExpired", "Request has expired."),
            (
                "error=ExpiredToken",
                "ExpiredToken",
                "The security token included in the request is expired",
            ),
        ]:
            server, _ = self.with_faults(fault)
            said = self.ec2(server, "describe-bundle-tasks", code=255)
            self.assertEqual(said, error("DescribeBundleTasks", code, message))

    def test_sts_has_its_own_errors(self):
        server, _ = self.with_faults("GetCallerIdentity:expired")
        said = self.aws(server, "sts", "get-caller-identity", code=255)
        message = "The security token included in the request is expired"
        self.assertEqual(said, error("GetCallerIdentity", "ExpiredToken", message))

    def test_the_token_bucket(self):
        # Its clock is slow, so that the bucket is hardly refilled while the requests are counted.
        server = self.serve("--fault", "throttle=bucket", "--speed", "0.01", world=worlds.STILL)
        client = self.boto3(server)
        granted = 0
        with self.assertRaises(ClientError) as refused:
            while granted < 1000:
                try:
                    client.cancel_bundle_task(BundleId=TASK, DryRun=True)
                except ClientError as refusal:
                    if refusal.response["Error"]["Code"] != "DryRunOperation":
                        raise
                granted += 1
        self.assert_error(refused, "RequestLimitExceeded", 503)
        self.assertGreaterEqual(granted, 50)
        self.assertEqual(len(states(client)), 7)


class Randomness(FaultTest):
    def test_the_same_seed_hits_the_same_requests(self):
        runs = []
        for seed in ("7", "7", "8"):
            server = self.serve("--seed", seed, "--fault", "throttle@50%", world=worlds.STILL)
            client = self.boto3(server)
            run = []
            for _ in range(30):
                try:
                    run.append(list(states(client)))
                except ClientError as refused:
                    run.append(refused.response["ResponseMetadata"]["RequestId"])
            runs.append(run)
        self.assertEqual(runs[0], runs[1])
        self.assertNotEqual(runs[0], runs[2])
        self.assertEqual({type(one) for one in runs[0]}, {list, str})


class LostAnswers(FaultTest):
    def test_a_late_answer_is_whole(self):
        _, client = self.with_faults("DescribeBundleTasks:latency=300ms")
        asked = time.monotonic()
        self.assertEqual(len(states(client)), 7)
        self.assertGreaterEqual(time.monotonic() - asked, 0.3)

    def test_a_client_that_does_not_wait_so_long(self):
        server, _ = self.with_faults("CancelBundleTask:latency=1h")
        cancel = ["cancel-bundle-task", "--bundle-id", TASK, "--cli-read-timeout", "1"]
        said = self.ec2(server, *cancel, code=255, AWS_MAX_ATTEMPTS="1")
        self.assertIn("Read timeout on endpoint URL", said)
        self.assertEqual(states(self.boto3(server))[TASK], "cancelling")

    def test_no_answer_at_all(self):
        for fault, state in [("hang", "cancelling"), ("hang=before", "storing")]:
            _, client = self.with_faults(f"CancelBundleTask:{fault}", read_timeout=1)
            with self.assertRaises(ReadTimeoutError):
                client.cancel_bundle_task(BundleId=TASK)
            self.assertEqual(states(client)[TASK], state, fault)

    def test_a_connection_that_ends(self):
        for fault, state in [("drop", "cancelling"), ("drop=before", "storing")]:
            _, client = self.with_faults(f"CancelBundleTask-DryRun:{fault}")
            with self.assertRaises(ClientError) as refused:
                client.cancel_bundle_task(BundleId=TASK, DryRun=True)
            self.assert_error(refused, "DryRunOperation", 412)
            with self.assertRaises(ConnectionClosedError):
                client.cancel_bundle_task(BundleId=TASK)
            self.assertEqual(states(client)[TASK], state, fault)

    def test_a_retry_after_an_answer_that_was_lost(self):
        for fault, code in [("drop@1", 255), ("drop=before@1", 0)]:
            server, _ = self.with_faults(f"CancelBundleTask:{fault}")
            said = self.ec2(server, "cancel-bundle-task", "--bundle-id", TASK, code=code)
            if code == 255:
                self.assertIn("(IncorrectState)", said)
            else:
                self.assertEqual(said["BundleTask"]["State"], "cancelling")


class DamagedAnswers(FaultTest):
    def test_each_fails_and_leaves_the_next_request_alone(self):
        # boto3 does not check an answer against its Content-Length.
        for fault in ("cut@1", "cut=http@1", "garbage@1"):
            _, client = self.with_faults(fault)
            with self.assertRaises(ResponseParserError, msg=fault):
                client.describe_bundle_tasks()
            self.assertEqual(len(states(client)), 7)

    def test_the_aws_cli_says_so(self):
        for fault, words in [
            ("cut", "Unable to parse response"),
            ("cut=http", "Connection was closed before we received a valid response"),
            ("garbage", "Unable to parse response"),
        ]:
            server, _ = self.with_faults(fault)
            said = self.ec2(server, "describe-bundle-tasks", code=255, AWS_MAX_ATTEMPTS="1")
            self.assertIn(words, said)


class StaleReads(FaultTest):
    def test_lists_show_what_was(self):
        _, client = self.with_faults("stale-reads=1h")
        task = client.cancel_bundle_task(BundleId=TASK)["BundleTask"]
        self.assertEqual(task["State"], "cancelling")
        self.assertEqual(states(client)[TASK], "storing")
        with self.assertRaises(ClientError) as refused:
            client.cancel_bundle_task(BundleId=TASK)
        self.assert_error(refused, "IncorrectState", 400)

    def test_they_catch_up(self):
        _, client = self.with_faults("stale-reads=2s")
        client.cancel_bundle_task(BundleId=TASK)
        self.until(lambda: states(client)[TASK], lambda state: state == "cancelling")


if __name__ == "__main__":
    unittest.main()
