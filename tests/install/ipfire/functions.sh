# shellcheck shell=sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Stands in for pakfire's functions of this name: what the scripts of an add-on call, doing what the
# name says. The archive with its files lies where pakfire unpacks a package.
NAME=mwan
extract_files() { tar -C / -xf /opt/pakfire/tmp/files.tar; }
remove_files() {
	sort -r /opt/pakfire/db/rootfiles/$NAME | while read -r file; do
		if [ -d "/$file" ]; then rmdir "/$file" 2>/dev/null || true; else rm -f "/$file"; fi
	done
}
restore_backup() { :; }
make_backup() { :; }
start_service() { /etc/rc.d/init.d/$NAME start; }
stop_service() { /etc/rc.d/init.d/$NAME stop; }
