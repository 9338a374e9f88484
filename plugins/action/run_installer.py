# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Action side of dvp.baremetal.run_installer. Command lines and parsing are in plugin_utils/_installer.py."""

from __future__ import annotations

import shlex
import time
import typing as t

from ansible_collections.dvp.baremetal.plugins.plugin_utils import _installer
from ansible_collections.dvp.baremetal.plugins.plugin_utils._api_action import ApiAction, ApiError

_REPEAT_LINE_S = 60
# Paths are those of the play's host: the type path would expand them here.
_MOUNT = {
    "source": {"type": "str", "required": True},
    "target": {"type": "str", "required": True},
    "read_only": {"type": "bool", "default": False},
}


class ActionModule(ApiAction):
    """Starts the installer's container, or joins the one that still runs, and follows it to its end."""

    argument_spec = {
        "engine": {"type": "str", "required": True},
        "name": {"type": "str", "required": True},
        "image": {"type": "str", "required": True},
        "command": {"type": "list", "elements": "str", "required": True},
        "mounts": {"type": "list", "elements": "dict", "default": [], "options": _MOUNT},
        "network": {"type": "str", "default": "host"},
        "fingerprint": {"type": "str", "required": True},
        "progress_file": {"type": "str", "required": True},
        "log_file": {"type": "str", "required": True},
        "timeout_s": {"type": "int", "default": 5400},
        "delay_s": {"type": "int", "default": 3},
    }

    def act(self, args: dict[str, t.Any]) -> dict[str, t.Any]:
        if self.is_check_mode:
            return {"changed": True, "msg": f"check mode: would run {args['image']}"}
        args = self._with_full_paths(args)
        started = time.monotonic()
        reattached = self._start_or_join(args)
        exit_code = self._follow(args, started)
        log = self._keep_log(args)
        self._shell(args["engine"], "rm", "--force", args["name"], may_fail=True)
        if exit_code != 0:
            raise ApiError(
                f"The installer ended with exit code {exit_code}. Its last words:\n{_installer.last_words(log)}\n"
                f"The whole log is {args['log_file']}. Mend the cause and run the same playbook again: "
                "the installer continues from its state directory."
            )
        return {"changed": True, "reattached": reattached, "seconds": int(time.monotonic() - started)}

    def _with_full_paths(self, args: dict[str, t.Any]) -> dict[str, t.Any]:
        mounts = [{**mount, "source": self._remote_expand_user(mount["source"])} for mount in args["mounts"]]
        files = {name: self._remote_expand_user(args[name]) for name in ("progress_file", "log_file")}
        return {**args, **files, "mounts": mounts}

    def _start_or_join(self, args: dict[str, t.Any]) -> bool:
        """True when a container of an earlier run with the same configuration is still at work."""
        container = self._inspect(args)
        if container and container.running and container.fingerprint == args["fingerprint"]:
            self.say(f"installer: container {args['name']} of an earlier run is still at work, following it")
            return True
        if container:
            self.say(f"installer: removing container {args['name']} of an earlier run")
            self._shell(args["engine"], "rm", "--force", args["name"])
        self._command(["rm", "-f", args["progress_file"]])
        try:
            self._command(_installer.run_command(args["engine"], args))
        except ApiError:
            self._shell(args["engine"], "rm", "--force", args["name"], may_fail=True)
            raise
        return False

    def _follow(self, args: dict[str, t.Any], started: float) -> int:
        deadline = self.deadline(args["timeout_s"])
        offset, line, last_said = 0, "started", time.monotonic()
        while True:
            container = self._inspect(args)
            text = _installer.complete_lines(self._progress(args["progress_file"], offset))
            offset += len(text.encode())
            lines = _installer.progress_lines(text)
            for sentence in lines:
                self.say(f"installer: {sentence} [{time.monotonic() - started:.0f} s]")
            now = time.monotonic()
            line = lines[-1] if lines else line
            if not lines and now - last_said >= _REPEAT_LINE_S:
                self.say(f"installer: still in {line} [{now - started:.0f} s]")
            last_said = now if lines or now - last_said >= _REPEAT_LINE_S else last_said
            if container is None:
                raise ApiError(f"The installer's container {args['name']} was removed by somebody else.")
            if not container.running:
                return container.exit_code
            if now >= deadline:
                self._shell(args["engine"], "stop", "--time=10", args["name"], may_fail=True)
                log = self._keep_log(args)
                raise ApiError(
                    f"The installer was stopped after {args['timeout_s']} s, in {line}. Its last words:\n"
                    f"{_installer.last_words(log)}\nThe whole log is {args['log_file']}."
                )
            self.sleep(args["delay_s"])

    def _progress(self, path: str, offset: int) -> str:
        return str(self._command(["tail", "-c", f"+{offset + 1}", path], may_fail=True)["stdout"])

    def _inspect(self, args: dict[str, t.Any]) -> _installer.Container | None:
        result = self._shell(args["engine"], "container", "inspect", args["name"], may_fail=True)
        return _installer.container_of(result["stdout"])

    def _keep_log(self, args: dict[str, t.Any]) -> str:
        logs = shlex.join([args["engine"], "logs", args["name"]])
        command = (
            f"umask 077; {logs} > {shlex.quote(args['log_file'])} 2>&1; tail -n 60 {shlex.quote(args['log_file'])}"
        )
        return str(self._low_level_execute_command(command)["stdout"])

    def _shell(self, *line: str, may_fail: bool = False) -> dict[str, t.Any]:
        return self._command(list(line), may_fail=may_fail)

    def _command(self, line: list[str], may_fail: bool = False) -> dict[str, t.Any]:
        result = t.cast("dict[str, t.Any]", self._low_level_execute_command(shlex.join(line)))
        if result["rc"] != 0 and not may_fail:
            said = _installer.last_words(result.get("stderr") or result.get("stdout") or "", 5)
            raise ApiError(f"{line[0]} {line[1]} failed with exit code {result['rc']}: {said}")
        return result
