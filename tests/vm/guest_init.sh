#!/bin/busybox sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# The first program in the guest: puts the host's file system, which it can only read, below a
# writable layer in memory, and starts the agent on it as process 1. What fails here ends the guest
# (panic=-1) with its last words on the console.
set -e
b=/bin/busybox
$b mount -t proc proc /proc
$b mount -t sysfs sys /sys
$b mount -t devtmpfs dev /dev
for module in /modules/*.ko; do $b insmod "$module"; done

# What changes on the host while the guest runs is not seen through this cache; the project's own
# folders are mounted anew for every program (agent/sandbox.cpp).
$b mount -t 9p -o trans=virtio,version=9p2000.L,msize=262144,cache=loose,ro root /lower
$b mount -t tmpfs upper /upper
$b mkdir /upper/files /upper/work
$b mount -t overlay -o lowerdir=/lower,upperdir=/upper/files,workdir=/upper/work root /newroot

$b mount --move /proc /newroot/proc
$b mount --move /sys /newroot/sys
$b mount --move /dev /newroot/dev
$b mount -t tmpfs -o mode=755 run /newroot/run
$b mkdir -p /newroot/run/mwan-vm/lower /newroot/lib/modules
$b mount --move /lower /newroot/run/mwan-vm/lower
$b mount --bind "/newroot/run/mwan-vm/lower$($b cat /parameters/modules)" /newroot/lib/modules

agent=$($b cat /parameters/agent)
source=$($b cat /parameters/source)
build=$($b cat /parameters/build)
exec $b switch_root /newroot "$agent" "$source" "$build"
