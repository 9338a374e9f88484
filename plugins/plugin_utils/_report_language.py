# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One language of a report; private to the collection. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

from ansible_collections.dvp.baremetal.plugins.module_utils import _requirements as req
from ansible_collections.dvp.baremetal.plugins.plugin_utils import _report_words

_TITLES = {row.id: row.title for row in req.REQUIREMENTS}
_NEEDED = {row.id: row.needed.format(**req.LIMITS) for row in req.REQUIREMENTS}
# Kind of a finding -> key of its heading.
_KINDS = {req.ERROR: "errors", req.WARNING: "warnings", req.INFO: "info", "accepted": "accepted"}


class Language:
    """Words of one language; a requirement that has none in it is told in English."""

    def __init__(self, name: str) -> None:
        if name not in _report_words.LANGUAGES:
            raise ValueError(f"language {name!r}: one of {', '.join(_report_words.LANGUAGES)} is needed")
        self.name = name
        self.words: Mapping[str, str] = _report_words.WORDS[name]
        self._requirements = _report_words.REQUIREMENTS.get(name, {})

    def text(self, key: str, **values: object) -> str:
        """A phrase, with its braces filled in."""
        return self.words[key].format(**values) if values else self.words[key]

    def markup(self, key: str, **values: object) -> str:
        """A phrase as text of a page."""
        return escape(self.text(key, **values))

    def kind(self, kind: str) -> str:
        """Heading of a kind of findings."""
        return self.words[_KINDS[kind]]

    def one(self, kind: str) -> str:
        """What one finding of a kind is called."""
        return self.words[f"kind_{kind}"]

    def hosts(self, count: int) -> str:
        """A number of hosts."""
        return self.text("hosts_one") if count == 1 else self.text("hosts_many", count=count)

    def title(self, requirement_id: str) -> str:
        """Title of a requirement."""
        known = self._requirements.get(requirement_id)
        return known[0] if known else _TITLES.get(requirement_id, requirement_id)

    def checked(self, row: Mapping[str, Any]) -> str:
        """What a finding has checked: the title of its requirement is translated, a rule's own words are not."""
        return self.title(row["id"]) if row["checked"] == _TITLES.get(row["id"]) else str(row["checked"])

    def needed(self, row: Mapping[str, Any]) -> str:
        """What a finding needs, likewise."""
        known = self._requirements.get(row["id"])
        if known and row["needed"] == _NEEDED[row["id"]]:
            return known[1].format(**req.LIMITS)
        return str(row["needed"])
