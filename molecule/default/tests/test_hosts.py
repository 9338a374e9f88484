"""The machines themselves, after the platform is made."""

from __future__ import annotations

import pytest
from testinfra.host import Host

# Through Ansible itself: the inventory's variables are templates, which testinfra's own SSH does not know.
testinfra_hosts = ["ansible://dvp_masters?force_ansible=True", "ansible://dvp_workers?force_ansible=True"]


@pytest.mark.parametrize("name", ["cloud-init", "cloud-guest-utils"])
def test_package(host: Host, name: str) -> None:
    """H15: what the platform needs of the distribution is installed."""
    assert host.package(name).is_installed


@pytest.mark.parametrize("name", ["br_netfilter", "overlay"])
def test_kernel_module(host: Host, name: str) -> None:
    """H09: the module is loaded, and will be after a reboot."""
    assert host.file(f"/sys/module/{name}").is_directory
    assert host.run_test("grep -rqx %s /etc/modules-load.d", name).rc == 0


def test_nested_virtualization(host: Host) -> None:
    """H03: virtual machines can be started, and can start virtual machines."""
    assert host.run("test -c /dev/kvm").succeeded
    assert host.check_output("cat /sys/module/kvm_*/parameters/nested") in ("1", "Y")
