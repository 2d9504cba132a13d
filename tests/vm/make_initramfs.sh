#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# make_initramfs.sh KERNEL_FOLDER OUTPUT NAME=VALUE...: the first file system of the guest. It has
# busybox, the few modules that are needed to reach the host's file system, guest_init.sh, and the
# named values as files below /parameters. KERNEL_FOLDER: Debian's kernel package, unpacked.
set -euo pipefail
kernel=$1 output=$2
shift 2

release=$(ls "$kernel/lib/modules")
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
mkdir -p "$root"/{bin,modules,parameters,proc,sys,dev,lower,upper,newroot}
cp "$(command -v busybox)" "$root/bin/busybox"
cp "$(dirname "${BASH_SOURCE[0]}")/guest_init.sh" "$root/init"
chmod 755 "$root/init"
for parameter in "$@"; do printf '%s\n' "${parameter#*=}" >"$root/parameters/${parameter%%=*}"; done

# In the order in which they have to be loaded.
number=100
for module in virtio_pci 9p 9pnet_virtio overlay; do
  modprobe -d "$kernel" -S "$release" --show-depends "$module"
done | awk '$1 == "insmod" && !seen[$2]++ { print $2 }' | while read -r file; do
  cp "$file" "$root/modules/$number-${file##*/}"
  number=$((number + 1))
done

(cd "$root" && find . | cpio --quiet -o -H newc) >"$output.new"
mv "$output.new" "$output"
