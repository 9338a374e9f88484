"""wait_objects: until everything is ready, something has failed for good, or time is up."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.dvp.baremetal.plugins.action.wait_objects import ActionModule
from ansible_collections.dvp.baremetal.plugins.plugin_utils._api_action import ApiError
from unit.plugins.action import fakes

CONDITION = {
    "api_version": "deckhouse.io/v1alpha1", "kind": "Module", "namespace": None, "names": ["csi-nfs"],
    "label_selectors": [], "min_count": 0, "ready_when": None, "failed_when": None, "all_ready_when": None,
    "all_ready_text": None, "absent": False,
}  # fmt: skip


def module(phase: str, message: str = "") -> dict[str, Any]:
    state = "True" if phase == "Ready" else "False"
    conditions = [
        {"type": "IsReady", "status": state, "message": message},
        {"type": "EnabledByModuleManager", "status": "True"},
    ]
    return {"kind": "Module", "metadata": {"name": "csi-nfs"}, "status": {"phase": phase, "conditions": conditions}}


def answers(*given: Any) -> Any:
    """One answer per look, the last one for ever; a text is an error of the API."""
    looks = list(given)

    def answer(name: str, args: dict[str, Any]) -> dict[str, Any]:
        found = looks.pop(0) if len(looks) > 1 else looks[0]
        return {"failed": True, "msg": found} if isinstance(found, str) else {"resources": found}

    return answer


def arguments(**changed: Any) -> dict[str, Any]:
    return {
        "kubeconfig": "/k", "what": "Module/csi-nfs", "wait_for": [CONDITION], "proof": None, "timeout_s": 60,
        "delay_s": 1, "failure_grace_s": 30, **changed,
    }  # fmt: skip


def test_waits_and_says_what_has_moved() -> None:
    """One line per change, not one per look; a silent API is waited for."""
    installing, failed, ready = module("Installing"), module("Error", "hook"), module("Ready")
    looks = answers([], [], [installing], "Max retries exceeded", [failed], [ready])
    action = fakes.make(ActionModule, looks)
    assert action.act(arguments())["objects"] == [module("Ready")]
    assert [line.split(" [")[0] for line in action.lines] == [
        "Module/csi-nfs: Module/csi-nfs does not exist",
        "Module/csi-nfs: Module/csi-nfs: Installing",
        "Module/csi-nfs: the API does not answer (Max retries exceeded)",
        "Module/csi-nfs: Module/csi-nfs: Error (hook)",
    ]


def test_fails_with_the_own_message_when_it_lasts() -> None:
    """The platform repeats its hooks, so a failure must last."""
    action = fakes.make(ActionModule, answers([module("Error", "no export on 192.0.2.50")]))
    with pytest.raises(ApiError, match=r"failed: Module/csi-nfs: Error \(no export on 192\.0\.2\.50\)"):
        action.act(arguments(failure_grace_s=0))


def test_times_out_with_everything_that_is_missing() -> None:
    """Not only the first thing."""
    missing = {**CONDITION, "names": ["csi-nfs", "virtualization"]}
    action = fakes.make(ActionModule, answers([module("Installing")]))
    with pytest.raises(ApiError) as error:
        action.act(arguments(wait_for=[missing], timeout_s=0))
    assert "Module/virtualization does not exist" in str(error.value)
    assert "Module/csi-nfs: Installing" in str(error.value)


def test_a_refusing_api_is_not_waited_for() -> None:
    """Wrong credentials do not mend themselves."""
    action = fakes.make(ActionModule, answers("Unauthorized"))
    with pytest.raises(ApiError, match="Unauthorized"):
        action.act(arguments())


def test_check_mode_returns_at_once() -> None:
    """And asks nobody."""
    action = fakes.make(ActionModule, answers("not asked"), check_mode=True)
    assert action.act(arguments()) == {
        "changed": False, "waited": False, "objects": [], "msg": "check mode: not waiting for Module/csi-nfs",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("first", "waited"), [([module("Installing")], True), ([], True), ("Max retries exceeded", False)]
)
def test_tells_whether_it_has_waited(first: Any, waited: bool) -> None:
    """For something that became ready, which is no change; a silent API alone is no waiting for the object."""
    result = fakes.make(ActionModule, answers(first, [module("Ready")])).act(arguments())
    assert (result["waited"], result["changed"]) == (waited, False)
    result = fakes.make(ActionModule, answers([module("Ready")])).act(arguments())
    assert (result["waited"], result["changed"]) == (False, False)


def test_bad_jmespath_is_refused() -> None:
    """Before the first look."""
    action = fakes.make(ActionModule, answers([]))
    with pytest.raises(ApiError, match="ready_when of Module is not JMESPath"):
        action.act(arguments(wait_for=[{**CONDITION, "ready_when": "a =="}]))


def test_proof_runs_when_everything_was_read() -> None:
    """The proof's sentences are what is missing."""
    action = fakes.make(ActionModule, answers([module("Ready")]))
    with pytest.raises(ApiError, match="Deployment d8-virtualization/virt-api: does not exist"):
        action.act(arguments(proof="virtualization", timeout_s=0))
