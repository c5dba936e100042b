#!/usr/bin/python3
"""Runs one test program alone and proves that it left nothing behind.

    sandbox.py [--timeout SECONDS] [--fixed-addresses] PROGRAM [ARGUMENT...]

The program gets a fresh, empty runtime directory of mode 0700 with a short path (a socket path has 107
bytes), in TMPDIR, XDG_RUNTIME_DIR and WEFT_RUNTIME_DIR, and, where the kernel permits it, an IPC namespace,
a /dev/shm and a /dev/mqueue of its own. So whatever is there afterwards is the program's, however many other
tests run beside it. The test fails, and every leftover is named and removed, if there remains

    a process descended from it (orphans come to us: we are their subreaper; setsid does not help them),
    a file, socket or directory in the runtime directory,
    a POSIX or System V shared memory object, message queue or semaphore.

A program that outlives the timeout, or is interrupted, is killed together with its descendants; nothing else
is ever signalled. Exit code: the program's own; 1 for leftovers; 124 for a timeout; 77 means skipped.

With WEFT_TEST_RESULTS=FILE a line of JSON is appended to FILE: how many test cases passed, failed and were
skipped, as told by Catch's or unittest's summary, else one for the program. A program skips a case by
printing a line "SKIPPED: what and why"; what we could not look for ourselves is named with them.
"""
import argparse
import ctypes
import json
import os
import re
import select
import signal
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
LIBC = ctypes.CDLL(None, use_errno=True)
PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER = 1, 36
CLONE_NEWNS, CLONE_NEWIPC, CLONE_NEWUSER = 0x00020000, 0x08000000, 0x10000000
MS_NOSUID_NODEV, MS_REC_PRIVATE = 0x6, 0x44000
ADDR_NO_RANDOMIZE = 0x0040000
SKIPPED, TIMED_OUT = 77, 124
GRACE = 2.0  # seconds for processes that are already dying, for instance killed just before the test ended
MOST_OUTPUT = 4 << 20
SANITIZERS_OWN = re.compile(r"tsan\.rodata\.\d+")  # ThreadSanitizer makes and removes it before main(): see is_foreign()


class Interrupted(Exception):
    """Somebody asks us to stop: meson's own timeout, or Ctrl-C."""


# ---- isolation ------------------------------------------------------------------------------------------

def write_file(path, text):
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def unshare():
    """Enters new IPC and mount namespaces; without privilege inside a new user namespace. False: refused."""
    if LIBC.unshare(CLONE_NEWIPC | CLONE_NEWNS) == 0:
        return True
    user, group = os.getuid(), os.getgid()
    if LIBC.unshare(CLONE_NEWUSER | CLONE_NEWIPC | CLONE_NEWNS) != 0:
        return False
    write_file("/proc/self/setgroups", "deny")
    write_file("/proc/self/uid_map", f"{user} {user} 1")
    write_file("/proc/self/gid_map", f"{group} {group} 1")
    return True


def mount(kind, where):
    return os.path.isdir(where) and LIBC.mount(b"weft-test", where.encode(), kind, MS_NOSUID_NODEV, None) == 0


def isolate():
    """True if the kernel objects that we will see from now on are this test's alone."""
    if os.environ.get("WEFT_TEST_NO_NAMESPACES") or not unshare():
        return False
    if LIBC.mount(None, b"/", None, MS_REC_PRIVATE, None) != 0:
        return False
    return mount(b"tmpfs", "/dev/shm") and (mount(b"mqueue", "/dev/mqueue") or not os.path.isdir("/dev/mqueue"))


# ---- processes ------------------------------------------------------------------------------------------

def parents():
    """pid -> parent pid of every process that is not dead already."""
    found = {}
    for entry in os.listdir("/proc"):
        if not entry.isdigit():
            continue
        try:
            with open(f"/proc/{entry}/stat", encoding="utf-8", errors="replace") as file:
                state, parent = file.read().rpartition(")")[2].split()[:2]
        except (OSError, ValueError):
            continue
        if state not in "ZX":
            found[int(entry)] = int(parent)
    return found


def descendants():
    """Our live descendants. As subreaper we are an ancestor of all that the test ever started."""
    tree = parents()
    family = {os.getpid()}
    grown = True
    while grown:
        more = {pid for pid, parent in tree.items() if parent in family and pid not in family}
        family |= more
        grown = bool(more)
    return family - {os.getpid()}


def reap():
    """Takes in our children that have ended; False if there is no other, and so no descendant either."""
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        return False
    return True


def pin(pid):
    """A pidfd of a live descendant, or None: from then on the pid cannot come to mean another process."""
    try:
        pinned = os.pidfd_open(pid)
    except OSError:
        return None
    if pid in descendants():
        return pinned
    os.close(pinned)
    return None


def wait_for_an_exit(pids, end):
    """Returns when one of the processes has ended, or at the end of time."""
    waiting = select.poll()
    pinned = [fd for fd in map(pin, pids) if fd is not None]
    for fd in pinned:
        waiting.register(fd, select.POLLIN)
    if len(pinned) == len(pids):
        waiting.poll(max(end - time.monotonic(), 0) * 1000)
    for fd in pinned:
        os.close(fd)
    reap()


def kill_all():
    """Kills our descendants, and nobody else, and reaps them: a dead one whose parent has died becomes ours later."""
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGCHLD})  # it stays pending until it is waited for
    end = time.monotonic() + 10
    while reap() and (left := end - time.monotonic()) > 0:
        for fd in filter(None, map(pin, descendants())):
            signal.pidfd_send_signal(fd, signal.SIGKILL)
            os.close(fd)
        signal.sigtimedwait({signal.SIGCHLD}, left)


def describe(pid):
    try:
        with open(f"/proc/{pid}/cmdline", "rb") as file:
            command = " ".join(file.read().replace(b"\0", b" ").decode(errors="replace").split())[:200]
    except OSError:
        command = ""
    sockets = ", ".join(sockets_of(pid))
    return f"process {pid} ({command or 'no command line'})" + (f", socket {sockets}" if sockets else "")


def sockets_of(pid):
    """The Unix socket addresses, abstract ones included, that a process holds."""
    try:
        held = {os.readlink(f"/proc/{pid}/fd/{fd}") for fd in os.listdir(f"/proc/{pid}/fd")}
        with open(f"/proc/{pid}/net/unix", encoding="utf-8", errors="replace") as file:
            rows = [line.split() for line in file.readlines()[1:]]
    except OSError:
        return []
    return sorted({row[7] for row in rows if len(row) > 7 and f"socket:[{row[6]}]" in held})


def leftover_processes():
    end = time.monotonic() + GRACE
    reap()
    while (left := descendants()) and time.monotonic() < end:
        wait_for_an_exit(left, end)
    return [describe(pid) for pid in sorted(left)]


# ---- files and kernel objects ---------------------------------------------------------------------------

def is_foreign(path):
    """Whether a process left it that was killed before its main(), when no code of ours had run."""
    return SANITIZERS_OWN.fullmatch(os.path.basename(path)) is not None and os.path.isfile(path)


def leftover_files(runtime):
    """Everything in the runtime directory, which is removed with it."""
    left = []
    for folder, folders, files in os.walk(runtime, topdown=False):
        for name in folders + files:
            path = os.path.join(folder, name)
            if not is_foreign(path):
                left.append(f"file {path}")
            if os.path.isdir(path) and not os.path.islink(path):
                os.chmod(path, 0o700)
                os.rmdir(path)
            else:
                os.unlink(path)
    os.rmdir(runtime)
    return left


def message_queues():
    """The POSIX ones of our namespace, also where the machine shows them nowhere."""
    with tempfile.TemporaryDirectory(prefix="wt", dir="/tmp") as folder:
        if not mount(b"mqueue", folder):
            return []
        names = os.listdir(folder)
        LIBC.umount(folder.encode())
        return names


def leftover_kernel_objects():
    """All there are: the namespaces, and with them the objects, end with us."""
    left = [f"shared memory /dev/shm/{name}" for name in os.listdir("/dev/shm")]
    left += [f"message queue /{name}" for name in message_queues()]
    for kind, what in (("shm", "shared memory"), ("msg", "message queue"), ("sem", "semaphore")):
        path = f"/proc/sysvipc/{kind}"
        if not os.path.exists(path):
            continue
        with open(path, encoding="utf-8") as file:
            left += [f"System V {what} with key {line.split()[0]}" for line in file.readlines()[1:]]
    return left


# ---- the run --------------------------------------------------------------------------------------------

def environment(runtime):
    env = dict(os.environ)
    env["PATH"] = "/usr/bin:/bin"  # where no discovery daemon is: a test that wants one starts it itself
    for name in ("TMPDIR", "XDG_RUNTIME_DIR", "WEFT_RUNTIME_DIR"):
        env[name] = runtime
    env.setdefault("WEFT_DISCOVERY", "off")  # programs start no daemon but where a test is about it
    env.setdefault("TSAN_OPTIONS", f"suppressions={HERE}/tsan.supp:halt_on_error=1:second_deadlock_stack=1")
    env.setdefault("UBSAN_OPTIONS", "halt_on_error=1:print_stacktrace=1")
    env.pop("WEFT_TEST_RESULTS", None)
    return env


def start(options, runtime, output):
    def prepare():
        LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        if options.fixed_addresses:  # sanitizers of this age fail at random under wide address randomisation
            LIBC.personality(ADDR_NO_RANDOMIZE)

    return subprocess.Popen([options.program, *options.arguments], env=environment(runtime), preexec_fn=prepare,
                            stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
                            start_new_session=True)


def tail(output):
    output.seek(max(output.seek(0, os.SEEK_END) - 4096, 0))
    return output.read()


def run(options, runtime, output):
    """The exit code and what went wrong in our own eyes."""
    try:
        process = start(options, runtime, output)
    except OSError as error:
        return 127, [f"cannot run {options.program}: {error.strerror}"]
    try:
        code = process.wait(options.timeout)
    except subprocess.TimeoutExpired:
        return TIMED_OUT, [f"timeout: still running after {options.timeout:g} s"]
    except Interrupted:
        return TIMED_OUT, ["interrupted: stopped from outside, by its timeout or by hand"]
    if code == 0 and re.search(rb"^No tests ran", tail(output), re.M):
        return 1, ["no test case ran"]
    if code < 0:
        return 128 - code, [f"killed by {signal.Signals(-code).name}"]
    return code, []


def count(text, code):
    """(passed, failed) test cases by the last summary in the output."""
    total = passed = failed = 0
    for line in text.splitlines():
        if match := re.match(r"All tests passed \(.* in (\d+) test cases?\)", line):
            total, failed = int(match[1]), 0
        elif match := re.match(r"test cases:\s*(\d+)", line):
            total = int(match[1])
            failed = sum(int(number) for number in re.findall(r"(\d+) failed(?! as)", line))
        elif match := re.match(r"Ran (\d+) tests? in ", line):
            total, failed = int(match[1]), 0
        elif line.startswith("FAILED ("):
            failed = sum(int(number) for number in re.findall(r"(?:failures|errors)=(\d+)", line))
    total = max(total, failed)
    if total == 0:
        total, failed = 1, int(code != 0)
    passed = total - failed
    return (passed, failed) if code == 0 or failed else (max(passed - 1, 0), 1)


def report(options, code, text, faults, unseen):
    for fault in faults:
        print(f"sandbox: {fault}", flush=True)
    skips = re.findall(r"^ *SKIPPED: (.*)", text, re.MULTILINE)
    passed, failed = count(text, code)
    passed = max(passed - len(skips), 0)
    if code == SKIPPED:
        passed, failed, skips = 0, 0, skips or ["the whole program"]
    results = os.environ.get("WEFT_TEST_RESULTS")
    if not results:
        return
    name = os.path.basename(options.program)
    if options.arguments:
        name += " " + " ".join(os.path.basename(argument) for argument in options.arguments)
    line = {"test": name, "passed": passed, "failed": failed,
            "skipped": [f"{name}: {skip}" for skip in skips + unseen], "faults": faults}
    with open(results, "a", encoding="utf-8") as file:
        file.write(json.dumps(line) + "\n")


def show(output):
    """Prints what the program wrote, the middle of very long output left out; returns it."""
    size = output.seek(0, os.SEEK_END)
    output.seek(0)
    if size <= MOST_OUTPUT:
        data = output.read()
    else:
        head = output.read(MOST_OUTPUT // 2)
        output.seek(-MOST_OUTPUT // 2, os.SEEK_END)
        data = head + b"\n... (cut)\n" + output.read()
    text = data.decode(errors="replace")
    print(text, end="", flush=True)
    return text


def interrupt(number, frame):
    for each in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(each, signal.SIG_IGN)
    raise Interrupted


def parse():
    parser = argparse.ArgumentParser(description="Run one test program alone; fail if it leaves anything behind.")
    parser.add_argument("--timeout", type=float, default=1800, help="seconds, default %(default)s")
    parser.add_argument("--fixed-addresses", action="store_true", help="without address randomisation")
    parser.add_argument("program")
    parser.add_argument("arguments", nargs=argparse.REMAINDER)
    return parser.parse_args()


def main():
    options = parse()
    for each in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(each, interrupt)
    LIBC.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    runtime = tempfile.mkdtemp(prefix="wt", dir="/tmp")
    isolated = isolate()
    with tempfile.TemporaryFile(dir="/tmp") as output:
        code, faults = run(options, runtime, output)
        left = leftover_processes() if code != TIMED_OUT else []
        kill_all()
        text = show(output)
    if code != TIMED_OUT:
        left += leftover_files(runtime)
        left += leftover_kernel_objects() if isolated else []
    else:
        leftover_files(runtime)
    faults += [f"left behind: {what}" for what in left]
    if left:
        code = code or 1
    unseen = [] if isolated else ["kernel objects left behind (no namespaces for this user)"]
    report(options, code, text, faults, unseen)
    return code


if __name__ == "__main__":
    sys.exit(main())
