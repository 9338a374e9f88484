# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Filter: a report as data."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ansible_collections.dvp.baremetal.plugins.plugin_utils import _report
from ansible_collections.dvp.baremetal.plugins.plugin_utils._cluster import host_results


def report_data(
    findings: Sequence[Mapping[str, str]],
    hostvars: Mapping[str, Mapping[str, Any]],
    masters: Sequence[str],
    workers: Sequence[str],
    title: str,
    time: str,
    domains: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Findings and what the hosts answered, ready for JSON, for report_html and for report_junit."""
    results = host_results(hostvars, [*masters, *workers])
    return _report.report_data(findings, results, masters, workers, title, time, domains)


class FilterModule:
    """What Ansible loads."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Name -> function."""
        return {"report_data": report_data}
