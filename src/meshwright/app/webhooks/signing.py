"""Signatures of webhooks, as the Standard Webhooks specification 1.0.0 has them: HMAC-SHA256, `v1`.

See https://www.standardwebhooks.com.
"""

import hashlib
import hmac
from base64 import b64encode
from collections.abc import Mapping


def signed_headers(message: str, timestamp: int, body: bytes, key: bytes) -> Mapping[str, str]:
    """Return the headers that a receiver verifies a body by; `message` and `timestamp` hold no full stop."""
    content = f"{message}.{timestamp}.".encode() + body
    signature = b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()
    return {
        "webhook-id": message,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": f"v1,{signature}",
    }
