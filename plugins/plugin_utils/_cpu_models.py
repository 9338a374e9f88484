# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""CPU models that a VirtualMachineClass can name: data only, private to the collection.

Names and features as libvirt knows them; flags in the spelling of /proc/cpuinfo. Left out are flags that every x86-64
CPU has, and those that kernels no longer list (mpx). The platform itself proves a choice: a node that can give a model
carries the label cpu-model.node.virtualization.deckhouse.io/<model>=true.
"""

from __future__ import annotations

# vendor_id -> models from the oldest to the newest, each with the flags that it needs beyond those of the one before.
MODELS: dict[str, tuple[tuple[str, str], ...]] = {
    "GenuineIntel": (
        ("Nehalem", "cx16 lahf_lm nx pni popcnt sse4_1 sse4_2 ssse3"),
        ("Westmere", "aes pclmulqdq"),
        ("SandyBridge", "avx rdtscp tsc_deadline_timer x2apic xsave"),
        ("IvyBridge", "erms f16c fsgsbase rdrand smep"),
        ("Haswell-noTSX", "avx2 bmi1 bmi2 fma invpcid movbe pcid"),
        ("Broadwell-noTSX", "3dnowprefetch adx rdseed smap"),
        (
            "Skylake-Server-noTSX-IBRS",
            "abm arat avx512bw avx512cd avx512dq avx512f avx512vl clwb ibrs pdpe1gb xgetbv1 xsavec xsaveopt",
        ),
        ("Cascadelake-Server-noTSX", "avx512_vnni pku ssbd"),
    ),
    "AuthenticAMD": (
        (
            "EPYC",
            "3dnowprefetch abm adx aes arat avx avx2 bmi1 bmi2 clflushopt cr8_legacy cx16 f16c fma fsgsbase fxsr_opt "
            "lahf_lm misalignsse mmxext movbe nx osvw pclmulqdq pdpe1gb pni popcnt rdrand rdseed rdtscp sha_ni smap "
            "smep sse4_1 sse4_2 sse4a ssse3 svm xgetbv1 xsave xsavec xsaveopt",
        ),
        ("EPYC-Rome", "clwb clzero ibpb npt perfctr_core rdpid stibp umip wbnoinvd xsaveerptr"),
        ("EPYC-Milan", "erms fsrm ibrs invpcid pcid pku ssbd"),
    ),
}
# vendor_id -> name of the vendor in the labels of nodes.
VENDORS = {"GenuineIntel": "Intel", "AuthenticAMD": "AMD"}
VENDOR_LABEL = "cpu-vendor.node.virtualization.deckhouse.io/{0}"
# What libvirt spells otherwise.
FEATURE_NAMES = {
    "avx512_vnni": "avx512vnni",
    "cr8_legacy": "cr8legacy",
    "pclmulqdq": "pclmuldq",
    "sha_ni": "sha-ni",
    "sse4_1": "sse4.1",
    "sse4_2": "sse4.2",
    "tsc_deadline_timer": "tsc-deadline",
}
# No features to ask for by name: mitigations are spelled differently by vendor, virtualization is the host's own.
HOST_FLAGS = ("arat", "ibpb", "ibrs", "npt", "ssbd", "stibp", "svm", "xsaveerptr")
