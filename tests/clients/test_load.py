"""Many tasks, many connections, and the end of `bundletop serve`."""

import signal
import socket
import threading
import unittest
from concurrent.futures import ThreadPoolExecutor

import worlds
from botocore.exceptions import EndpointConnectionError
from served import TIMEOUT, ClientTest, states

LIST = b"Action=DescribeBundleTasks&Version=2016-11-15"
REQUEST = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%b" % (
    len(LIST),
    LIST,
)


class Many(ClientTest):
    def test_thousands_of_tasks_come_in_one_answer(self):
        server = self.serve(world=worlds.of_size(5000))
        listed = states(self.boto3(server))
        self.assertEqual(sorted(listed), [f"bun-{number:08x}" for number in range(5000)])
        count = ["describe-bundle-tasks", "--query", "length(BundleTasks)"]
        self.assertEqual(self.ec2(server, *count), 5000)
        failed = ["--filters", "Name=state,Values=failed", "Name=s3-bucket,Values=bucket-1?"]
        wanted = [n for n in range(5000) if n % 5 == 4 and n % 16 in (1, *range(10, 16))]
        self.assertEqual(self.ec2(server, *count, *failed), len(wanted))

    def test_hundreds_of_connections_at_once(self):
        server = self.serve(world=worlds.of_size(100))
        connections = [
            socket.create_connection(("127.0.0.1", server.port), TIMEOUT) for _ in range(500)
        ]
        for connection in connections:
            connection.sendall(REQUEST)
        for connection in connections:
            with connection, connection.makefile("rb") as stream:
                answer = stream.read()
            self.assertTrue(answer.startswith(b"HTTP/1.1 200 OK\r\n"))
            self.assertEqual(answer.count(b"<item>"), 100)
            self.assertTrue(answer.endswith(b"</DescribeBundleTasksResponse>"))

    def test_clients_that_read_and_write_at_once(self):
        server = self.serve(world=worlds.of_size(200))
        client = self.boto3(server, max_pool_connections=100)
        pending = [bundle_id for bundle_id, state in states(client).items() if state == "pending"]
        everyone = threading.Barrier(2 * len(pending))

        def cancel(bundle_id):
            everyone.wait(TIMEOUT)
            return client.cancel_bundle_task(BundleId=bundle_id)["BundleTask"]["State"]

        def describe(bundle_id):
            everyone.wait(TIMEOUT)
            return states(client, BundleIds=[bundle_id])[bundle_id]

        with ThreadPoolExecutor(2 * len(pending)) as threads:
            cancelled = [threads.submit(cancel, bundle_id) for bundle_id in pending]
            described = [threads.submit(describe, bundle_id) for bundle_id in pending]
        self.assertEqual({done.result() for done in cancelled}, {"cancelling"})
        self.assertLessEqual({done.result() for done in described}, {"pending", "cancelling"})
        self.assertNotIn("pending", states(client).values())


class End(ClientTest):
    def test_a_request_under_way_is_answered_and_no_other_taken(self):
        for how in (signal.SIGTERM, signal.SIGINT):
            server = self.serve("--fault", "CancelBundleTask:latency=1h", world=worlds.STILL)
            client = self.boto3(server)
            with ThreadPoolExecutor(1) as thread:
                slow = thread.submit(client.cancel_bundle_task, BundleId="bun-00000001")
                look = self.boto3(server)
                # The action is carried out before the delay, so then it is in progress.
                self.until(
                    lambda look=look: states(look)["bun-00000001"],
                    lambda state: state == "cancelling",
                )
                self.assertEqual(server.stop(how), 0)
                self.assertEqual(slow.result()["BundleTask"]["State"], "cancelling")
            with self.assertRaises(EndpointConnectionError):
                states(client)

    def test_idle_connections_and_half_requests_do_not_hold_it_up(self):
        server = self.serve(world=worlds.STILL)
        states(self.boto3(server))
        with socket.create_connection(("127.0.0.1", server.port)) as half:
            half.sendall(REQUEST[:-10])
            self.assertEqual(server.stop(), 0)


if __name__ == "__main__":
    unittest.main()
