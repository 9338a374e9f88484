#!/bin/sh
# A host in a container: a tree under a layer of its own, a name, a fault, and an SSH server.
# It runs in namespaces of its own (mount, network, process IDs, name); all that it makes ends with them.
# Arguments: folder of the host, tree, name. The folder holds authorized_keys, host_key and fault.sh.
set -e
folder=$1 tree=$2 name=$3 launch=
# Large enough for the requirements, taken only as far as it is written.
mount -t tmpfs -o size=64g,mode=755 none "$folder/room"
mkdir "$folder/room/upper" "$folder/room/work" "$folder/room/root"
mount -t overlay -o "lowerdir=$tree,upperdir=$folder/room/upper,workdir=$folder/room/work" none "$folder/room/root"
cd "$folder/room/root"
mount -t proc proc proc
mount -t sysfs sysfs sys
mount -t tmpfs -o mode=755 none run
mount -t tmpfs -o mode=755 none dev
for device in null zero full random urandom tty; do
  touch dev/$device
  mount --bind /dev/$device dev/$device
done
mkdir dev/pts dev/shm run/sshd
mount -t devpts -o newinstance,ptmxmode=666 devpts dev/pts
ln -s pts/ptmx dev/ptmx
echo "$name" > etc/hostname
echo "$name" > proc/sys/kernel/hostname
printf '127.0.0.1 localhost\n127.0.1.1 %s\n' "$name" > etc/hosts
echo 'nameserver 198.18.0.1' > etc/resolv.conf
echo 'deb http://198.18.0.1:8080/debian stable main' > etc/apt/sources.list
echo "$name" | md5sum | cut -c 1-32 > etc/machine-id
install -D -m 600 "$folder/authorized_keys" root/.ssh/authorized_keys
install -m 600 "$folder/host_key" etc/ssh/ssh_host_ed25519_key
# Containers have the board of this machine, where it shows one.
if [ -e sys/class/dmi/id/product_uuid ]; then
  cp etc/machine-id "$folder/board"
  mount --bind "$folder/board" sys/devices/virtual/dmi/id/product_uuid
fi
inside() { chroot . "$@"; }
# Nobody can read this file of /sys, root included: it is for writing only.
unreadable() { mount --bind /sys/bus/platform/drivers_probe "$1"; }
. "$folder/fault.sh"
exec $launch chroot . /usr/sbin/sshd -D -e -o UseDNS=no -o UsePAM=no -o HostKey=/etc/ssh/ssh_host_ed25519_key
