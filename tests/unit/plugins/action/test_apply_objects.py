"""apply_objects: what it reads and writes, when it tries again, and what it never shows."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.dvp.baremetal.plugins.action.apply_objects import ActionModule
from ansible_collections.dvp.baremetal.plugins.plugin_utils._api_action import ApiError
from unit.plugins.action import fakes

NAMESPACE = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "n"}}
SECRET = {**NAMESPACE, "kind": "Secret", "metadata": {"name": "s", "namespace": "n"}, "stringData": {"k": "secret!"}}
REFUSED = "ConnectionRefusedError: [Errno 111] Connection refused"


class Api:
    """Answers kubernetes.core modules; C(failures) are given to the first writes."""

    def __init__(self, live: list[Any] | None = None, failures: tuple[str, ...] = ()) -> None:
        self.live, self.failures, self.writes = live or [], list(failures), []  # type: ignore[var-annotated]
        self.reads = 0

    def __call__(self, name: str, args: dict[str, Any]) -> dict[str, Any]:
        if name.endswith("k8s_info"):
            self.reads += 1
            return {"resources": [item for item in self.live if item["kind"] == args["kind"]]}
        if self.failures:
            return {"failed": True, "msg": self.failures.pop(0)}
        self.writes.append(args)
        return {"changed": True}


def arguments(**changed: Any) -> dict[str, Any]:
    given = {"objects": [NAMESPACE, SECRET], "state": "present", "field_manager": "dvp.baremetal"}
    return {"kubeconfig": "/k", **given, "retry_timeout_s": 60, **changed}


def test_writes_everything_that_is_missing_in_one_call() -> None:
    """Server-side apply, in order, one call."""
    api = Api()
    result = fakes.make(ActionModule, api).act(arguments())
    assert result["changed"] is True
    (write,) = api.writes
    assert [item["kind"] for item in write["resource_definition"]] == ["Namespace", "Secret"]
    assert write["server_side_apply"] == {"field_manager": "dvp.baremetal", "force_conflicts": True}


def test_writes_nothing_that_is_there() -> None:
    """The second run."""
    live = [{**NAMESPACE, "status": {}}, {**SECRET, "stringData": None, "data": {"k": "c2VjcmV0IQ=="}}]
    api = Api(live)
    result = fakes.make(ActionModule, api).act(arguments())
    assert (result["changed"], api.writes) == (False, [])


@pytest.mark.parametrize("kubeconfig", [True, False])
def test_check_mode_writes_nothing(kubeconfig: bool) -> None:
    """Without a cluster it does not even read."""
    api = Api()
    result = fakes.make(ActionModule, api, check_mode=True, diff=True, kubeconfig=kubeconfig).act(arguments())
    assert result["changed"] is True
    assert api.writes == []
    assert bool(api.reads) is kubeconfig
    assert "secret!" not in str(result)
    assert "c2VjcmV0IQ==" not in str(result)
    assert "kind: Namespace" in result["diff"][0]["after"]


def test_tries_again_while_nobody_answers() -> None:
    """A webhook that is not up yet."""
    api = Api(failures=(REFUSED, f"failed calling webhook: {REFUSED}"))
    action = fakes.make(ActionModule, api)
    assert action.act(arguments())["changed"] is True
    assert len(action.lines) == 2
    assert action.slept > 0


def test_a_refusal_ends_it_at_once() -> None:
    """In the API's own words."""
    text = 'Failed: b\'{"message":"admission webhook \\"x\\" denied the request: subnet A overlaps"}\''
    action = fakes.make(ActionModule, Api(failures=(text,)))
    with pytest.raises(ApiError, match='refused: admission webhook "x" denied the request: subnet A overlaps'):
        action.act(arguments())
    assert action.slept == 0


def test_gives_up_in_time() -> None:
    """The last words stand in the error."""
    action = fakes.make(ActionModule, Api(failures=(REFUSED,) * 9))
    with pytest.raises(ApiError, match=r"did not take it in time; its last words: .*Connection refused"):
        action.act(arguments(retry_timeout_s=0))


def test_removes_by_name_only() -> None:
    """A removal carries no content, and only what is there."""
    api = Api([NAMESPACE])
    result = fakes.make(ActionModule, api).act(arguments(state="absent"))
    assert result["changes"] == [{"action": "delete", "object": "Namespace/n"}]
    (write,) = api.writes
    assert (write["state"], write["resource_definition"]) == ("absent", [NAMESPACE])
