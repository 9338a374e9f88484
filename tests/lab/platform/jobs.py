# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Slow work outside the controllers' loop: each job has a key, runs once, and its result waits to be collected."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any


class Jobs:
    """A pool of threads. A controller asks for its job on every pass and gets the result when there is one."""

    def __init__(self, workers: int = 6) -> None:
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="job")
        self._running: dict[str, Future[Any]] = {}

    def poll(self, key: str, work: Callable[[], Any]) -> Future[Any] | None:
        """Start the job unless it runs; return its finished future once, None until then."""
        future = self._running.get(key)
        if future is None:
            self._running[key] = self._pool.submit(work)
            return None
        if not future.done():
            return None
        del self._running[key]
        return future

    def busy(self) -> bool:
        """Is any job running or waiting to be collected?"""
        return bool(self._running)

    def stop(self) -> None:
        """Drop what has not begun; what runs is left to end by itself."""
        self._pool.shutdown(wait=False, cancel_futures=True)
