# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lab: machines, network, registry, Kubernetes API and the platform's stand-in, all on this machine.

``PYTHONPATH=tests python -m lab --help`` lists the commands. CONTRIBUTING.md draws the parts.
"""
