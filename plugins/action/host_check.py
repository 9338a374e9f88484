# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Action side of dvp.baremetal.host_check: runs the module; a host without a Python for it is asked by its shell."""

from __future__ import annotations

import time
import typing as t

from ansible.errors import AnsibleAction, AnsibleConnectionFailure, AnsibleError
from ansible.plugins.action import ActionBase
from ansible.utils.unsafe_proxy import wrap_var
from ansible_collections.dvp.baremetal.plugins.plugin_utils._interpreter import needs_shell, running_core

# Results of Ansible itself, which stay what they are.
_KEPT = ("ansible_facts", "warnings", "deprecations")


class ActionModule(ActionBase):
    """One task, so that a host that needs no shell pays nothing for it, and one that hangs costs one timeout."""

    _supports_check_mode = True
    _supports_async = True

    def run(self, tmp: str | None = None, task_vars: dict[str, t.Any] | None = None) -> dict[str, t.Any]:
        result = super().run(tmp, task_vars)
        wrap_async = self._task.async_val and not self._connection.has_native_async
        try:
            # A copy, since what ansible-core adds for the module is no argument of the task.
            answer = self._execute_module(module_args=dict(self._task.args), task_vars=task_vars, wrap_async=wrap_async)
        except (AnsibleConnectionFailure, AnsibleAction):
            raise
        except AnsibleError as exc:  # before there was a module to fail
            failure = {"failed": True, "msg": str(exc)}
            by_shell = self.by_shell(failure) if needs_shell(failure) else None
            if by_shell is None:
                raise
            return {**result, **by_shell}
        if not wrap_async:
            self._remove_tmp_path(self._connection._shell.tmpdir)
        return {**result, **((self.by_shell(answer) if needs_shell(answer) else None) or answer)}

    def by_shell(self, failure: dict[str, t.Any]) -> dict[str, t.Any] | None:
        """What the module would have answered; None when the shell cannot tell either."""
        # Not at the top: no other host pays for it.
        from ansible_collections.dvp.baremetal.plugins.modules.host_check import ARGUMENTS
        from ansible_collections.dvp.baremetal.plugins.plugin_utils._shell_check import shell_answer
        from ansible_collections.dvp.baremetal.plugins.plugin_utils._shell_host import script

        options = self.validate_argument_spec(argument_spec=ARGUMENTS)[1]
        if options["controller_time_s"] is not None:
            options["controller_time_s"] = time.time()  # the module has had its time
        tried = (self._used_interpreter or "").removeprefix("#!").strip()
        # What the action `raw` does, with the same way to root.
        output = self._low_level_execute_command(script(options, tried), executable="/bin/sh")["stdout"]
        answer = shell_answer(failure, output, options, tried, running_core())
        if answer is None:
            return None
        kept = {key: failure[key] for key in _KEPT if key in failure}
        return {**kept, "changed": False, **wrap_var(answer)}
