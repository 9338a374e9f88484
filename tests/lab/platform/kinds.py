# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The kinds that the controllers read and write."""

from __future__ import annotations

from .api import Resource

_STORAGE = "storage.deckhouse.io/v1alpha1"
_VIRT = "virtualization.deckhouse.io/v1alpha2"

NAMESPACE = Resource("v1", "Namespace", "namespaces")
NODE = Resource("v1", "Node", "nodes")
POD = Resource("v1", "Pod", "pods", True)
PV = Resource("v1", "PersistentVolume", "persistentvolumes")
PVC = Resource("v1", "PersistentVolumeClaim", "persistentvolumeclaims", True)
SECRET = Resource("v1", "Secret", "secrets", True)
SERVICE = Resource("v1", "Service", "services", True)
DEPLOYMENT = Resource("apps/v1", "Deployment", "deployments", True)
DAEMON_SET = Resource("apps/v1", "DaemonSet", "daemonsets", True)
STORAGE_CLASS = Resource("storage.k8s.io/v1", "StorageClass", "storageclasses")
WEBHOOKS = Resource(
    "admissionregistration.k8s.io/v1", "ValidatingWebhookConfiguration", "validatingwebhookconfigurations"
)
CRD = Resource("apiextensions.k8s.io/v1", "CustomResourceDefinition", "customresourcedefinitions")

MODULE = Resource("deckhouse.io/v1alpha1", "Module", "modules")
MODULE_CONFIG = Resource("deckhouse.io/v1alpha1", "ModuleConfig", "moduleconfigs")
NODE_GROUP = Resource("deckhouse.io/v1", "NodeGroup", "nodegroups")
SSH_CREDENTIALS = Resource("deckhouse.io/v1alpha2", "SSHCredentials", "sshcredentials")
STATIC_INSTANCE = Resource("deckhouse.io/v1alpha2", "StaticInstance", "staticinstances")

NFS_STORAGE_CLASS = Resource(_STORAGE, "NFSStorageClass", "nfsstorageclasses")
SNAPSHOT_CLASS = Resource("snapshot.storage.k8s.io/v1", "VolumeSnapshotClass", "volumesnapshotclasses")

STORAGE_PROFILE = Resource("storage.virtualization.deckhouse.io/v1alpha1", "StorageProfile", "storageprofiles")
KUBEVIRT = Resource(
    "internal.virtualization.deckhouse.io/v1",
    "InternalVirtualizationKubeVirt",
    "internalvirtualizationkubevirts",
    True,
)
VM_CLASS = Resource("virtualization.deckhouse.io/v1alpha3", "VirtualMachineClass", "virtualmachineclasses")
VM = Resource(_VIRT, "VirtualMachine", "virtualmachines", True)
DISK = Resource(_VIRT, "VirtualDisk", "virtualdisks", True)
IMAGE = Resource(_VIRT, "VirtualImage", "virtualimages", True)
CLUSTER_IMAGE = Resource(_VIRT, "ClusterVirtualImage", "clustervirtualimages")
IP = Resource(_VIRT, "VirtualMachineIPAddress", "virtualmachineipaddresses", True)
LEASE = Resource(_VIRT, "VirtualMachineIPAddressLease", "virtualmachineipaddressleases")
