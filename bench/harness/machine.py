"""Processes on the machine: start one pinned and favoured, read what it costs, stop it by its id."""

import atexit
import ctypes
import os
import re
import signal
import subprocess
import sys
import time

TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")
PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None, use_errno=True)

CORES = sorted(os.sched_getaffinity(0))
SERVER_CORE = CORES[0]
OTHER_CORE = CORES[min(1, len(CORES) - 1)]

_running = []


def say(text):
    """One progress line on standard error, so that standard output stays the report."""
    print(f"bench: {text}", file=sys.stderr, flush=True)


def fail(text):
    """Ends the run with a message; everything started is stopped on the way out."""
    sys.exit(f"bench: {text}")


def _favour(core, death_signal):
    """In the child: die with the harness, one core, and (root) the highest scheduling weight.

    With autogrouping the kernel weighs sessions, not processes: each child has a session of its
    own and its group gets the weight; without autogrouping the nice value itself decides.
    """
    LIBC.prctl(PR_SET_PDEATHSIG, death_signal, 0, 0, 0)
    if core is not None:
        os.sched_setaffinity(0, {core})
    if os.geteuid() != 0:
        return
    try:
        with open("/proc/sys/kernel/sched_autogroup_enabled") as switch:
            grouped = switch.read().strip() == "1"
    except OSError:
        grouped = False
    if grouped:
        with open("/proc/self/autogroup", "w") as group:
            group.write("-20")
    else:
        os.setpriority(os.PRIO_PROCESS, 0, -20)


def spawn(command, *, core, env=None, cwd=None, log=None, stdout=None, death_signal=signal.SIGTERM):
    """Starts `command` in its own session on `core`; `log` is a path for its output."""
    output = open(log, "ab") if log else None
    process = subprocess.Popen(
        command,
        env=env,
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        stdout=stdout if stdout is not None else output,
        stderr=output if output else subprocess.DEVNULL,
        start_new_session=True,
        preexec_fn=lambda: _favour(core, death_signal),
    )
    if output:
        output.close()
    _running.append(process)
    return process


def stop(process, gentle=signal.SIGTERM, seconds=10):
    """Asks `process` to end, then insists; only ever a process this harness started."""
    if process.poll() is None:
        process.send_signal(gentle)
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    if process in _running:
        _running.remove(process)


def _stop_all():
    for process in reversed(list(_running)):
        stop(process, gentle=getattr(process, "gentle", signal.SIGTERM), seconds=8)


atexit.register(_stop_all)
for _number in (signal.SIGTERM, signal.SIGHUP):
    signal.signal(_number, lambda number, frame: sys.exit(128 + number))


def _stat(pid):
    with open(f"/proc/{pid}/stat") as file:
        return file.read().rsplit(")", 1)[1].split()


def cpu_seconds(pid):
    """User and system time of all threads of `pid` so far."""
    fields = _stat(pid)
    return (int(fields[11]) + int(fields[12])) / TICKS_PER_SECOND


def family_cpu_seconds(pid):
    """The same for `pid`, its living children and the children it has already buried."""
    fields = _stat(pid)
    ticks = sum(int(fields[n]) for n in (11, 12, 13, 14))
    for entry in os.listdir("/proc"):
        if not entry.isdigit():
            continue
        try:
            child = _stat(entry)
        except OSError:
            continue
        if int(child[1]) == pid:
            ticks += int(child[11]) + int(child[12])
    return ticks / TICKS_PER_SECOND


def memory_mib(pid):
    """Resident memory of `pid` now and at its highest, in MiB."""
    with open(f"/proc/{pid}/status") as file:
        sizes = dict(re.findall(r"^(VmRSS|VmHWM):\s+(\d+)", file.read(), re.M))
    return int(sizes["VmRSS"]) / 1024, int(sizes["VmHWM"]) / 1024


def wait_until_idle(pid, seconds=15):
    """Waits until `pid` uses next to nothing: aborted requests of the last load are worked off."""
    end = time.monotonic() + seconds
    quiet = 0
    while quiet < 2 and time.monotonic() < end:
        before = cpu_seconds(pid)
        time.sleep(0.2)
        quiet = quiet + 1 if cpu_seconds(pid) - before <= 0.02 else 0
