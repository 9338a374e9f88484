# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Filter dvp.baremetal.restart_batch; documented in restart_batch.yml."""

from __future__ import annotations

import typing as t

from ansible_collections.dvp.baremetal.plugins.plugin_utils._restarts import restart_batch


class FilterModule:
    """The filter, over the pure function."""

    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        return {"restart_batch": restart_batch}
