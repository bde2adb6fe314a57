"""Mana Auth's own release binary under load."""

import base64
import hashlib
import hmac
import os
import secrets
import string
import urllib.parse

from . import client, machine
from .sides import PASSWORD, WALLETS, Opponent, Prepared, Side

SIGNUP_BONUS = 1_000_000_000
SESSIONS_PER_PERSON = 15
DATABASE = "mana_auth"
COOKIE = "mana.session_token"

# A thousand people with wallets and sessions, modelled on one who came in by the front door: hashing
# a password for each would take longer than the whole benchmark.
CLONES = """
CREATE TEMP TABLE clones AS
    SELECT gen_random_uuid()::text AS id, n FROM generate_series(1, {people}) n;
INSERT INTO auth.users SELECT (jsonb_populate_record(NULL::auth.users, to_jsonb(u) || jsonb_build_object(
        'id', c.id, 'email', 'clone-' || c.n || '@example.com'))).*
    FROM auth.users u, clones c WHERE u.email = '{email}';
SELECT count(credits.open_wallet(gen_random_uuid(), gen_random_uuid(), c.id, {bonus}, 0, now())) FROM clones c;
CREATE TEMP TABLE seats AS
    SELECT ordinality AS n, token FROM unnest(ARRAY[{hashes}]) WITH ORDINALITY AS t(token, ordinality);
INSERT INTO auth.sessions SELECT (jsonb_populate_record(NULL::auth.sessions, to_jsonb(s) || jsonb_build_object(
        'id', gen_random_uuid()::text, 'user_id', c.id, 'token', seats.token))).*
    FROM (SELECT s.* FROM auth.sessions s JOIN auth.users u ON u.id = s.user_id WHERE u.email = '{email}' LIMIT 1) s
    CROSS JOIN seats JOIN clones c ON c.n = 1 + seats.n % {people};
ANALYZE;
"""


class Ours(Side):
    """The server under test, configured as an operator would, with limits off."""

    key = "ours"
    title = "Mana Auth"
    session_path = "/api/v1/auth/session"
    email = "bench@example.com"
    binary = None

    def __init__(self, cluster, logs):
        super().__init__(cluster, logs)
        self.secret = base64.b64encode(os.urandom(32)).decode()
        self.kek = base64.b64encode(os.urandom(32)).decode()
        self.cookie = None
        self.access_token = None
        self.tokens = None
        self.is_created = False

    def command(self):
        return [self.binary, "serve"]

    def environment(self):
        return {
            "DATABASE_URL": self.cluster.url(DATABASE),
            "BASE_URL": f"http://127.0.0.1:{self.port}",
            "PORT": str(self.port),
            "ENVIRONMENT": "development",
            "DATA_DIR": f"{self.cluster.folder}/ours",
            "RATE_LIMIT_ENABLED": "false",
            # the opponents log nothing per request
            "LOG_LEVEL": "warn",
            "CREDITS_SIGNUP_BONUS": str(SIGNUP_BONUS),
            "BETTER_AUTH_SECRET": self.secret,
            "MANA_AUTH_KEK": self.kek,
        }

    def create_database(self):
        """Only the empty database: the server migrates at its first start."""
        self.cluster.create(DATABASE)
        self.is_created = True

    def ensure_migrated(self):
        """The tables are there, for a probe that runs without the server."""
        if not self.is_created:
            self.create_database()
            self.start()
            self.stop()

    def disk_mib(self):
        return os.stat(self.binary).st_size / 2**20

    def login(self):
        """A real sign-in over HTTP."""
        answer = self.call("POST", "/api/v1/auth/login", {"email": self.email, "password": PASSWORD})
        self.expect(answer, lambda a: a.json()["accessToken"].count(".") == 2, "login")
        return answer

    def sign_in(self):
        """The bench person: registered once, signed in once."""
        if self.cookie:
            return
        answer = self.call("POST", "/api/v1/auth/register", {"name": "Bench", "email": self.email, "password": PASSWORD})
        self.expect(answer, lambda a: a.json()["user"]["email"] == self.email, "registration")
        answer = self.login()
        self.cookie, self.access_token = answer.cookie(), answer.json()["accessToken"]

    def prepare_session_native(self):
        """The same question on the Better Auth surface."""
        self.sign_in()
        path, headers = Opponent.session_path, {"cookie": self.cookie}
        answer = self.call("GET", path, headers=headers)
        self.expect(answer, lambda a: a.json()["user"]["email"] == self.email, "native session check")
        return Prepared([self.raw("GET", path, headers=headers)])

    def prepare_token_native(self):
        """A session cookie becomes an access token on the Better Auth surface."""
        self.sign_in()
        headers = {"cookie": self.cookie}
        answer = self.call("GET", "/api/auth/token", headers=headers)
        self.expect(answer, lambda a: a.json()["token"].count(".") == 2, "native token")
        return Prepared([self.raw("GET", "/api/auth/token", headers=headers)])

    def prepare_login_native(self):
        """Sign-in on the Better Auth surface."""
        self.sign_in()
        path, person = "/api/auth/sign-in/email", {"email": self.email, "password": PASSWORD}
        answer = self.call("POST", path, person)
        self.expect(answer, lambda a: a.json()["user"]["email"] == self.email, "native sign-in")
        return Prepared([self.raw("POST", path, person)])

    def signed(self, token):
        """The session cookie of a token, in Better Auth's signed format."""
        seal = base64.b64encode(hmac.digest(self.secret.encode(), token.encode(), "sha256")).decode()
        return f"{COOKIE}={urllib.parse.quote(f'{token}.{seal}', safe='')}"

    def mint(self):
        """One access token of each of many sessions of a thousand people, made by the server itself."""
        if self.tokens:
            return
        self.sign_in()
        machine.say(f"{self.title}: {WALLETS} people with {WALLETS * SESSIONS_PER_PERSON} sessions")
        letters = string.ascii_letters + string.digits
        sessions = ["".join(secrets.choice(letters) for _ in range(32)) for _ in range(WALLETS * SESSIONS_PER_PERSON)]
        hashes = (base64.urlsafe_b64encode(hashlib.sha256(s.encode()).digest()).decode().rstrip("=") for s in sessions)
        self.cluster.sql(DATABASE, CLONES.format(
            people=WALLETS, email=self.email, bonus=SIGNUP_BONUS, hashes=",".join(f"'{h}'" for h in hashes)))

        def exchange(session):
            answer = self.call("POST", "/api/v1/auth/session-to-token", headers={"cookie": self.signed(session)})
            self.expect(answer, lambda a: a.json()["accessToken"].count(".") == 2, "session-to-token")
            return answer.json()["accessToken"]

        self.tokens = client.many(exchange, sessions, threads=4)
        machine.wait_until_idle(self.process.pid)

    def _validation(self, token):
        return self.raw("POST", "/api/v1/auth/validate", {"token": token})

    def _check_validation(self, token):
        answer = self.call("POST", "/api/v1/auth/validate", {"token": token})
        self.expect(answer, lambda a: a.json()["valid"] is True, "validate")

    def prepare_validate(self):
        """One token again and again: what a service behind the cache sees."""
        self.sign_in()
        self._check_validation(self.access_token)
        return Prepared([self._validation(self.access_token)])

    def prepare_validate_uncached(self):
        """Every token for the first time, by a server just started: no cache knows token or session."""
        self.mint()
        self.stop()
        self.start()
        self._check_validation(self.tokens[0])
        return Prepared([self._validation(token) for token in self.tokens[1:]], once=True)

    def prepare_login(self):
        """Sign-in with an Argon2id hash, a new session and tokens each."""
        self.sign_in()
        self.login()
        return Prepared([self.raw("POST", "/api/v1/auth/login", {"email": self.email, "password": PASSWORD})])

    def prepare_register(self):
        """Registration with wallet, settings and security event."""
        return self.registrations("/api/v1/auth/register", {"name": "Bench"})

    def _uses(self, wallets):
        self.mint()
        body = {"amount": 1, "appId": "bench", "description": "bench"}

        def headers(token):
            return {"authorization": f"Bearer {token}"}

        answer = self.call("POST", "/api/v1/credits/use", body, headers(self.tokens[0]))
        self.expect(answer, lambda a: a.json()["success"] is True, "credits/use")
        return Prepared([self.raw("POST", "/api/v1/credits/use", body, headers(t)) for t in self.tokens[:wallets]])

    def prepare_credits(self):
        """Spending from many wallets, each by its owner's access token."""
        return self._uses(WALLETS)

    def prepare_credits_hot(self):
        """Spending from one wallet."""
        return self._uses(1)
