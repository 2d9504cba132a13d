#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Called by pakfire after the files are there as an archive. The start script is there and switched
# off: addonctrl mwan enable, once there are profiles.

# shellcheck disable=SC1091
. /opt/pakfire/lib/functions.sh

extract_files
restore_backup "${NAME}"

mkdir -p /var/ipfire/mwan/profiles /var/ipfire/mwan/state
chmod 755 /var/ipfire/mwan /var/ipfire/mwan/state
# Passwords and PINs are in there.
chmod 700 /var/ipfire/mwan/profiles
[ -e /var/ipfire/mwan/settings ] || {
	printf '%s\n' LOG_FILE=/var/log/mwan.log LOG_SYSLOG=yes >/var/ipfire/mwan/settings
	chmod 644 /var/ipfire/mwan/settings
}

mkdir -p /etc/rc.d/rc3.d/off
# After the network (S20), and down before it (K80).
[ -e /etc/rc.d/rc3.d/S22mwan ] || ln -sf ../../init.d/mwan /etc/rc.d/rc3.d/off/S22mwan
ln -sf ../init.d/mwan /etc/rc.d/rc0.d/K78mwan
ln -sf ../init.d/mwan /etc/rc.d/rc6.d/K78mwan

if command -v udevadm >/dev/null; then
	udevadm control --reload-rules 2>/dev/null || true
fi
exit 0
