# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How fast the disk under a directory is (H07), private to the collection.

Random reads, then random writes, of 4 KiB, several at once and past the page cache (O_DIRECT), in a temporary file
without a name: it takes no part in the directory, and is gone with this process, even when that is killed. Bytes and
seconds are bounded. Python 3.6 syntax and the standard library only.
"""

import errno
import mmap
import os
import random
import tempfile
import threading
import time

from ansible_collections.dvp.baremetal.plugins.module_utils import _requirements as req

_BLOCK_BYTES = 4096
_FILL_BYTES = 1024**2
_MIB, _GIB = 1024**2, 1024**3
# How long a thread may hang in one operation after its time is over.
_GRACE_S = 10


class Unmeasurable(Exception):
    """The speed cannot be known here; the text says why."""


def percentile(values, share):
    """The value that a share of 0 to 1 of the sorted values does not exceed; None for no values."""
    if not values:
        return None
    return values[min(len(values) - 1, int(share * len(values)))]


def summary(latencies_s, seconds):
    """{iops, p50_ms, p99_ms} of the latencies of all operations, done in so many seconds."""
    ordered = sorted(latencies_s)
    return {
        "iops": int(len(ordered) / seconds) if seconds > 0 else 0,
        "p50_ms": round(percentile(ordered, 0.50) * 1000, 2) if ordered else None,
        "p99_ms": round(percentile(ordered, 0.99) * 1000, 2) if ordered else None,
    }


def judge(read, write):
    """(verdict, reason) of two summaries: "ok", "error", "unknown", or "warning" near the limit and for slow ones."""
    if not read["iops"] or not write["iops"]:
        return "unknown", "no operation ended in time"
    slowest = min(read["iops"], write["iops"])
    if slowest < req.LIMITS["iops"]:
        return "error", "too slow"
    if slowest * 100 < req.LIMITS["iops"] * (100 + req.DISK_TEST["margin_percent"]):
        return "warning", "so near the limit that a measurement cannot tell"
    if max(read["p99_ms"], write["p99_ms"]) > req.LIMITS["disk_p99_ms"]:
        return "warning", "some operations take long"
    return "ok", ""


def refusal(disk, member):
    """Why the file must not be written, "" when it may. disk: fact var_lib. member: the host is a node already."""
    if member:
        return "the platform runs here, and the measurement would slow it down"
    if disk["filesystem"] is None or disk["filesystem"].split(".")[0] in req.NO_DISK_FILESYSTEMS:
        return "the filesystem is %s, no disk of this host" % (disk["filesystem"] or "unknown")
    needed = req.DISK_TEST["file_mib"] * _MIB + req.DISK_TEST["reserve_gib"] * _GIB
    if disk["free_bytes"] is None or disk["free_bytes"] < needed:
        return "free space is short"
    return ""


def open_unnamed(directory):
    """Descriptor of a new file in a directory, open for O_DIRECT, that has no name and no other owner."""
    flags = os.O_RDWR | os.O_DIRECT | os.O_CLOEXEC
    try:
        return os.open(directory, flags | os.O_TMPFILE, 0o600)
    except OSError as exc:
        if exc.errno not in (errno.EOPNOTSUPP, errno.EISDIR, errno.ENOENT):
            raise
    # A filesystem without O_TMPFILE: the name lives for the two calls that are between these lines.
    handle, path = tempfile.mkstemp(prefix=".dvp-disk-test-", dir=directory)
    try:
        os.close(handle)
        return os.open(path, flags)
    finally:
        os.unlink(path)


def _lay_out(handle, seconds):
    """Write the file from its beginning, since reads of a hole touch no disk. Returns its bytes; stops in time."""
    end = time.monotonic() + seconds
    size = 0
    with mmap.mmap(-1, _FILL_BYTES) as block:
        block.write(os.urandom(_FILL_BYTES))  # zeros are nothing to a disk that compresses
        while size < req.DISK_TEST["file_mib"] * _MIB and time.monotonic() < end:
            size += os.writev(handle, [block])
    os.fsync(handle)
    if size < req.DISK_TEST["least_mib"] * _MIB:
        raise Unmeasurable("only %s MiB could be written in %s s" % (size // _MIB, seconds))
    return size


def _work(transfer, handle, blocks, end, results):
    """One of the threads: random operations until the time or their number is over. Its own descriptor, and buffer."""
    own = None
    try:
        # A second description of the same file, so that each thread has a position of its own (preadv needs 3.7).
        own = os.open("/proc/self/fd/%d" % handle, os.O_RDWR | os.O_DIRECT | os.O_CLOEXEC)
        latencies = []
        with mmap.mmap(-1, _BLOCK_BYTES) as buffer:  # its memory is aligned as O_DIRECT wants it
            buffer.write(os.urandom(_BLOCK_BYTES))
            while len(latencies) < req.DISK_TEST["operations"] // req.DISK_TEST["queue_depth"]:
                os.lseek(own, random.randrange(blocks) * _BLOCK_BYTES, os.SEEK_SET)
                start = time.monotonic()
                if start >= end:
                    break
                transfer(own, [buffer])
                latencies.append(time.monotonic() - start)
        results.append(latencies)
    except OSError as exc:
        results.append(exc)
    finally:
        if own is not None:
            os.close(own)


def _measure(transfer, handle, size, seconds):
    """Summary of one direction, by as many threads as the queue is deep."""
    results = []
    start = time.monotonic()
    arguments = (transfer, handle, size // _BLOCK_BYTES, start + seconds, results)
    threads = [threading.Thread(target=_work, args=arguments) for dummy in range(req.DISK_TEST["queue_depth"])]
    for thread in threads:
        thread.daemon = True  # one that hangs in the kernel must not hold the answer
        thread.start()
    for thread in threads:
        thread.join(max(0, start + seconds + _GRACE_S - time.monotonic()))
    took = time.monotonic() - start
    for result in list(results):
        if isinstance(result, OSError):
            raise result
    if len(results) < len(threads):
        raise Unmeasurable("an operation did not end within %s s" % int(took))
    return summary([latency for latencies in results for latency in latencies], took)


def measure(directory, seconds):
    """{read, write, file_mib}: summaries of both directions, each over half the seconds.

    Laying out the file takes at most as many seconds again. Raises Unmeasurable with the reason.
    """
    try:
        handle = open_unnamed(directory)
    except (OSError, AttributeError) as exc:
        raise Unmeasurable("no file for direct access: %s" % (getattr(exc, "strerror", None) or exc))
    try:
        size = _lay_out(handle, seconds)
        read = _measure(os.readv, handle, size, seconds / 2.0)
        write = _measure(os.writev, handle, size, seconds / 2.0)
    except OSError as exc:
        raise Unmeasurable("the disk refuses direct access: %s" % exc.strerror)
    finally:
        os.close(handle)
    return {"read": read, "write": write, "file_mib": size // _MIB}


def probe_disk_speed(host, directory, seconds, disk, member):
    """{verdict, reason, read, write, file_mib} of the disk under a directory.

    verdict: "ok", "warning", "error", "unknown", or "off" when it was not to be measured. read, write: {iops, p50_ms,
    p99_ms}, None when not measured. seconds: for both directions together; 0 for no measurement. See refusal().
    """
    unknown = {"verdict": "unknown", "reason": "", "read": None, "write": None, "file_mib": 0}
    if seconds <= 0:
        return dict(unknown, verdict="off", reason="switched off")
    reason = refusal(disk, member)
    if reason:
        return dict(unknown, reason=reason, verdict="off" if member else "unknown")
    try:
        result = host.measure_disk(directory, seconds)
    except Unmeasurable as exc:
        return dict(unknown, reason=str(exc))
    verdict, reason = judge(result["read"], result["write"])
    return dict(result, verdict=verdict, reason=reason)
