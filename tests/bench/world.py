"""A machine of its own for a measurement: namespaces with nothing but loopback, and one sshd on all of 127.0.0.0/8.

The measuring process is the first of its PID namespace: when it ends, however that happens, the kernel ends sshd and
all that was started; mounts, addresses and accounts go with the namespaces. Nothing of this machine's SSH is touched.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from lab.packages import program
from lab.shell import ISOLATED, run

INTERPRETER = "/usr/bin/python3"
# As many logins at once as a fleet of separate machines would take; no look-up of names; Debian's default otherwise.
SSHD = """
ListenAddress 0.0.0.0
HostKey {home}/host_key
PidFile none
UsePAM no
UseDNS no
StrictModes no
MaxStartups 1000
MaxSessions 1000
PermitRootLogin prohibit-password
AuthorizedKeysFile {home}/id_ed25519.pub
"""


def enter(module: str, folder: Path, arguments: Sequence[str]) -> int:
    """Run `python -m module --inside folder arguments` in namespaces of its own; an interrupt ends all of them."""
    daemon, library = program("openssh-server", "usr/sbin/sshd"), program("libwrap0", "")
    (folder / "sshd").symlink_to(daemon)
    (folder / "lib").symlink_to(next(library.rglob("libwrap.so.0")).parent)
    command = [*ISOLATED, "--mount-proc", "--net", sys.executable, "-m", module, "--inside", str(folder), *arguments]
    process = subprocess.Popen(["setpriv", "--pdeathsig", "KILL", *command], process_group=0)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)
    try:
        return process.wait()
    except KeyboardInterrupt:
        os.killpg(process.pid, signal.SIGINT)
        process.wait()
        return 130


def furnish(folder: Path) -> None:
    """Inside: loopback, a root with a home in the folder and /bin/sh, keys, and sshd."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    home = folder / "home"
    home.mkdir()
    accounts = [
        line for line in Path("/etc/passwd").read_text().splitlines() if line.split(":")[0] not in ("root", "sshd")
    ]
    own = [f"root:x:0:0:root:{home}:/bin/sh", "sshd:x:65533:65533::/run/sshd:/bin/false"]
    (folder / "passwd").write_text("\n".join([*own, *accounts]) + "\n")
    run(["mount", "--bind", folder / "passwd", "/etc/passwd"])
    run(["mount", "-t", "tmpfs", "none", "/run"])
    run(["ip", "link", "set", "lo", "up"])
    Path("/run/sshd").mkdir()
    os.environ["HOME"] = str(home)
    keys = home / ".ssh"
    keys.mkdir(mode=0o700)
    for path in (keys / "id_ed25519", keys / "host_key"):
        run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", path])
    (keys / "known_hosts").write_text(f"* {(keys / 'host_key.pub').read_text()}")
    (folder / "sshd_config").write_text(SSHD.format(home=keys))
    # sshd starts itself again for each connection, by its full path.
    daemon = [str((folder / "sshd").resolve()), "-D", "-e", "-f", str(folder / "sshd_config")]
    with (folder / "sshd.log").open("w") as log:
        subprocess.Popen(daemon, env={**os.environ, "LD_LIBRARY_PATH": str(folder / "lib")}, stderr=log)
    for _attempt in range(50):
        if subprocess.run(["ssh", "127.0.0.1", "true"], check=False, capture_output=True).returncode == 0:
            return
        time.sleep(0.1)
    raise SystemExit("sshd does not answer:\n" + (folder / "sshd.log").read_text())
