# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the platform runs on a host: bootstrap, cleaning, detection of virtualization. Plain shell, safe to repeat.

A bootstrapped host carries what a real one does as far as anybody looks: /var/lib/bashible, the kubelet's
kubeconfig, the cleanup script. No kubelet runs: the Node object is the controllers' work.
"""

from __future__ import annotations

import json
import shlex
from typing import Any

Object = dict[str, Any]

CLEANUP = "/var/lib/bashible/cleanup_static_node.sh"
FOREIGN_RUNTIME = 21
OTHER_CLUSTER = 22

FACTS = r"""
facts() {
  kvm=false
  if grep -qEw 'vmx|svm' /proc/cpuinfo && [ -c /dev/kvm ]; then kvm=true; fi
  . /etc/os-release
  python3 - "$kvm" "$PRETTY_NAME" <<'PY'
import json, os, socket, sys
def read(path):
    try:
        with open(path) as stream: return stream.read().strip()
    except OSError: return ""
memory = [line.split()[1] for line in read("/proc/meminfo").splitlines() if line.startswith("MemTotal:")]
print("FACTS " + json.dumps({
    "hostname": socket.gethostname(), "kernel": os.uname().release, "cpus": os.cpu_count(),
    "memory_kib": int(memory[0]), "kvm": sys.argv[1] == "true", "os_image": sys.argv[2],
    "machine_id": read("/etc/machine-id"), "system_uuid": read("/sys/class/dmi/id/product_uuid").lower(),
    "boot_id": read("/proc/sys/kernel/random/boot_id"),
}))
PY
}
"""

_CLEANUP_SCRIPT = """#!/bin/bash
if [ "$1" != "--yes-i-am-sane-and-i-understand-what-i-am-doing" ]; then
  echo "needed flag: --yes-i-am-sane-and-i-understand-what-i-am-doing" >&2; exit 1
fi
systemctl disable --now kubernetes-api-proxy.socket kubernetes-api-proxy.service 2>/dev/null
rm -f /etc/systemd/system/kubernetes-api-proxy.*
rm -rf /etc/kubernetes /var/lib/kubelet /var/lib/containerd /var/lib/etcd /etc/cni /var/lib/cni /opt/deckhouse
rm -rf /var/lib/bashible
systemctl daemon-reload
"""


def guard(cluster_uuid: str) -> str:
    """Return the script's part that refuses a host with a foreign runtime or of another cluster."""
    return f"""
for tool in containerd dockerd kubelet crio; do
  path=$(command -v $tool) || continue
  case $path in /opt/deckhouse/bin/*) ;; *) echo "found $path: remove it first" >&2; exit {FOREIGN_RUNTIME} ;; esac
done
uuid=$(cat /var/lib/bashible/cluster_uuid 2>/dev/null) || uuid=
if [ -n "$uuid" ] && [ "$uuid" != {shlex.quote(cluster_uuid)} ]; then
  echo "Cluster UUIDs are not equal: the host belongs to $uuid" >&2
  exit {OTHER_CLUSTER}
fi
"""


def bashible(cluster_uuid: str) -> str:
    """Return the script's part that leaves on the host what a bootstrapped one has."""
    return f"""
mkdir -p /var/lib/bashible /opt/deckhouse/bin /etc/kubernetes
chmod 0755 /etc/kubernetes
for module in br_netfilter overlay; do modprobe "$module" || exit 30; done
cat > {CLEANUP} <<'CLEANUP_END'
{_CLEANUP_SCRIPT}CLEANUP_END
chmod 0700 {CLEANUP}
printf %s {shlex.quote(cluster_uuid)} > /var/lib/bashible/cluster_uuid.new
mv /var/lib/bashible/cluster_uuid.new /var/lib/bashible/cluster_uuid
printf '#!/bin/bash\\nexit 0\\n' > /var/lib/bashible/bashible.sh.new
chmod 0700 /var/lib/bashible/bashible.sh.new
mv /var/lib/bashible/bashible.sh.new /var/lib/bashible/bashible.sh
[ -e /etc/kubernetes/kubelet.conf ] || (umask 077; echo '{{}}' > /etc/kubernetes/kubelet.conf)
"""


def proxy(upstream: str) -> str:
    """Return the script's part that lets the master answer on port 6443 for the API server at `upstream`."""
    return f"""
cat > /etc/systemd/system/kubernetes-api-proxy.socket <<'UNIT_END'
[Unit]
Description=Kubernetes API on this master
[Socket]
ListenStream=6443
[Install]
WantedBy=sockets.target
UNIT_END
cat > /etc/systemd/system/kubernetes-api-proxy.service <<'UNIT_END'
[Unit]
Description=Kubernetes API on this master
Requires=kubernetes-api-proxy.socket
[Service]
ExecStart=/lib/systemd/systemd-socket-proxyd {upstream}
UNIT_END
systemctl daemon-reload
systemctl enable --now kubernetes-api-proxy.socket
"""


def admin_conf(kubeconfig: str) -> str:
    """Return the script's part that leaves the administrator's kubeconfig on the master."""
    return f"""
umask 077
cat > /etc/kubernetes/admin.conf.new <<'KUBECONFIG_END'
{kubeconfig}
KUBECONFIG_END
mv /etc/kubernetes/admin.conf.new /etc/kubernetes/admin.conf
"""


def bootstrap(cluster_uuid: str) -> str:
    """Return the whole bootstrap of a worker; its last line tells the machine's facts."""
    return f"set -u\n{FACTS}\n{guard(cluster_uuid)}\n{bashible(cluster_uuid)}\nfacts\n"


def detect() -> str:
    """Return the script that only tells the machine's facts."""
    return f"{FACTS}\nfacts\n"


def clean() -> str:
    """Return the script that makes the host bare again."""
    return f"[ ! -e {CLEANUP} ] || bash {CLEANUP} --yes-i-am-sane-and-i-understand-what-i-am-doing\n"


def read_facts(stdout: str) -> Object:
    """Read the facts out of a script's output; raises ValueError when there are none."""
    for line in stdout.splitlines():
        if line.startswith("FACTS "):
            return json.loads(line.removeprefix("FACTS "))  # type: ignore[no-any-return]
    raise ValueError("the host has not told its facts")
