# shellcheck shell=sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Stands in for IPFire's functions for start scripts.
boot_mesg() { echo "$*"; }
echo_ok() { echo OK; }
evaluate_retval() { if [ $? = 0 ]; then echo OK; else echo FAIL; return 1; fi; }
loadproc() { "$@"; evaluate_retval; }
statusproc() { echo "$1 is not running."; }
