# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the action plugins share: validated arguments, one way to fail, reading the API. Private."""

from __future__ import annotations

import os
import time
import typing as t

from ansible.plugins.action import ActionBase
from ansible.utils.display import Display
from ansible_collections.dvp.baremetal.plugins.plugin_utils import _objects

Result = t.TypeVar("Result")
display = Display()


class ApiError(Exception):
    """The API, or something else outside, said no. The text is for people and holds no secret."""


class ApiAction(ActionBase):
    """Base of the actions. Subclasses give C(argument_spec) and C(act), which returns the result or raises ApiError."""

    _requires_connection = True
    argument_spec: dict[str, dict[str, t.Any]] = {}
    first_delay_s, longest_delay_s = 2.0, 30.0

    def act(self, args: dict[str, t.Any]) -> dict[str, t.Any]:
        raise NotImplementedError

    def run(self, tmp: str | None = None, task_vars: dict[str, t.Any] | None = None) -> dict[str, t.Any]:
        result = super().run(tmp, task_vars)
        self._task_vars = task_vars
        self._parent = os.getppid()
        args = self.validate_argument_spec(argument_spec=self.argument_spec)[1]
        self._args = args
        self.is_check_mode = bool(self._task.check_mode)
        try:
            result.update(self.act(_objects.plain(args)))
        except ApiError as error:
            result.update(failed=True, changed=False, msg=str(error))
        return result

    def say(self, text: str) -> None:
        """One line of progress, shown at once."""
        display.display(f"  {text}")

    def deadline(self, timeout_s: float) -> float:
        return time.monotonic() + timeout_s

    def sleep(self, seconds: float) -> None:
        """Pause. Raises ApiError when the playbook was killed: a worker of its own session would go on unseen."""
        time.sleep(seconds)
        if os.getppid() != self._parent:
            raise ApiError("The playbook that this task belongs to is gone.")

    def run_module(self, name: str, args: dict[str, t.Any]) -> dict[str, t.Any]:
        """Run a module of kubernetes.core on the play's host, with the task's kubeconfig."""
        module_args = {"kubeconfig": self._args["kubeconfig"], **args}
        return t.cast(
            "dict[str, t.Any]",
            self._execute_module(module_name=name, module_args=module_args, task_vars=self._task_vars),
        )

    def read(self, **query: t.Any) -> list[_objects.Object]:
        """Live objects; empty when the kind is not (yet) known to the API. Raises ApiError when it does not answer."""
        result = self.run_module("kubernetes.core.k8s_info", query)
        if result.get("failed") or "resources" not in result:
            raise ApiError(_objects.api_message(str(result.get("msg", result))))
        return t.cast("list[_objects.Object]", _objects.plain(result["resources"]))

    def kubeconfig_exists(self) -> bool:
        stat = self._execute_remote_stat(
            self._remote_expand_user(self._args["kubeconfig"]), all_vars=self._task_vars, follow=True, checksum=False
        )
        return bool(stat["exists"])

    def retried(self, call: t.Callable[[], Result], deadline: float, what: str) -> Result:
        """Call again, ever slower, while nobody answers. A refusal ends it at once; so does the deadline."""
        delay = self.first_delay_s
        while True:
            try:
                return call()
            except ApiError as error:
                left = deadline - time.monotonic()
                if not _objects.is_transient(str(error)):
                    raise ApiError(f"{what}: the API refused: {error}") from error
                if left <= 0:
                    raise ApiError(f"{what}: the API did not take it in time; its last words: {error}") from error
                self.say(f"{what}: the API is busy, trying again for {left:.0f} s more ({error})")
                self.sleep(min(delay, self.longest_delay_s, max(left, 0.1)))
                delay *= 1.5
