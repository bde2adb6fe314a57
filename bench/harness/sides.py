"""The servers under comparison: how each is started, filled with people, and asked."""

import os
import signal
import statistics
import subprocess
import time
import urllib.request

from . import client, machine
from .cluster import ROOT, free_port

HERE = f"{ROOT}/bench"
PASSWORD = "correct horse battery staple"
WALLETS = 1000
REGISTRATIONS = 4000
START_SECONDS = 30


class Prepared:
    """What the generator replays for one scenario; `once`: every request may be sent one time only."""

    def __init__(self, requests, once=False):
        self.requests = requests
        self.once = once


class Side:
    """One server. Subclasses say how to start it and how to ask it."""

    key = ""
    title = ""
    session_path = ""
    # scenario -> seconds of load before the measured run, 1 where not named
    warm_seconds = {}

    def __init__(self, cluster, logs):
        self.cluster = cluster
        self.logs = logs
        self.port = free_port()
        self.process = None
        self.serial = 0
        self.peak_mib = 0.0

    # -- to be said by each side
    def command(self):
        """The command line of the server."""
        raise NotImplementedError

    def environment(self):
        """What the server's environment has beyond ours."""
        raise NotImplementedError

    def disk_mib(self):
        """What must be on disk for the server to run."""
        raise NotImplementedError

    def prepare(self, name):
        """`Prepared` for a scenario after checking one real answer, None where there is no such thing."""
        maker = getattr(self, "prepare_" + name.replace("-", "_"), None)
        return maker() if maker else None

    # -- the same for all
    def call(self, method, path, body=None, headers=None):
        """One request of the preparation."""
        return client.call(self.port, method, path, body, headers)

    def raw(self, method, path, body=None, headers=None):
        """One request for the generator."""
        return client.raw(self.port, method, path, body, headers)

    def expect(self, answer, test, what):
        """Ends the run when a server does not do what is about to be measured."""
        try:
            fine = answer.status == 200 and test(answer)
        except (ValueError, KeyError, TypeError):
            fine = False
        if not fine:
            machine.fail(f"{self.title}: {what} answered {answer.status} {answer.body[:400]!r}")

    def start(self):
        """Starts the server; milliseconds until /health first answered 200."""
        begun = time.perf_counter()
        self.process = machine.spawn(
            self.command(), core=machine.SERVER_CORE, cwd=self.directory(), log=f"{self.logs}/{self.key}.log",
            env={**os.environ, **self.environment()},
        )
        while time.perf_counter() - begun < START_SECONDS:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/health", timeout=2):
                    return (time.perf_counter() - begun) * 1000
            except OSError:
                if self.process.poll() is not None:
                    break
                time.sleep(0.001)
        with open(f"{self.logs}/{self.key}.log", errors="replace") as log:
            machine.fail(f"{self.title} did not start:\n{log.read()[-3000:]}")

    def directory(self):
        """The working directory of the server."""
        return HERE

    def stop(self):
        """Stops the server gently."""
        if self.process:
            if self.process.poll() is None:
                self.memory_mib()
            machine.stop(self.process, gentle=signal.SIGTERM, seconds=30)
            self.process = None

    def memory_mib(self):
        """Resident memory now, and the most over all starts so far."""
        now, peak = machine.memory_mib(self.process.pid)
        self.peak_mib = max(self.peak_mib, peak)
        return now, self.peak_mib

    def starts(self, times):
        """Start times on the existing database; the last start stays up."""
        taken = []
        for _ in range(times):
            self.stop()
            taken.append(self.start())
        return {"median": statistics.median(taken), "all": taken}

    def warm_address(self):
        """A person no earlier run of this scenario has used."""
        self.serial += 1
        return f"{self.key}-{self.serial}-{os.getpid()}@example.com"

    def registrations(self, path, body):
        """Distinct sign-ups, checked with one of them."""
        def one():
            return path, {**body, "email": self.warm_address(), "password": PASSWORD}

        answer = self.call("POST", *one())
        self.expect(answer, lambda a: a.json()["user"]["id"], "registration")
        return Prepared([self.raw("POST", *one()) for _ in range(REGISTRATIONS)], once=True)

    def prepare_health(self):
        """The floor: routing and writing a few bytes."""
        self.expect(self.call("GET", "/health"), lambda a: a.json(), "/health")
        return Prepared([self.raw("GET", "/health")])

    def prepare_session(self):
        """Who is signed in, by cookie."""
        self.sign_in()
        headers = {"cookie": self.cookie}
        answer = self.call("GET", self.session_path, headers=headers)
        self.expect(answer, lambda a: a.json()["user"]["email"] == self.email, "session check")
        return Prepared([self.raw("GET", self.session_path, headers=headers)])


class Opponent(Side):
    """The real Better Auth on some JavaScript runtime."""

    session_path = "/api/auth/get-session"
    server = "hono.mjs"
    email = "bench@example.com"
    cookie = None
    # the JIT compilers need this long under load until the rate no longer climbs
    warm_seconds = {"session": 10, "validate": 5, "credits": 3}

    def runtime(self):
        """The JavaScript runtime's executable."""
        raise NotImplementedError

    def command(self):
        return [self.runtime(), f"{HERE}/opponent/{self.server}"]

    def directory(self):
        return f"{HERE}/opponent"

    def environment(self):
        return {
            "DATABASE_URL": self.cluster.url("better_auth"),
            "BASE_URL": f"http://127.0.0.1:{self.port}",
            "PORT": str(self.port),
            "NODE_ENV": "production",
        }

    def create_database(self):
        """Tables by Better Auth's own migrator; all opponents share them."""
        if self.cluster.sql("postgres", "SELECT 1 FROM pg_database WHERE datname = 'better_auth'"):
            return
        self.cluster.create("better_auth")
        done = subprocess.run(
            ["node", "migrate.mjs"], cwd=self.directory(), env={**os.environ, **self.environment()},
            capture_output=True, text=True,
        )
        if done.returncode != 0:
            machine.fail(f"Better Auth's migration failed: {done.stderr}")

    def disk_mib(self):
        packages = 0
        for folder, _, files in os.walk(f"{HERE}/opponent/node_modules"):
            if not any(part in folder for part in ("/bun", "/@oven")):
                packages += sum(os.lstat(f"{folder}/{file}").st_size for file in files)
        return (packages + os.stat(os.path.realpath(self.runtime())).st_size) / 2**20

    def sign_in(self):
        """Signs the bench person in, up first if need be."""
        if self.cookie:
            return
        person = {"email": self.email, "password": PASSWORD}
        answer = self.call("POST", "/api/auth/sign-in/email", person)
        if answer.status != 200:
            self.call("POST", "/api/auth/sign-up/email", {"name": "Bench", **person})
            answer = self.call("POST", "/api/auth/sign-in/email", person)
        self.expect(answer, lambda a: a.json()["user"]["email"] == self.email, "sign-in")
        self.cookie = answer.cookie()

    def prepare_validate(self):
        """Nearest thing they have: a session cookie becomes a signed token."""
        self.sign_in()
        headers = {"cookie": self.cookie}
        answer = self.call("GET", "/api/auth/token", headers=headers)
        self.expect(answer, lambda a: a.json()["token"].count(".") == 2, "token")
        return Prepared([self.raw("GET", "/api/auth/token", headers=headers)])

    def prepare_login(self):
        """Sign-in with a scrypt hash, a new session row each."""
        self.sign_in()
        return Prepared([self.raw("POST", "/api/auth/sign-in/email", {"email": self.email, "password": PASSWORD})])

    def prepare_register(self):
        """Sign-up."""
        return self.registrations("/api/auth/sign-up/email", {"name": "Bench"})

    def _uses(self, wallets):
        def body(n):
            return {"userId": f"wallet-{n}", "amount": 1, "description": "bench"}

        answer = self.call("POST", "/credits/use", body(0))
        self.expect(answer, lambda a: a.json()["success"], "credits/use")
        return Prepared([self.raw("POST", "/credits/use", body(n)) for n in range(wallets)])

    def prepare_credits(self):
        """Spending from many wallets; the caller is not even authenticated."""
        return self._uses(WALLETS)

    def prepare_credits_hot(self):
        """Spending from one wallet."""
        return self._uses(1)


class Bun(Opponent):
    """What the predecessor runs on."""

    key = "bun"
    title = "Better Auth, Hono on Bun"

    def runtime(self):
        return f"{HERE}/opponent/node_modules/.bin/bun"


class Node(Opponent):
    """Node without a framework: the faster of the two Node set-ups."""

    key = "node"
    title = "Better Auth, node:http"
    server = "node.mjs"

    def runtime(self):
        return os.popen("command -v node").read().strip()


class NodeHono(Node):
    """Node with Hono, for whoever wants to compare frameworks."""

    key = "node-hono"
    title = "Better Auth, Hono on Node"
    server = "hono.mjs"
