# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read the Kubernetes API of the platform that a run has made."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from kubernetes import config
from kubernetes.client import ApiException
from kubernetes.dynamic import DynamicClient
from urllib3.exceptions import HTTPError

UNREADABLE = (ApiException, config.ConfigException, HTTPError, OSError)


class Api:
    """The API behind a kubeconfig; what cannot be read raises one of UNREADABLE."""

    def __init__(self, kubeconfig: Path) -> None:
        self._client = DynamicClient(config.new_client_from_config(str(kubeconfig)))  # type: ignore[no-untyped-call]

    def get(self, path: str) -> dict[str, Any]:
        """The object at a path, as ``/api/v1/nodes``."""
        answer = self._client.request("get", path, serialize=False)  # type: ignore[no-untyped-call]
        return dict(json.loads(answer.data))


def reason(problem: Exception) -> str:
    """One line about an API that does not answer."""
    return f"{problem.status} {problem.reason}" if isinstance(problem, ApiException) else str(problem)
