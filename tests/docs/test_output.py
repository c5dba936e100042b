"""Runs a program from the documentation and compares what it prints: test_output.py PROGRAM EXPECTED.

Such a program uses the default runtime directory, /run/user/UID. Where the kernel lets us, it sees the sandbox's in
that place (a mount namespace of its own), so that it meets no other program.
"""
import os
import shutil
import subprocess
import sys

program, expected = sys.argv[1:]
run_directory = os.path.join(os.environ["WEFT_RUNTIME_DIR"], "run")
own = os.path.join(run_directory, "user", str(os.getuid()))
os.makedirs(own, mode=0o700)
apart = ["unshare", "--mount", "--map-root-user", "--"] if os.getuid() else ["unshare", "--mount", "--"]
mount = ["sh", "-c", 'mount --bind "$1" /run && exec "$2"', "sh", run_directory, program]
if subprocess.run(apart + mount[:-1] + ["true"], capture_output=True, check=False).returncode == 0:
    command = apart + mount
else:
    command = [program]
run = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
left = [name for _, _, files in os.walk(run_directory) for name in files]
if not left:
    shutil.rmtree(run_directory)
if run.returncode != 0 or run.stdout.strip() != expected or left:
    sys.exit(f"{program} answered {run.returncode}\n{run.stdout}{run.stderr}expected: {expected}; left behind: {left}")
print("1 passed, 0 failed")
