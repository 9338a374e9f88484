# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the install guide asks for: data only, private to the collection.

Every number, name and list of the requirements is written here and nowhere else. Readers: the module host_check, the
rules, the inventory check, the documentation generator and the tests. Each row carries the ID under which findings,
documentation and tests speak of it. Runs on managed hosts, so Python 3.6 syntax and the standard library only.
"""

from typing import NamedTuple, Tuple

ERROR, WARNING, INFO = "error", "warning", "info"
SEVERITIES = (ERROR, WARNING, INFO)  # most severe first

# Where a finding sends its reader; the anchor is the ID in lower case.
DOCS_ANCHOR = "docs/requirements.md#{0}"


class Requirement(NamedTuple):
    """One row: `needed` names numbers of LIMITS in braces; `mended` says that the role host_prepare can mend it."""

    id: str
    scope: str
    title: str
    needed: str
    severity: str
    mended: bool = False


class OperatingSystem(NamedTuple):
    """A supported system: os-release IDs and VERSION_IDs. `in_guide` is false for systems only the platform knows."""

    title: str
    ids: Tuple[str, ...]
    versions: Tuple[str, ...]
    family: str
    newer_kernel: str
    in_guide: bool = True


class Package(NamedTuple):
    """A needed package: any of `accepted` will do, `install` is the one that prepare installs."""

    requirement: str
    title: str
    accepted: Tuple[str, ...]
    install: str


class Port(NamedTuple):
    """A port that a host in one of `roles` keeps free for the platform. protocol: "tcp" or "udp"."""

    number: int
    protocol: str
    roles: Tuple[str, ...]
    purpose: str
    severity: str


class KernelModule(NamedTuple):
    """A kernel module that a host in one of `roles` must be able to load."""

    requirement: str
    name: str
    roles: Tuple[str, ...]
    severity: str


class KernelSource(NamedTuple):
    """A system's own way to a newer kernel: its package, and the repository or release that must be named for it.

    `mark` is a part of the version by which that package is told from the system's first kernel under the same name.
    """

    ids: Tuple[str, ...]
    version: str
    package: str
    repository: str = ""
    mark: str = ""


class PythonPackage(NamedTuple):
    """A Python that a system has in its own repositories, by os-release IDs and the begin of VERSION_ID."""

    ids: Tuple[str, ...]
    versions: Tuple[str, ...]
    package: str
    python: str
    interpreter: str


LIMITS = {
    # Hosts
    "cpu_cores": 4,
    "memory_gib": 8,
    # The kernel reports less than the memory modules hold. The vendor's installer grants the same half gibibyte.
    "memory_tolerance_mib": 512,
    "disk_gb": 60,
    # The installer's own limits for the filesystem that carries /var/lib.
    "var_lib_gb": 45,
    "var_lib_free_gib": 20,
    # Random reads and writes of 4 KiB; the slower of the two counts.
    "iops": 400,
    # The slowest hundredth. At the queue depth of DISK_TEST 400 IOPS mean 40 ms for each; twice as much stalls etcd.
    "disk_p99_ms": 80,
    "kernel": "5.7",
    "installer_kernel": "5.8",
    "containerd_v2_systemd": 244,
    "hostname_chars": 63,
    "hostname_chars_hpe_3par": 27,
    "clock_drift_s": 600,
    "python": "3.6",
    # Cluster
    "nodes": 1000,
    # The longest prefix of an IPv4 network that has an address for anybody.
    "pod_node_prefix": 30,
    "virtual_machines": 50000,
    # Virtual machines
    "vm_cores": 248,
    "vm_memory_gib": 1024,
}

# --- Requirements -------------------------------------------------------------------------------------------------
REQUIREMENTS = (
    Requirement("H00", "host", "Host check", "a complete answer from the host", ERROR),
    Requirement("H01", "host", "Physical server", "a physical server, not a virtual machine", ERROR),
    Requirement("H02", "host", "Architecture", "x86_64", ERROR),
    Requirement("H03", "host", "Hardware virtualization", "CPU flag vmx or svm, and a usable /dev/kvm", ERROR, True),
    Requirement("H04", "host", "CPU cores", "at least {cpu_cores}", ERROR),
    Requirement("H05", "host", "RAM", "at least {memory_gib} GiB, all but {memory_tolerance_mib} MiB usable", ERROR),
    Requirement("H06", "host", "Disk space", "at least {disk_gb} GB on the disk that carries /var/lib", ERROR),
    Requirement("H07", "host", "Disk speed", "at least {iops} IOPS on the filesystem of /var/lib", ERROR),
    Requirement("H08", "host", "Operating system", "a supported system and version", ERROR),
    Requirement("H09", "host", "Kernel", "at least {kernel}", ERROR, True),
    Requirement("H10", "host", "Hostname", "a valid name that no other host has", ERROR, True),
    Requirement("H11", "host", "Image registry", "HTTPS access with a verified certificate", ERROR),
    Requirement("H12", "host", "Package repositories", "metadata of each enabled repository answers", ERROR),
    Requirement("H13", "host", "SSH and sudo", "SSH login by key and root rights without a password", ERROR),
    Requirement("H14", "host", "Port 22322/TCP", "not filtered between the installer and masters", WARNING),
    Requirement("H15", "host", "Packages", "cloud-init and cloud-utils installed", ERROR, True),
    Requirement("H16", "host", "Container runtimes", "no container runtime and no kubelet of its own", ERROR, True),
    Requirement("H17", "host", "Extra disks", "every named disk exists, is empty and has a serial", ERROR),
    Requirement("H18", "host", "Same kernel", "the same kernel on all nodes", ERROR, True),
    Requirement("H19", "host", "Clock", "at most {clock_drift_s} s away from the control machine", ERROR, True),
    Requirement("H20", "host", "Addresses", "no overlap of pod and service networks with the host's own", ERROR),
    Requirement("H21", "host", "Python", "Python {python} or newer that ansible-core can manage", ERROR),
    Requirement("I01", "installer", "Installer machine", "a machine outside the cluster", ERROR),
    Requirement("I02", "installer", "Installer system", "Linux, macOS or Windows with WSL", WARNING),
    Requirement("I03", "installer", "Container engine", "a working Docker or Podman", ERROR),
    Requirement("I04", "installer", "Registry from the installer", "HTTPS access with a working login", ERROR),
    Requirement("I05", "installer", "SSH from the installer", "login by key to the first master and workers", ERROR),
    Requirement("C01", "cluster", "Nodes", "at most {nodes}, and room for each in the pod network", ERROR),
    Requirement("C02", "cluster", "Virtual machines", "at most {virtual_machines}, with an address for each", ERROR),
    Requirement("C03", "cluster", "Masters", "one master, or an odd number for high availability", WARNING),
    Requirement("C04", "cluster", "Storage", "one or more known backends, exactly one default storage class", ERROR),
    Requirement("C05", "cluster", "Live migration", "CPUs of one vendor on all workers", WARNING),
    Requirement("C06", "cluster", "Network of the nodes", "one MTU and the same address families", WARNING),
    Requirement("M01", "module", "Image storage", "a size such as 50Gi and an existing storage class", ERROR),
    Requirement("M02", "module", "Networks of virtual machines", "one or more IPv4 networks", ERROR),
    Requirement("M03", "module", "Network plan", "networks that do not overlap", ERROR),
    Requirement("M04", "module", "Networks in use", "no removal of a network with leased addresses", ERROR),
    Requirement("P01", "order", "Platform", "one installation, in one state", ERROR),
    Requirement("P02", "order", "Storage modules", "ready before their classes are made", ERROR),
    Requirement("P03", "order", "Default storage class", "set before virtualization is enabled", ERROR),
    Requirement("P04", "order", "Console", "edition ee", ERROR),
    Requirement("P05", "order", "Restarts", "restarts of kubelet, containerd and cilium are announced", INFO),
    Requirement("P06", "order", "Readiness", "phase Ready, proved on each node", ERROR),
    Requirement("V01", "vm", "Cores of a virtual machine", "at most {vm_cores}", ERROR),
    Requirement("V02", "vm", "RAM of a virtual machine", "at most {vm_memory_gib} GiB", ERROR),
    Requirement("G01", "guest", "Guest architecture", "x86 or x86-64", ERROR),
    Requirement("G02", "guest", "Guest drivers", "VirtIO drivers", ERROR),
    Requirement("G03", "guest", "Linux guests", "cloud-init", WARNING),
    Requirement("G04", "guest", "Windows guests", "autounattend (sysprep)", WARNING),
    Requirement("G05", "guest", "Guest works", "the system boots, network and storage work", ERROR),
    Requirement("U01", "update", "Release channel", "one of the five channels", ERROR),
    Requirement("U02", "update", "Update mode", "automatic or with confirmation", ERROR),
    Requirement("U03", "update", "Control plane update", "running virtual machines are not touched", INFO),
    Requirement("U04", "update", "Firmware update", "virtual machines migrate once to the new firmware", INFO),
    Requirement("U05", "update", "Stuck firmware", "the owner evicts or restarts the virtual machine", WARNING),
    Requirement("INV01", "inventory", "Inventory groups", "one installer machine, masters and workers", ERROR),
    Requirement("INV02", "inventory", "Variable name", "a variable of this collection", ERROR),
    Requirement("INV03", "inventory", "Variable value", "a value of the documented type", ERROR),
    Requirement("INV04", "inventory", "Group membership", "each host in one group", ERROR),
    Requirement("INV05", "inventory", "Address", "an address of its own for each host", ERROR),
    Requirement("INV06", "inventory", "Collection-wide variable", "the same value on every host", ERROR),
    Requirement("INV07", "inventory", "Host name in the inventory", "a name that Kubernetes accepts", ERROR),
    Requirement("INV08", "inventory", "Accepted findings", "the ID of a requirement, or ID@host", ERROR),
)

# --- Hosts: H01 virtual machines ----------------------------------------------------------------------------------
# Texts of the DMI fields below that only virtual machines carry.
VIRTUAL_DMI_MARKS = (
    "QEMU",
    "KVM",
    "Bochs",
    "VMware",
    "VirtualBox",
    "innotek",
    "Xen",
    "Virtual Machine",
    "Parallels",
    "BHYVE",
    "OpenStack",
    "oVirt",
    "RHEV",
    "Google Compute Engine",
    "OpenNebula",
    "Nutanix AHV",
    "Amazon EC2",
    "HVM domU",
)
DMI_FIELDS = ("sys_vendor", "product_name", "board_vendor", "chassis_vendor", "bios_vendor")
# A cloud that rents physical servers under the same vendor says so in product_name.
PHYSICAL_PRODUCTS = r"\.metal(-|$)"
# These names of systemd-detect-virt are containers: there is no machine to install.
CONTAINERS = (
    "systemd-nspawn",
    "lxc",
    "lxc-libvirt",
    "docker",
    "podman",
    "rkt",
    "openvz",
    "wsl",
    "proot",
    "pouch",
    "container-other",
)
DEMO_MODE_NOTE = "no vendor support on virtual machines"

# --- Hosts: H02, H03 ----------------------------------------------------------------------------------------------
ARCHITECTURES = ("x86_64",)
# CPU flag -> kernel module; the module's parameter `nested` lets guests be hypervisors.
VIRTUALIZATION_FLAGS = (("vmx", "kvm_intel"), ("svm", "kvm_amd"))
NESTED_FILE = "/etc/modprobe.d/dvp-baremetal-{0}.conf"

# --- Hosts: H08 operating systems, os-release ID and VERSION_ID ---------------------------------------------------
_RPM_KERNEL = "Install kernel-lt or kernel-ml from ELRepo and boot it."
SUPPORTED_SYSTEMS = (
    OperatingSystem(
        "РЕД ОС",
        ("redos",),
        ("7.3", "8.0"),
        "rhel",
        "Update the kernel from the vendor's repository (dnf update kernel-lt) and boot it.",
    ),
    OperatingSystem(
        "РОСА Сервер",
        ("rosa", "rels"),
        ("7.9", "12.4", "12.5.1"),
        "rhel",
        "Install a newer kernel from the vendor's repository and boot it.",
    ),
    OperatingSystem(
        "ALT Linux",
        ("altlinux",),
        ("p10", "10.0", "10.1", "10.2", "11"),
        "altlinux",
        "Run update-kernel -t un-def and boot the new kernel.",
    ),
    OperatingSystem(
        "Astra Linux Special Edition",
        ("astra",),
        ("1.7.2", "1.7.3", "1.7.4", "1.7.5", "1.8"),
        "debian",
        "Install a newer linux-*-generic kernel from the vendor's repository and boot it.",
    ),
    OperatingSystem("CentOS", ("centos",), ("7", "8", "9"), "rhel", _RPM_KERNEL),
    OperatingSystem(
        "Debian",
        ("debian",),
        ("10", "11", "12"),
        "debian",
        "Install linux-image-amd64 from the backports repository of the release and boot it.",
    ),
    OperatingSystem(
        "Ubuntu",
        ("ubuntu",),
        ("18.04", "20.04", "22.04", "24.04"),
        "debian",
        "Install the HWE kernel (linux-generic-hwe-<release>) and boot it.",
    ),
    OperatingSystem("Rocky Linux", ("rocky",), ("8", "9"), "rhel", _RPM_KERNEL, False),
    OperatingSystem("AlmaLinux", ("almalinux",), ("8", "9"), "rhel", _RPM_KERNEL, False),
    OperatingSystem("Red Hat Enterprise Linux", ("rhel",), ("7", "8", "9"), "rhel", _RPM_KERNEL, False),
    OperatingSystem("Oracle Linux", ("ol",), ("7", "8", "9"), "rhel", _RPM_KERNEL, False),
)
# VERSION_ID of Astra Linux ends in an architecture, and its third number stands in a file of its own.
VERSION_SUFFIX = r"_x86[-_]64$"
BUILD_VERSION_FILES = {"astra": ("/etc/astra/build_version", "/etc/astra_version")}

# --- Hosts: H06, H07 disks ----------------------------------------------------------------------------------------
# How the speed is measured (H07).
DISK_TEST = {
    "queue_depth": 16,
    # The temporary file, what has to stay free beside it, and how much of it has to be laid out in time.
    "file_mib": 128,
    "reserve_gib": 2,
    "least_mib": 8,
    # Of one direction: a fast disk is known long before its time is over.
    "operations": 65536,
    # So far may a measurement be off: an IOPS number above the limit by less is near the limit.
    "margin_percent": 15,
}
# Filesystems in memory, or with a server behind them: their speed says nothing about a disk of this host.
NO_DISK_FILESYSTEMS = ("tmpfs", "ramfs", "overlay", "nfs", "nfs4", "cifs", "9p", "virtiofs", "fuse")

# --- Hosts: H10 hostnames -----------------------------------------------------------------------------------------
# localhost has to be the first; the second is where Debian puts the host's own name.
LOOPBACK = "127.0.0.1"
HOSTNAME_LOOPBACK = "127.0.1.1"
# Storage backends whose arrays shorten the names of hosts -> limit.
BACKEND_HOSTNAME_LIMITS = {"hpe_3par": "hostname_chars_hpe_3par"}

# --- Hosts: H09 kernel --------------------------------------------------------------------------------------------
# Branches that the installer refuses with containerd v2 (EROFS, CVE-2025-37999).
CONTAINERD_V2_BAD_KERNELS = ("6.12", "6.14")
KERNEL_MODULES = (
    KernelModule("H09", "br_netfilter", ("master", "worker"), ERROR),
    KernelModule("H09", "overlay", ("master", "worker"), ERROR),
    # For containerd v2, and for the integrity of module images.
    KernelModule("H09", "erofs", ("master", "worker"), WARNING),
)
# Storage backends whose client is the kernel of the node.
BACKEND_KERNEL_MODULES = {
    "nfs": ("nfs", "nfsv4"),
    "ceph": ("rbd", "libceph", "ceph"),
    "sds_local_volume": ("dm_thin_pool", "dm_snapshot"),
    "sds_replicated_volume": ("dm_thin_pool", "dm_snapshot"),
}
# Packages that carry kernel modules which small images leave out, by family.
EXTRA_MODULES = {
    "debian": "linux-modules-extra-$(uname -r), or a kernel image that is not a cloud kernel",
    "rhel": "kernel-modules-extra",
    "altlinux": "kernel-modules-* of the running kernel",
}

# --- Hosts: H15 packages ------------------------------------------------------------------------------------------
PACKAGES = {
    "debian": (
        Package("H15", "cloud-init", ("cloud-init",), "cloud-init"),
        Package("H15", "cloud-utils", ("cloud-guest-utils", "cloud-utils", "cloud-image-utils"), "cloud-guest-utils"),
    ),
    "rhel": (
        Package("H15", "cloud-init", ("cloud-init",), "cloud-init"),
        Package("H15", "cloud-utils", ("cloud-utils-growpart", "cloud-utils"), "cloud-utils-growpart"),
    ),
    "altlinux": (
        Package("H15", "cloud-init", ("cloud-init",), "cloud-init"),
        Package("H15", "cloud-utils", ("cloud-utils-growpart", "cloud-utils"), "cloud-utils-growpart"),
    ),
}
# What the platform calls on one system only, by os-release ID.
SYSTEM_PACKAGES = {
    "redos": (
        Package("H15", "which", ("which",), "which"),
        Package("H15", "yum", ("yum", "dnf-yum"), "yum"),
    ),
}
# What the volumes of a storage backend need on each node, by backend and family: arrays are reached by iSCSI and by
# several paths at once. The other backends bring their clients along.
ARRAY_PACKAGES = {
    "debian": (
        Package("H15", "iSCSI initiator", ("open-iscsi",), "open-iscsi"),
        Package("H15", "multipath", ("multipath-tools",), "multipath-tools"),
    ),
    "rhel": (
        Package("H15", "iSCSI initiator", ("iscsi-initiator-utils",), "iscsi-initiator-utils"),
        Package("H15", "multipath", ("device-mapper-multipath",), "device-mapper-multipath"),
    ),
    "altlinux": (
        Package("H15", "iSCSI initiator", ("open-iscsi",), "open-iscsi"),
        Package("H15", "multipath", ("multipath-tools",), "multipath-tools"),
    ),
}
BACKEND_PACKAGES = {"tatlin": ARRAY_PACKAGES, "huawei_dorado": ARRAY_PACKAGES, "hpe_3par": ARRAY_PACKAGES}
# Programs that the platform calls while SELinux is enforcing, and the packages that carry them, by family.
SELINUX_TOOLS = ("checkmodule", "semodule_package", "semodule")
SELINUX_PACKAGES = {
    "rhel": "checkpolicy and policycoreutils-python-utils",
    "debian": "checkpolicy, policycoreutils and semodule-utils",
    "altlinux": "checkpolicy and policycoreutils",
}
# A file named by a number: dpkg was cut off, and apt installs nothing until dpkg has finished.
DPKG_JOURNAL = "/var/lib/dpkg/updates"
PACKAGE_TOOLS = {"debian": "dpkg", "rhel": "rpm", "altlinux": "rpm"}

# --- Hosts: H16 what must not be there ----------------------------------------------------------------------------
FOREIGN_BINARIES = ("containerd", "dockerd", "kubelet", "crio", "k3s", "rke2")
FOREIGN_PACKAGES = (
    "containerd",
    "containerd.io",
    "docker.io",
    "docker-ce",
    "docker-ee",
    "docker-engine",
    "moby-engine",
    "docker",
    "cri-o",
    "kubelet",
    "kubeadm",
)
# What may be removed by consent: its packages among the above, its binaries, and what cannot do without it.
RUNTIME_PACKAGES = {
    "docker": ("docker.io", "docker-ce", "docker-ee", "docker-engine", "moby-engine", "docker"),
    "containerd": ("containerd", "containerd.io"),
    "cri-o": ("cri-o",),
    "kubernetes": ("kubelet", "kubeadm"),
}
RUNTIME_BINARIES = {
    "docker": ("dockerd",),
    "containerd": ("containerd",),
    "cri-o": ("crio",),
    "kubernetes": ("kubelet",),
}
RUNTIME_DEPENDENTS = {"containerd": ("docker",)}
# Where such a package listens among the ports that must be free, see below.
PACKAGE_PORTS = {"kubelet": ((10250, "tcp"),)}
# Packages put their programs here; what somebody has put into /usr/local stays when a package goes.
PACKAGED_BINARY_DIRS = ("/usr/sbin", "/usr/bin", "/sbin", "/bin")
BINARY_DIRS = ("/usr/local/sbin", "/usr/local/bin") + PACKAGED_BINARY_DIRS
PLATFORM_USER = "deckhouse"
# Files of an installation of the platform; on a node of this very cluster they are as they should be.
PLATFORM_FILES = ("/var/lib/bashible/bashible.sh", "/etc/kubernetes/kubelet.conf", "/etc/kubernetes/admin.conf")
EARLIER_INSTALLATION = "Earlier installation of the platform"
# The well-known ports of Kubernetes cannot be moved; the others differ between releases of the platform.
FREE_PORTS = (
    Port(6443, "tcp", ("master",), "kube-apiserver", ERROR),
    Port(2379, "tcp", ("master",), "etcd", ERROR),
    Port(2380, "tcp", ("master",), "etcd", ERROR),
    Port(10250, "tcp", ("master", "worker"), "kubelet", ERROR),
    Port(4219, "tcp", ("master",), "packages proxy", WARNING),
    Port(4221, "tcp", ("master",), "bashible-apiserver", WARNING),
    Port(4223, "tcp", ("master",), "webhooks of the platform", WARNING),
    Port(4240, "tcp", ("master", "worker"), "cilium", WARNING),
    Port(4244, "tcp", ("master", "worker"), "hubble", WARNING),
    Port(4298, "udp", ("master", "worker"), "tunnel of the pod network", WARNING),
    Port(4299, "udp", ("master", "worker"), "tunnel of the pod network", WARNING),
)
# H14: the tunnel of older installers.
INSTALLER_PORT = 22322
# Interfaces that the platform's network makes on its nodes; they do carry the pod network.
PLATFORM_INTERFACES = ("cilium", "lxc", "cni", "flannel")

# --- Preparing: which part of host_prepare mends a requirement ----------------------------------------------------
PREPARE_PARTS = ("packages", "cloud_init", "kernel_modules", "nested_virtualization", "time")
MENDED_BY = {"H03": "kernel_modules", "H09": "kernel_modules", "H15": "packages", "H19": "time"}

# --- Preparing: cloud-init and the host's identity ----------------------------------------------------------------
# A cloud-init that is installed on a running server takes the next start for the first one: it would set the hostname,
# configure the network by DHCP and make new SSH host keys. The names of the settings are those of its documentation.
CLOUD_INIT_FILE = "/etc/cloud/cloud.cfg.d/90_dvp.cfg"
CLOUD_INIT_SETTINGS = (
    "# Written by Ansible (dvp.baremetal.host_prepare): a node keeps its name, its network and its keys.\n"
    "preserve_hostname: true\n"
    "network: {config: disabled}\n"
    "ssh_deletekeys: false\n"
)

# --- Preparing: H19 time ------------------------------------------------------------------------------------------
# Any of these, running, keeps the clock right; the first that is installed is started where none runs.
TIME_SERVICES = (
    "chrony.service",
    "chronyd.service",
    "systemd-timesyncd.service",
    "ntpsec.service",
    "ntp.service",
    "ntpd.service",
    "openntpd.service",
)
# What is installed where there is none, by family: package and service.
TIME_PACKAGES = {
    "debian": ("chrony", "chrony.service"),
    "rhel": ("chrony", "chronyd.service"),
    "altlinux": ("chrony", "chronyd.service"),
}

# --- Preparing: H18 kernel ----------------------------------------------------------------------------------------
KERNEL_OF_SYSTEM = "system"
# The packages of the systems that have one under a lasting name. The others (Astra Linux, ALT Linux, ROSA) want it
# named in dvp_kernel_package: there the name carries a version. The repositories are the site's own to configure.
KERNEL_SOURCES = (
    KernelSource(("ubuntu",), "18.04", "linux-generic-hwe-18.04"),
    KernelSource(("ubuntu",), "20.04", "linux-generic-hwe-20.04"),
    KernelSource(("ubuntu",), "22.04", "linux-generic-hwe-22.04"),
    KernelSource(("ubuntu",), "24.04", "linux-generic-hwe-24.04"),
    KernelSource(("debian",), "10", "linux-image-amd64", "buster-backports", "~bpo"),
    KernelSource(("debian",), "11", "linux-image-amd64", "bullseye-backports", "~bpo"),
    KernelSource(("debian",), "12", "linux-image-amd64", "bookworm-backports", "~bpo"),
    KernelSource(("centos", "rhel", "rocky", "almalinux", "ol"), "", "kernel-lt", "elrepo-kernel", "elrepo"),
    KernelSource(("redos",), "", "kernel-lt"),
)
# Installed packages that bring kernels, as patterns of dpkg-query.
DPKG_KERNELS = ("linux-image-*", "linux-generic*", "linux-*-generic*")
# Where yum and dnf keep what is locked.
VERSION_LOCKS = ("/etc/dnf/plugins/versionlock.list", "/etc/yum/pluginconf.d/versionlock.list")
# Package that brings the lock, by the tool that the host has; dnf finds its own by what the package provides.
VERSION_LOCK_PACKAGES = (("/usr/bin/dnf", "dnf-command(versionlock)"), ("/usr/bin/yum", "yum-plugin-versionlock"))

# --- Hosts: H21 Python --------------------------------------------------------------------------------------------
# Newer releases of ansible-core say themselves which Pythons they manage. This one, the oldest of the collection,
# manages every Python that the collection's own code does.
OLDEST_CORE = "2.16"
# Where interpreters are, besides BINARY_DIRS.
PYTHON_DIRS = ("/usr/libexec",)
_RHEL_LIKE = ("centos", "rhel", "ol", "rocky", "almalinux")
PYTHON_PACKAGES = (
    PythonPackage(_RHEL_LIKE, ("7",), "python3", "3.6", "/usr/bin/python3"),
    PythonPackage(_RHEL_LIKE, ("8",), "python39", "3.9", "/usr/bin/python3.9"),
    PythonPackage(_RHEL_LIKE, ("9",), "python3", "3.9", "/usr/bin/python3"),
    PythonPackage(("debian",), ("10",), "python3", "3.7", "/usr/bin/python3"),
    PythonPackage(("debian",), ("11",), "python3", "3.9", "/usr/bin/python3"),
    PythonPackage(("debian",), ("12",), "python3", "3.11", "/usr/bin/python3"),
    PythonPackage(("ubuntu",), ("18.04",), "python3.8", "3.8", "/usr/bin/python3.8"),
    PythonPackage(("ubuntu",), ("20.04",), "python3", "3.8", "/usr/bin/python3"),
    PythonPackage(("ubuntu",), ("22.04",), "python3", "3.10", "/usr/bin/python3"),
    PythonPackage(("ubuntu",), ("24.04",), "python3", "3.12", "/usr/bin/python3"),
    PythonPackage(("astra",), ("1.7",), "python3", "3.7", "/usr/bin/python3"),
    PythonPackage(("astra",), ("1.8",), "python3", "3.11", "/usr/bin/python3"),
    PythonPackage(("altlinux",), ("p10", "10"), "python3", "3.9", "/usr/bin/python3"),
    PythonPackage(("altlinux",), ("p11", "11"), "python3", "3.12", "/usr/bin/python3"),
)
# The package of the others, whose version depends on their updates.
PYTHON_PACKAGE = "python3"

# --- Modules ------------------------------------------------------------------------------------------------------
CONSOLE_EDITION = "ee"

# --- Updates: U01 title -> spelling of the API --------------------------------------------------------------------
RELEASE_CHANNELS = (
    ("Alpha", "Alpha"),
    ("Beta", "Beta"),
    ("Early Access", "EarlyAccess"),
    ("Stable", "Stable"),
    ("Rock Solid", "RockSolid"),
)
