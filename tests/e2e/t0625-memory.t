#!/bin/sh
# Keys are in the memory of a running program: nobody of the same user can read
# it, and it leaves no core.
. "$SRCDIR/tests/lib/tap.sh"
. "$SRCDIR/tests/lib/mobile.sh"

test "$(uname)" = Linux || {
	echo '1..0 # SKIP only Linux has such a protection'
	exit 0
}
new_app app
git -C app switch -q -c feature
bad_session >app/ios/Session.swift
git -C app commit -q -a -m 'Keep the token'
# It is asked while it holds the key, and then waits for its answer.
printf '#!/bin/sh\n: >"%s/asked"\nsleep 60\n' "$work" >service
chmod +x service
cat >referee.conf <<CONF
[service "fake"]
kind = command
command = $work/service
key = env:FAKE_KEY
CONF
cat >look.py <<'PY'
"""look.py PROGRAM WORK: runs it until its service is asked, looks at it, ends it
by SIGABRT. Says what it saw."""
import os
import resource
import signal
import subprocess
import sys
import time

program, work = sys.argv[1:3]
NOBODY = 65534


def prepare():
    """As somebody who is not root, with room for a core."""
    resource.setrlimit(resource.RLIMIT_CORE, (resource.RLIM_INFINITY,) * 2)
    if os.getuid() == 0:
        os.setgroups([])
        os.setgid(NOBODY)
        os.setuid(NOBODY)
    os.chdir(work + "/app")


def core_of(process):
    _, status = os.waitpid(process.pid, 0)
    process.returncode = 0
    return os.WCOREDUMP(status)


def start(*words):
    return subprocess.Popen(words, preexec_fn=prepare, env=environment,
                            stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT)


environment = dict(os.environ, FAKE_KEY="sk-planted-0123456789",
                   ASAN_OPTIONS="disable_coredump=0:detect_leaks=0",
                   REFEREE_CONFIG=work + "/referee.conf")
if os.getuid() == 0:
    subprocess.run(["chown", "-R", str(NOBODY), work], check=True)
try:
    control = start("/bin/sh", "-c", "kill -ABRT $$")
except (OSError, subprocess.SubprocessError) as error:
    print("cannot start anything as nobody:", error)
    sys.exit(77)
print("another program leaves", "a core" if core_of(control) else "none")
try:
    process = start(program, "run", "--service", "fake")
except (OSError, subprocess.SubprocessError) as error:
    print("cannot start it as nobody:", error)
    sys.exit(77)
deadline = time.monotonic() + 60
while not os.path.exists(work + "/asked"):
    if process.poll() is not None or time.monotonic() > deadline:
        print("its service was never asked")
        sys.exit(1)
    time.sleep(0.05)
owner = os.stat(f"/proc/{process.pid}/mem").st_uid
print("its memory is", "root's" if owner == 0 else "its user's")
reader = start("/bin/sh", "-c", f"exec </proc/{process.pid}/mem")
print("and cannot be read" if reader.wait() else "and can be read")
process.send_signal(signal.SIGABRT)
print("it leaves", "a core" if core_of(process) else "none")
PY
program=$(command -v referee)
python3 look.py "$program" "$work" >seen 2>&1
case $? in
0 | 1)
	ok "its memory is not its user's" grep -q "memory is root's" seen
	ok 'nobody of the same user reads it' grep -q '^and cannot be read$' seen
	if grep -q 'another program leaves a core' seen; then
		ok 'it leaves no core where others do' grep -q '^it leaves none$' seen
	else
		ok 'it leaves no core # SKIP no program does here' true
	fi
	;;
77) ok 'a look at its memory # SKIP nobody cannot start it here' true ;;
*) ok 'a look at its memory' sh -c 'cat seen; false' ;;
esac
finish
