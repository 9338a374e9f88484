"""Objects as data: what is contained, what is planned, what may be shown, what the API said."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from ansible_collections.dvp.baremetal.plugins.plugin_utils import _objects


def config(**spec: Any) -> dict[str, Any]:
    return {"apiVersion": "deckhouse.io/v1alpha1", "kind": "ModuleConfig", "metadata": {"name": "x"}, "spec": spec}


@pytest.mark.parametrize(
    ("desired", "live", "contained"),
    [
        ({"a": 1}, {"a": 1, "b": 2}, True),
        ({"a": 1}, {"a": 2}, False),
        ({"a": {"b": 1}}, {"a": {"b": 1, "c": 2}}, True),
        ({"a": {"b": 1}}, {"a": None}, False),
        ({"a": {}}, {}, True),
        ({"a": []}, {}, True),
        ({"a": None}, {}, True),
        ({"a": None}, {"a": 1}, False),
        ({"a": [1, 2]}, {"a": [1, 2]}, True),
        ({"a": [1, 2]}, {"a": [2, 1]}, False),
        ({"a": [1]}, {"a": [1, 2]}, False),
        ({"a": [{"b": 1}]}, {"a": [{"b": 1, "default": True}]}, True),
        ({"a": "1024Mi"}, {"a": "1Gi"}, True),
        ({"a": "1"}, {"a": "1000m"}, True),
        ({"a": "50G"}, {"a": "50Gi"}, False),
        ({"a": "4.1"}, {"a": "4.10"}, False),
        ({"a": 1}, {"a": True}, False),
        ({"a": True}, {"a": True}, True),
        ({"a": "true"}, {"a": True}, False),
    ],
)
def test_is_contained(desired: Any, live: Any, contained: bool) -> None:
    """Fields of others do not matter; types, order and length do."""
    assert _objects.is_contained(desired, live) is contained


@pytest.mark.parametrize(
    ("text", "number"), [("1k", 1000), ("500m", 0.5), ("10Gi", 10 * 2**30), ("3", 3), (4, 4), ("", None), (None, None)]
)
def test_quantity(text: Any, number: float | None) -> None:
    """Kubernetes writes 1000 as 1k."""
    found = _objects.quantity(text)
    assert (None if found is None else float(found)) == number


def test_plan_writes_only_what_differs() -> None:
    """Create, leave alone, update, in the order given."""
    same, differs, missing = config(enabled=True), config(enabled=True), config(enabled=True)
    differs["metadata"], missing["metadata"] = {"name": "y"}, {"name": "z"}
    live = [config(enabled=True, version=1), {**config(enabled=False), "metadata": {"name": "y"}}]
    changes = _objects.plan([missing, same, differs], live)
    assert [(change.action, change.title) for change in changes] == [
        ("create", "ModuleConfig/z"),
        ("update", "ModuleConfig/y"),
    ]


def test_plan_removes_in_reverse_and_only_what_is_there() -> None:
    """What was made first goes last."""
    first, second, third = ({**config(), "metadata": {"name": name}} for name in "abc")
    changes = _objects.plan([first, second, third], [first, second], "absent")
    assert [change.title for change in changes] == ["ModuleConfig/b", "ModuleConfig/a"]


def test_text_of_a_secret_is_compared_as_the_api_stores_it() -> None:
    """A second run finds no difference in stringData."""
    desired = {**config(), "kind": "Secret", "metadata": {"name": "s", "namespace": "n"}, "stringData": {"k": "v"}}
    live = {**desired, "data": {"k": "dg=="}}
    del live["stringData"]
    assert _objects.plan([desired], [live]) == []


def test_one_read_per_kind_and_namespace() -> None:
    """By name where one object is meant."""
    first, second = config(), {**config(), "metadata": {"name": "y"}}
    secret = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s", "namespace": "n"}}
    assert _objects.lists_to_read([first, second, secret]) == [
        {"api_version": "deckhouse.io/v1alpha1", "kind": "ModuleConfig"},
        {"api_version": "v1", "kind": "Secret", "namespace": "n", "name": "s"},
    ]


@pytest.mark.parametrize(
    "secret",
    [
        {"kind": "Secret", "data": {"key": "c2VjcmV0"}},
        {"kind": "Secret", "stringData": {"key": "c2VjcmV0"}},
        {"kind": "SSHCredentials", "spec": {"user": "u", "privateSSHKey": "c2VjcmV0"}},
        {"kind": "SSHCredentials", "spec": {"sudoPasswordEncoded": "c2VjcmV0"}},
        {"kind": "ModuleConfig", "spec": {"settings": {"registry": {"unmanaged": {"license": "c2VjcmV0"}}}}},
        {"kind": "List", "items": [{"password": "c2VjcmV0"}]},
        *(
            {"kind": "ModuleConfig", "spec": {"settings": {name: "c2VjcmV0"}}}
            for name in ("bearerToken", "dockerCfg", "clientKey", "tlsPrivateKey", "clientSecret", "userPassword")
        ),
    ],
)
def test_masked(secret: dict[str, Any]) -> None:
    """No secret is shown, whatever carries it; what is no secret stays."""
    text = str(_objects.masked(secret))
    assert "c2VjcmV0" not in text
    assert _objects.MASK in text
    assert secret["kind"] in text


@pytest.mark.parametrize("key", ["secretName", "passwordSecretRef", "keySize", "metadata", "tokenSecretNamespace"])
def test_reference_is_not_masked(key: str) -> None:
    """What a diff is read for stays readable."""
    assert _objects.masked({key: "x"}) == {key: "x"}


def test_diff_shows_only_what_is_spoken_about() -> None:
    """Foreign fields are not in the diff."""
    before = {**config(enabled=False, maintenance="x"), "status": {"message": "m"}}
    shown = _objects.diff(_objects.Change("update", before, config(enabled=True)))
    assert yaml.safe_load(shown["before"]) == config(enabled=False)
    assert yaml.safe_load(shown["after"]) == config(enabled=True)


def test_diff_of_a_changed_secret_shows_that_it_changed() -> None:
    """Before and after are hidden, and yet not the same."""
    before, after = ({"kind": "Secret", "metadata": {"name": "s"}, "data": {"k": value}} for value in ("b25l", "dHdv"))
    shown = _objects.diff(_objects.Change("update", before, after))
    assert shown["before"] != shown["after"]
    assert "b25l" not in str(shown)
    assert "dHdv" not in str(shown)


def test_diff_of_a_new_and_of_a_removed_object() -> None:
    """Nothing before, nothing after."""
    assert _objects.diff(_objects.Change("create", None, config()))["before"] == ""
    assert _objects.diff(_objects.Change("delete", config(), None))["after"] == ""


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("Failed to apply object: b'{\"kind\":\"Status\",\"message\":\"admission webhook denied: no\"}'",
         "admission webhook denied: no"),
        ("b'{\"message\":\"spec.x: \\\\\"a\\\\\" is bad\"}'", 'spec.x: "a" is bad'),
        ("plain words ", "plain words"),
        ("{not json}", "{not json}"),
    ],
)  # fmt: skip
def test_api_message(text: str, message: str) -> None:
    """The API's own sentence."""
    assert _objects.api_message(text) == message


@pytest.mark.parametrize(
    ("text", "transient"),
    [
        ('failed calling webhook "x": Post "https://...": dial tcp 10.0.0.1:443: connect: connection refused', True),
        ("HTTPSConnectionPool(host='1.2.3.4'): Max retries exceeded with url: /version", True),
        ("etcdserver: request timed out", True),
        ("Internal error occurred: failed calling webhook: context deadline exceeded: timeout", True),
        ('admission webhook "x" denied the request: connection refused by policy', False),
        ("Unauthorized", False),
        ("ModuleConfig is invalid", False),
    ],
)
def test_is_transient(text: str, transient: bool) -> None:
    """A refusal is never tried again."""
    assert _objects.is_transient(text) is transient


def test_plain_texts_are_texts_and_nothing_else() -> None:
    """What is unsafe before ansible-core 2.19 answers str() with itself, and YAML cannot dump it."""

    class Unsafe(str):
        def __str__(self) -> str:  # pylint: disable=invalid-str-returned  # what this test is about
            return self

    found = _objects.plain({Unsafe("kind"): [Unsafe("Namespace")]})
    assert yaml.safe_dump(found) == "kind:\n- Namespace\n"
