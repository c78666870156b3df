"""Verifies one delivery with the reference client of Standard Webhooks: code that shares nothing with ours.

Reads {"secret", "headers", "body"} on standard input, writes the event it verified on standard output; leaves with an
error when the client refuses it.
"""

import json
import sys

from standardwebhooks import Webhook

delivery = json.load(sys.stdin)
event = Webhook(delivery["secret"]).verify(delivery["body"], delivery["headers"])
json.dump(event, sys.stdout)
