"""Between which workers virtual machines migrate: sets, the fewest changes, the class that fits."""

from __future__ import annotations

import json
from typing import Any

import pytest
from ansible_collections.dvp.baremetal.plugins.plugin_utils import _cpu_models as models
from ansible_collections.dvp.baremetal.plugins.plugin_utils import _migration as migration

INTEL, AMD = "GenuineIntel", "AuthenticAMD"
OLD, NEW = "6.1.0-9-amd64", "6.1.0-10-amd64"


def flags_of(vendor: str, newest: str) -> list[str]:
    """Flags of a CPU that can just give a model."""
    found: list[str] = []
    for name, flags in models.MODELS[vendor]:
        found += flags.split()
        if name == newest:
            return found
    raise ValueError(newest)


def host(
    kernel: str = NEW,
    vendor: str = AMD,
    model: str = "AMD EPYC 7502",
    flags: Any = ("lm", "svm"),
    microcode: str = "0x1",
) -> dict[str, Any]:
    """Facts of a host, as far as migration is concerned."""
    cpu = {"vendor": vendor, "model": model, "flags": list(flags), "processors": 4, "microcode": microcode}
    return {"kernel": kernel, "cpu": cpu}


def domains(*hosts: dict[str, Any]) -> dict[str, Any]:
    """Domains of workers w0, w1, ..., which are ready for JSON."""
    facts = {f"w{number}": row for number, row in enumerate(hosts)}
    result = migration.migration_domains(facts, facts)
    assert json.loads(json.dumps(result)) == result
    return result


def test_one_set() -> None:
    """Three equal hosts: one domain, nothing to change, nothing to say."""
    result = domains(host(), host(), host())
    (domain,) = result["domains"]
    assert (domain["hosts"], domain["kernel"], domain["vendor"]) == (["w0", "w1", "w2"], NEW, AMD)
    assert (domain["model"], domain["flags"], domain["differing_flags"]) == ("AMD EPYC 7502", ["lm", "svm"], [])
    assert domain["class"]["spec"] == {"cpu": {"type": "Discovery", "discovery": {}}}
    assert (result["changes"], result["unknown"]) == ([], [])
    assert migration.check_migration(result) == []


def test_nobody() -> None:
    """No workers, no domains."""
    assert migration.migration_domains({}, []) == {"domains": [], "changes": [], "unknown": []}


@pytest.mark.parametrize(
    "facts",
    [{}, {**host(), "kernel": None}, {**host(), "cpu": None}, host(vendor=""), host(flags=())],
)
def test_unknown_is_in_no_set(facts: dict[str, Any]) -> None:
    """A host that has not told what decides is named, and counted in no domain."""
    result = domains(host(), facts)
    assert [row["hosts"] for row in result["domains"]] == [["w0"]]
    assert result["unknown"] == ["w1"]


@pytest.mark.parametrize(
    ("kernels", "needed", "changed"),
    [
        ((OLD, NEW, NEW), NEW, ["w0"]),
        ((OLD, OLD, NEW), OLD, ["w2"]),
        ((OLD, NEW), NEW, ["w0"]),
    ],
)
def test_fewest_kernels_change(kernels: tuple[str, ...], needed: str, changed: list[str]) -> None:
    """The kernel of most hosts stays; of two as frequent the newer one, and 6.1.0-10 is newer than 6.1.0-9."""
    result = domains(*(host(kernel=kernel) for kernel in kernels))
    (change,) = result["changes"]
    assert (change["kind"], change["hosts"], change["needed"]) == ("kernel", changed, needed)
    assert result["domains"][0]["kernel"] == needed
    assert migration.kernel_advice(result).startswith(f"{changed[0]}: Install kernel {needed}")
    assert migration.check_migration(result) == [], "different kernels are H18"


def test_kernel_of_the_vendor_that_stays() -> None:
    """Other CPUs are fewer than other kernels: the vendor of most hosts decides, then the kernel of most of those."""
    result = domains(
        host(kernel=OLD), host(kernel=OLD), host(kernel=NEW),
        host(kernel=NEW, vendor=INTEL), host(kernel=NEW, vendor=INTEL),
    )  # fmt: skip
    assert [(row["kind"], row["hosts"], row["needed"]) for row in result["changes"]] == [
        ("kernel", ["w2"], OLD),
        ("cpu", ["w3", "w4"], AMD),
    ]
    assert [row["hosts"] for row in result["domains"]] == [["w3", "w4"], ["w0", "w1"], ["w2"]]


def test_fewest_kernels_between_equal_vendors() -> None:
    """Of two vendors as frequent the one stays whose hosts have one kernel."""
    result = domains(host(kernel=OLD), host(kernel=NEW), host(vendor=INTEL), host(vendor=INTEL))
    assert [(row["kind"], row["hosts"]) for row in result["changes"]] == [("cpu", ["w0", "w1"])]


def test_two_vendors() -> None:
    """A warning that names the hosts; each set has a class for nodes of its vendor."""
    result = domains(host(), host(), host(vendor=INTEL))
    (row,) = migration.check_migration(result)
    assert (row["id"], row["severity"], row["host"]) == ("C05", "warning", "")
    assert "GenuineIntel (w2)" in row["found"]
    label = "cpu-vendor.node.virtualization.deckhouse.io/AMD"
    selector = {"nodeSelector": {"matchLabels": {label: "true"}}}
    assert result["domains"][0]["class"]["spec"] == {"cpu": {"type": "Discovery", "discovery": selector}, **selector}


@pytest.mark.parametrize(
    ("vendor", "model"), [(vendor, name) for vendor in models.MODELS for name, _flags in models.MODELS[vendor]]
)
def test_newest_model_that_fits(vendor: str, model: str) -> None:
    """With exactly its flags a model fits, with one flag less it does not."""
    flags = flags_of(vendor, model)
    assert migration.named_model(vendor, flags) == model
    assert migration.named_model(vendor, flags[:-1]) != model


def test_two_generations() -> None:
    """Processors of two generations: the model of the older one."""
    old = host(vendor=INTEL, model="Xeon E5 v3", flags=flags_of(INTEL, "Haswell-noTSX"))
    new = host(vendor=INTEL, model="Xeon Gold", flags=flags_of(INTEL, "Skylake-Server-noTSX-IBRS"))
    (domain,) = domains(old, new)["domains"]
    assert domain["class"]["spec"] == {"cpu": {"type": "Model", "model": "Haswell-noTSX"}}
    assert domain["model"] == "Xeon E5 v3, Xeon Gold"
    assert "avx512f" in domain["differing_flags"]
    assert migration.check_migration(domains(old, new)) == []


def test_one_generation_with_other_flags() -> None:
    """The firmware has switched something off on one host: the features that are left, as libvirt spells them."""
    flags = flags_of(AMD, "EPYC")
    (domain,) = domains(host(flags=flags), host(flags=set(flags) - {"sha_ni"}))["domains"]
    assert domain["differing_flags"] == ["sha_ni"]
    cpu = domain["class"]["spec"]["cpu"]
    assert cpu["type"] == "Features"
    assert {"avx2", "sse4.1", "pclmuldq"} <= set(cpu["features"])
    assert not {"sha-ni", "svm", "sse4_1"} & set(cpu["features"])


def test_no_feature_is_known() -> None:
    """A vendor nobody knows, and flags that differ: no class is made up."""
    (domain,) = domains(host(vendor="Other", flags=["a", "b"]), host(vendor="Other", flags=["a"]))["domains"]
    assert (domain["class"]["type"], domain["class"]["spec"]) == ("", {})


@pytest.mark.parametrize(("flags", "severity"), [(("lm", "svm"), "info"), (("lm", "svm", "ibrs"), "warning")])
def test_microcode(flags: tuple[str, ...], severity: str) -> None:
    """Different microcode is told; it is a warning where flags differ, too. The newest is greater as a number."""
    (row,) = migration.check_migration(domains(host(microcode="0x9"), host(microcode="0x10", flags=flags)))
    assert (row["id"], row["checked"], row["severity"]) == ("C05", "Microcode", severity)
    assert row["needed"].startswith("0x10")
    assert "0x9 (w0)" in row["found"]


@pytest.mark.parametrize("microcode", ["", "unreadable"])
def test_odd_microcode(microcode: str) -> None:
    """An unknown one is not compared, a strange one is no newer than a number."""
    rows = migration.check_migration(domains(host(microcode=microcode), host(microcode="0x1")))
    assert [row["needed"][:3] for row in rows] == ([] if not microcode else ["0x1"])


def test_microcode_of_other_processors() -> None:
    """Two kinds of processors have each their own."""
    assert migration.check_migration(domains(host(model="a", microcode="0x1"), host(model="b", microcode="0x2"))) == []


@pytest.mark.parametrize(
    ("count", "text"), [(2, "h0, h1"), (5, "h0, h1, h2, h3, h4"), (7, "h0, h1, h2, h3, h4 and 2 more")]
)
def test_named(count: int, text: str) -> None:
    """A line stays a line."""
    assert migration.named([f"h{number}" for number in range(count)]) == text
