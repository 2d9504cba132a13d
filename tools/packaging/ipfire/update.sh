#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Called by pakfire for a newer version: profiles and settings stay where they are, and a daemon that
# ran runs again. It gives RED back in between.

# shellcheck disable=SC1091
. /opt/pakfire/lib/functions.sh

ran=no
if /etc/rc.d/init.d/mwan status 2>/dev/null | grep -q 'is running'; then
	ran=yes
fi
stop_service "${NAME}"
extract_files
if command -v udevadm >/dev/null; then
	udevadm control --reload-rules 2>/dev/null || true
fi
[ "$ran" = no ] || start_service "${NAME}"
exit 0
