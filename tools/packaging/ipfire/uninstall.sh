#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Called by pakfire. What the user wrote goes into the backup of the add-on first; afterwards nothing
# of it is on the box.

# shellcheck disable=SC1091
. /opt/pakfire/lib/functions.sh

stop_service "${NAME}"
make_backup "${NAME}"
remove_files

rm -f /etc/rc.d/rc3.d/S22mwan /etc/rc.d/rc3.d/off/S22mwan /etc/rc.d/rc0.d/K78mwan \
	/etc/rc.d/rc6.d/K78mwan
rm -rf /var/ipfire/mwan /usr/local/libexec/mwan
# Ours, where nobody else has anything in it.
rmdir /usr/local/libexec 2>/dev/null || true
rm -f /var/log/mwan.log /var/log/mwan.log.*

if command -v udevadm >/dev/null; then
	udevadm control --reload-rules 2>/dev/null || true
fi
exit 0
