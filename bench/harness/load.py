"""Drives wrk with prepared requests and reads its result."""

import json
import os
import subprocess
import tempfile

from . import machine

SCRIPT = os.path.join(os.path.dirname(__file__), "..", "wrk", "replay.lua")
TIMEOUT_SECONDS = 30


class Load:
    """One running wrk: `requests` replayed in a circle over `connections` for whole `seconds`."""

    def __init__(self, port, requests, *, seconds, connections, delay_ms=0):
        self.seconds = seconds
        self.file = tempfile.NamedTemporaryFile(prefix="mana-bench-requests-")
        for request in requests:
            self.file.write(f"{len(request)}\n".encode() + request)
        self.file.flush()
        self.process = machine.spawn(
            ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", f"{TIMEOUT_SECONDS}s",
             "-s", SCRIPT, f"http://127.0.0.1:{port}"],
            core=machine.OTHER_CORE,
            env={**os.environ, "BENCH_REQUESTS": self.file.name, "BENCH_DELAY_MS": str(delay_ms)},
            stdout=subprocess.PIPE,
        )

    def result(self):
        """Waits for the end; the numbers of wrk plus `rate`, answers per second."""
        output, _ = self.process.communicate(timeout=self.seconds + TIMEOUT_SECONDS + 10)
        machine.stop(self.process)
        self.file.close()
        for line in output.decode().splitlines():
            if line.startswith("RESULT "):
                numbers = json.loads(line.removeprefix("RESULT "))
                seconds = numbers["duration_us"] / 1e6
                numbers["rate"] = numbers["requests"] / seconds
                numbers["success_rate"] = (numbers["requests"] - numbers["non_2xx"]) / seconds
                if numbers["requests"] == 0:
                    # nothing was answered, so nothing was timed
                    numbers.update(dict.fromkeys(("p50_us", "p90_us", "p99_us", "max_us")))
                return numbers
        machine.fail(f"wrk gave no result:\n{output.decode()}")
