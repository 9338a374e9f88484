# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The machine this code runs on, as the probes see it; private to the collection.

One object with a few methods, so that a test hands in texts instead of a machine. Nothing here changes the host.
Runs on managed hosts, so Python 3.6 syntax and the standard library only.
"""

import os
import platform
import subprocess
import time

from ansible_collections.dvp.baremetal.plugins.module_utils import _requirements as req
from ansible_collections.dvp.baremetal.plugins.module_utils._disk_speed import measure
from ansible_collections.dvp.baremetal.plugins.module_utils._endpoints import ask_endpoints
from ansible_collections.dvp.baremetal.plugins.module_utils._kvm import try_kvm

COMMAND_TIMEOUT_S = 20


class LocalHost:
    """The machine this code runs on. Every method returns None for what cannot be read, and raises nothing."""

    def read(self, path):
        """Text of a file."""
        try:
            with open(path, "rb") as stream:
                return stream.read().decode("utf-8", "replace")
        except (IOError, OSError):
            return None

    def names(self, path):
        """Sorted names in a directory."""
        try:
            return sorted(os.listdir(path))
        except OSError:
            return None

    def exists(self, path):
        """True when the path exists, links followed."""
        return os.path.exists(path)

    def real_path(self, path):
        """The path without links; the path itself when it does not exist."""
        return os.path.realpath(path)

    def run(self, arguments):
        """(exit code, output) of a command without a shell; None when it is not installed or takes too long."""
        environment = dict(os.environ, LC_ALL="C", PATH=":".join(req.BINARY_DIRS))
        try:
            process = subprocess.Popen(
                arguments, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment
            )
        except OSError:
            return None
        try:
            output = process.communicate(timeout=COMMAND_TIMEOUT_S)[0]
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            return None
        return process.returncode, output.decode("utf-8", "replace")

    def filesystem(self, path):
        """(size, free for root's services) of the filesystem in bytes."""
        try:
            status = os.statvfs(path)
        except OSError:
            return None
        return status.f_blocks * status.f_frsize, status.f_bavail * status.f_frsize

    def user_id(self):
        """Effective user ID of this process."""
        return os.geteuid()

    def python(self):
        """Version of the Python that runs this."""
        return platform.python_version()

    def time_s(self):
        """Seconds since the epoch."""
        return time.time()

    def try_kvm(self):
        """See _kvm.try_kvm: "" when virtual machines run here, else the reason."""
        return try_kvm()

    def measure_disk(self, directory, seconds):
        """See _disk_speed.measure: the one thing here that writes, to a file without a name."""
        return measure(directory, seconds)

    def ask(self, endpoints):
        """See _endpoints.ask_endpoints."""
        return ask_endpoints(endpoints)
