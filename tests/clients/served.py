"""`bundletop serve`, started for a test, and the clients that are pointed at it."""

import json
import os
import shlex
import signal
import subprocess
import tempfile
import time
import unittest
import urllib.request
from unittest import mock

import boto3
from botocore.config import Config

BUNDLETOP = os.environ["BUNDLETOP"]
AWS = os.environ["AWS"]

# Seconds after which a test counts as hung. No test takes nearly as long.
TIMEOUT = 300


class Server:
    """A running `bundletop serve`, and the variables that it printed."""

    def __init__(self, *options, world=None):
        self.folder = tempfile.TemporaryDirectory()
        command = [BUNDLETOP, "serve", "--listen", "127.0.0.1:0", *options]
        if world is not None:
            path = os.path.join(self.folder.name, "world.json")
            with open(path, "w", encoding="utf-8") as file:
                json.dump(world, file)
            command += ["--world", path]
        self.errors = tempfile.TemporaryFile("w+")
        self.process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=self.errors, text=True
        )
        # What a person would paste into a shell.
        self.variables = {}
        for _ in range(5):
            export, *settings = shlex.split(self.process.stdout.readline()) or [None]
            assert export == "export", self.said()
            self.variables |= dict(setting.split("=", 1) for setting in settings)
        self.url = self.variables["AWS_ENDPOINT_URL_EC2"]
        self.port = int(self.url.rsplit(":", 1)[1])

    def said(self):
        """What it wrote to standard error."""
        self.errors.seek(0)
        return self.errors.read()

    def stop(self, how=signal.SIGTERM):
        """Asks it to end, and returns its exit code."""
        if self.process.poll() is None:
            self.process.send_signal(how)
        code = self.process.wait(TIMEOUT)
        self.process.stdout.close()
        return code

    def environment(self, **more):
        return {**os.environ, **self.variables, **more}

    def post(self, body, content_type="application/x-www-form-urlencoded"):
        """Sends a form as it is, without a client library, and returns the answer's body."""
        headers = {"Content-Type": content_type}
        request = urllib.request.Request(self.url, body.encode(), headers)
        with urllib.request.urlopen(request, timeout=TIMEOUT) as answer:
            return answer.read().decode()


class ClientTest(unittest.TestCase):
    """A test with a server, which must end with exit code 0 and print no errors."""

    maxDiff = None

    def serve(self, *options, world=None):
        server = Server(*options, world=world)
        self.addCleanup(self.end, server)
        return server

    def end(self, server):
        code = server.stop()
        said = server.said()
        server.errors.close()
        server.folder.cleanup()
        self.assertEqual((code, said), (0, ""))

    def aws(self, server, *arguments, code=0, **environment):
        """Runs `aws ARGUMENTS`; returns its JSON, or what it says when it fails."""
        done = subprocess.run(
            [AWS, *arguments],
            env=server.environment(PYTHONWARNINGS="ignore", **environment),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=TIMEOUT,
            check=False,
        )
        self.assertEqual(done.returncode, code, f"{arguments}: {done.stdout}{done.stderr}")
        self.assertNotIn("Traceback", done.stderr)
        if code != 0:
            self.assertEqual(done.stdout, "", arguments)
            return done.stderr.strip()
        self.assertEqual(done.stderr, "", arguments)
        return json.loads(done.stdout) if done.stdout else None

    def ec2(self, server, *arguments, code=0, **environment):
        return self.aws(server, "ec2", *arguments, code=code, **environment)

    def boto3(self, server, service="ec2", attempts=1, **config):
        """A boto3 client that is configured only by the printed variables."""
        with mock.patch.dict(os.environ, server.environment(), clear=True):
            session = boto3.session.Session()
            retries = {"mode": "standard", "total_max_attempts": attempts}
            client = session.client(service, config=Config(retries=retries, **config))
        self.addCleanup(client.close)
        return client

    def until(self, look, wanted):
        """Calls `look` until its result is `wanted`, and returns that."""
        end = time.monotonic() + TIMEOUT
        while not wanted(seen := look()):
            self.assertLess(time.monotonic(), end, f"still {seen}")
            time.sleep(0.05)
        return seen

    def assert_error(self, refused, code, status):
        """Asserts the code and the status of a boto3 error."""
        answer = refused.exception.response
        self.assertEqual(answer["Error"]["Code"], code, answer)
        self.assertEqual(answer["ResponseMetadata"]["HTTPStatusCode"], status)
        self.assertRegex(answer["ResponseMetadata"]["RequestId"], r"^[0-9a-f-]{36}$")


def states(client, **parameters):
    """The states of the tasks listed, by their IDs."""
    tasks = client.describe_bundle_tasks(**parameters)["BundleTasks"]
    return {task["BundleId"]: task["State"] for task in tasks}


def error(operation, code, message):
    """The message of the AWS CLI v1 for an error answer."""
    return f"An error occurred ({code}) when calling the {operation} operation: {message}"
