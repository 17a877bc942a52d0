"""Worlds to serve: one that never changes, and one that changes while tests run."""

# Every member that EC2 has, every state, and a prefix that is not ASCII. Nothing changes.
STILL = {
    "takes": {
        "pending": "forever",
        "waiting-for-shutdown": "forever",
        "bundling": "forever",
        "storing": "forever",
        "cancelling": "forever",
        "complete": "forever",
        "failed": "forever",
    },
    "tasks": [
        {
            "bundleId": "bun-00000001",
            "instanceId": "i-0123456789abcdef1",
            "state": "storing",
            "progress": "72%",
            "started": "12m",
            "updated": "3s",
            "bucket": "bundletasks",
            "prefix": "winami",
            "awsAccessKeyId": "AKIAIOSFODNN7EXAMPLE",
            "uploadPolicy": {"expiration": "2030-01-01T00:00:00Z", "conditions": []},
            "uploadPolicySignature": "ZXhhbXBsZQ==",
        },
        {"bundleId": "bun-00000002", "instanceId": "i-00000002", "prefix": "win & <ami>"},
        {"bundleId": "bun-00000003", "instanceId": "i-00000003", "state": "waiting-for-shutdown"},
        {"bundleId": "bun-00000004", "state": "bundling", "progress": 9, "prefix": "本番/ウェブ*"},
        {"bundleId": "bun-00000005", "state": "cancelling"},
        {"bundleId": "bun-00000006", "state": "complete", "bucket": "other"},
        {
            "bundleId": "bun-00000007",
            "state": "failed",
            "error": {"code": "Client.S3Error", "message": "AccessDenied(403)"},
        },
    ],
}

# A task is complete within minutes, at `--speed 60` within seconds, and then stays listed. Another
# has failed already.
QUICK = {
    "takes": {
        "pending": "1m",
        "waiting-for-shutdown": "1m",
        "bundling": "1m",
        "storing": "1m",
        "cancelling": "1m",
        "complete": "forever",
        "failed": "forever",
    },
    "tasks": [
        {"bundleId": "bun-00000001", "bucket": "bundletasks", "prefix": "winami"},
        {
            "bundleId": "bun-00000002",
            "state": "failed",
            "error": {"code": "Client.S3Error", "message": "AccessDenied(403)"},
        },
    ],
}


def of_size(count):
    """`count` tasks in all states."""
    kinds = [
        {"state": "pending"},
        {"state": "bundling", "progress": 20},
        {"state": "storing", "progress": 70},
        {"state": "complete"},
        {"state": "failed", "error": {"code": "Client.S3Error", "message": "AccessDenied(403)"}},
    ]
    tasks = [
        {
            "bundleId": f"bun-{number:08x}",
            "instanceId": f"i-{number:017x}",
            "bucket": f"bucket-{number % 16}",
            "prefix": f"windows/server-{number}",
            **kinds[number % len(kinds)],
        }
        for number in range(count)
    ]
    return {"takes": STILL["takes"], "tasks": tasks}
