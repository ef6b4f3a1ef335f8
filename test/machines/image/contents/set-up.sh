# What turns Debian's packages into a machine of the tests; runs in it (chroot).
mount -t proc proc /proc

# Booted without the host's help to find the disk.
sed -i 's/^MODULES=.*/MODULES=list/' /etc/initramfs-tools/initramfs.conf
version=$(ls /lib/modules)
mkinitramfs -o /boot/initrd "$version"
mv "/boot/vmlinuz-$version" /boot/kernel
rm -f /boot/*-"$version" /vmlinuz* /initrd*

# No unit starts but those in root/etc/systemd/system-preset. Presets do not reach what a udev rule or a generator starts:
# the rule of amazon-ec2-net-utils and cloud-init are turned off below.
mkdir -p /etc/systemd/system-generators
systemctl preset-all
systemctl mask tmp.mount systemd-firstboot.service systemd-logind.service getty.target systemd-binfmt.service
ln -s /dev/null /etc/udev/rules.d/99-vpc-policy-routes.rules
touch /etc/cloud/cloud-init.disabled
chsh -s /bin/sh root
: > /etc/machine-id
printf '127.0.0.1 localhost\n10.1.0.11 node-a\n10.1.0.12 node-b\n' > /etc/hosts
rm -f /etc/resolv.conf
: > /etc/resolv.conf
# It would have sshd listen on a virtual socket (AF_VSOCK), which these machines lack.
ln -s /dev/null /etc/systemd/system-generators/systemd-ssh-generator
touch /etc/.updated /var/.updated

# SELinux, for machines that are booted with it.
cd /root/selinux
make -f /usr/share/selinux/devel/Makefile NAME=default cluster.pp
semodule --store default --noreload --install cluster.pp
cd /
rm -r /root/selinux
umount /proc
chmod 700 /root /root/.ssh
chmod 600 /root/.ssh/authorized_keys
setfiles -F /etc/selinux/default/contexts/files/file_contexts /
