"""The module's own answer is kept; a host without a Python for it is asked by its shell, once."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from ansible.errors import AnsibleConnectionFailure, AnsibleError
from ansible.plugins.action import ActionBase
from ansible.utils.unsafe_proxy import AnsibleUnsafe
from ansible_collections.dvp.baremetal.plugins.action.host_check import ActionModule
from unit.hosts import FakeHost, options
from unit.roots import ask_shell, lay_out

NO_PYTHON = {
    "failed": True, "msg": "MODULE FAILURE", "module_stdout": "", "rc": 127,
    "module_stderr": "/bin/sh: 1: /usr/bin/python3: not found", "warnings": ["discovered"],
}  # fmt: skip


class Asked(ActionModule):
    """The action without Ansible around it: the module and the shell are answered by the test."""

    def __init__(self, module: dict[str, Any] | Exception, shell: str = "") -> None:
        self._task = SimpleNamespace(args=options(), async_val=0)
        shell_plugin = SimpleNamespace(tmpdir=None)
        self._connection = SimpleNamespace(has_native_async=False, _shell=shell_plugin)
        self._used_interpreter = None
        self.module, self.shell = module, shell
        self.calls: list[tuple[str, str]] = []

    def _execute_module(self, module_args: dict[str, Any], **_keywords: Any) -> dict[str, Any]:
        module_args["_ansible_version"] = "2.19"  # as ansible-core does
        self._used_interpreter = "#!/opt/python"
        if isinstance(self.module, Exception):
            raise self.module
        return dict(self.module)

    def _low_level_execute_command(self, cmd: str, executable: str) -> dict[str, Any]:
        self.calls.append((executable, cmd))
        return {"rc": 0, "stdout": self.shell, "stderr": ""}

    def _remove_tmp_path(self, tmp_path: Any, force: bool = False) -> None:
        pass

    def validate_argument_spec(self, argument_spec: Any) -> tuple[None, dict[str, Any]]:
        assert set(self._task.args) == set(argument_spec)
        return None, dict(self._task.args)


@pytest.fixture(autouse=True)
def base(monkeypatch: pytest.MonkeyPatch) -> None:
    """What Ansible's own base does before is not what is tested here."""
    monkeypatch.setattr(ActionBase, "run", lambda *_arguments: {})


@pytest.fixture
def printed(tmp_path: Path) -> str:
    """What the shell of a host prints."""
    host = FakeHost()
    host.files["/etc/machine-id"] = "{{ lookup('pipe', 'id') }}\n"
    return ask_shell(lay_out(host, tmp_path), options())


@pytest.mark.parametrize(
    "module", [{"changed": False, "facts": {}, "findings": []}, {"failed": True, "msg": "value of node_role must be"}]
)
def test_the_module_answers(module: dict[str, Any]) -> None:
    """No other call."""
    action = Asked(module)
    assert action.run() == module
    assert action.calls == []


@pytest.mark.parametrize("module", [NO_PYTHON, AnsibleError("interpreter discovery failed")])
def test_the_shell_answers(module: Any, printed: str) -> None:
    """One call, of /bin/sh; the answer is no template."""
    action = Asked(module, printed)
    result = action.run()
    assert [executable for executable, _text in action.calls] == ["/bin/sh"]
    assert "\npython /opt/python\n" in action.calls[0][1]
    assert result["changed"] is False and "failed" not in result
    assert [row["found"] for row in result["findings"] if row["id"] == "H21"] == ["no Python"]
    assert isinstance(result["facts"]["machine_id"], AnsibleUnsafe) or result["facts"]["machine_id"].startswith("{{")
    assert ("warnings" in result) == isinstance(module, dict)
    drift = result["facts"]["clock_drift_s"]
    assert abs(drift) < 60, "the clock is compared with now"


def test_nobody_answers() -> None:
    """Then the failure of the module is the answer."""
    assert Asked(NO_PYTHON, "sh: Cannot fork").run() == NO_PYTHON
    with pytest.raises(AnsibleError, match="interpreter discovery"):
        Asked(AnsibleError("interpreter discovery failed"), "").run()


@pytest.mark.parametrize("error", [AnsibleConnectionFailure("interpreter"), AnsibleError("Missing sudo password")])
def test_other_errors_are_left_alone(error: AnsibleError) -> None:
    action = Asked(error)
    with pytest.raises(type(error)):
        action.run()
    assert action.calls == []
