# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The stand-in for the platform: real etcd and kube-apiserver, and small controllers that answer as the vendor's do.

facts/core.md (sections 1-5), facts/storage.md (1, 7) and facts/virtualization.md (1-4) are its specification.
"""
