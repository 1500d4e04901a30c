# SPDX-License-Identifier: GPL-2.0
"""xsw beside its peers on one topology, and its paths beside each other: see xsw-bench(8)."""
