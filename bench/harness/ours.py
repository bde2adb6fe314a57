"""Mana Auth's own release binary under load."""

import base64
import os

from . import client, machine
from .sides import PASSWORD, WALLETS, Prepared, Side

SIGNUP_BONUS = 1_000_000_000
# enough distinct tokens that none is sent twice in the one second of the uncached run
TOKENS = 20_000


class Ours(Side):
    """The server under test, configured as an operator would, with limits off."""

    key = "ours"
    title = "Mana Auth"
    session_path = "/api/v1/auth/session"
    email = "bench@example.com"
    cookie = None
    binary = None
    access_tokens = None

    def command(self):
        return [self.binary, "serve"]

    def environment(self):
        return {
            "DATABASE_URL": self.cluster.url("mana_auth"),
            "BASE_URL": f"http://127.0.0.1:{self.port}",
            "PORT": str(self.port),
            "ENVIRONMENT": "development",
            "DATA_DIR": f"{self.logs}/data",
            "RATE_LIMIT_ENABLED": "false",
            # the opponents log nothing per request
            "LOG_LEVEL": "warn",
            "CREDITS_SIGNUP_BONUS": str(SIGNUP_BONUS),
            "BETTER_AUTH_SECRET": base64.b64encode(os.urandom(32)).decode(),
            "MANA_AUTH_KEK": base64.b64encode(os.urandom(32)).decode(),
        }

    def create_database(self):
        """Only the empty database: the server migrates at its first start."""
        self.cluster.create("mana_auth")
