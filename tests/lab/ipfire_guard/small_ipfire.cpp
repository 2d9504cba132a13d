// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/lab/ipfire_guard/small_ipfire.hpp"

#include <filesystem>
#include <fstream>
#include <utility>

#include "failover/host/ipfire/interference_firewall.hpp"
#include "failover/host/ipfire/interference_rules.hpp"
#include "failover/host/ipfire/red_watch.hpp"
#include "tests/lab/process.hpp"

namespace mwan::lab {

namespace fs = std::filesystem;
using failover::ipfire::RedState;

namespace {

// Whole at every moment, as the host writes them: a link in its place is replaced, not followed.
void replace_file(const std::string& path, const std::string& text) {
  const std::string fresh = path + ".fresh";
  std::ofstream(fresh) << text;
  fs::rename(fresh, path);
}

}  // namespace

RedState SmallIpfire::red() {
  return {.iface = "usb0",
          .local = *IpAddress::parse("10.0.0.2"),
          .remote = *IpAddress::parse("10.0.0.1"),
          .dns = {*IpAddress::parse("10.0.0.53")}};
}

Result<SmallIpfire> SmallIpfire::make(const NetNs& netns) {
  auto folder = WorkFolder::temporary();
  if (!folder) return failed(folder.error());
  SmallIpfire out(std::move(*folder));
  if (const auto made = out.make_files(); !made) return failed(made.error());
  for (const char* words :
       {"link add red0 type veth peer name far-red0", "link add usb0 type veth peer name far-usb0",
        "link set far-red0 up", "link set far-usb0 up", "address add 192.0.2.2/24 dev red0",
        "address add 10.0.0.2/24 dev usb0", "link set red0 up", "link set usb0 up"}) {
    if (const auto done = ip(netns, words); !done) return failed(done.error());
  }
  for (const char* words : {"-t nat -N REDNAT", "-t nat -A POSTROUTING -j REDNAT", "-N REDFORWARD",
                            "-A FORWARD -j REDFORWARD", "-t nat -A REDNAT -o usb0 -j MASQUERADE"}) {
    const std::string line = std::string("exec /usr/sbin/iptables-legacy --wait ") + words;
    if (const auto done = run(&netns, {"/bin/sh", "-c", line}); !done) return failed(done.error());
  }
  out.write_files();
  out.set_route(netns);
  return out;
}

Status SmallIpfire::script(const std::string& path, const std::string& text) const {
  const fs::path file = *this / path;
  fs::create_directories(file.parent_path());
  std::ofstream(file) << "#!/bin/sh\nROOT=" << folder_.path().string() << "\n" << text;
  fs::permissions(file, fs::perms::owner_all);
  return {};
}

Status SmallIpfire::make_files() const {
  for (const char* path : {"var/ipfire/red", "var/ipfire/ethernet", "var/ipfire/ppp", "var/run"}) {
    fs::create_directories(*this / path);
  }
  std::ofstream(*this / "var/ipfire/ethernet/settings") << "RED_TYPE=DHCP\nRED_DEV=red0\n";
  std::ofstream(*this / "var/ipfire/ppp/settings-1") << "PROFILE=1\nTYPE=pppoe\n";
  fs::create_hard_link(*this / "var/ipfire/ppp/settings-1", *this / "var/ipfire/ppp/settings");

  const std::string red = "RED=$ROOT/var/ipfire/red\n";
  script("etc/rc.d/init.d/networking/red", red + R"(case "$1" in
stop)
  rm -f $RED/keepconnected $RED/active $RED/local-ipaddress $RED/remote-ipaddress
  rm -f $ROOT/var/run/dns1 $ROOT/var/run/dns2
  ip route del default
  $ROOT/etc/rc.d/init.d/firewall down
  ip link set red0 down
  sleep 0.5
  ;;
start)
  rm -f $RED/active $RED/local-ipaddress $RED/remote-ipaddress
  ip link set red0 up
  printf red0 >$RED/iface
  printf 192.0.2.2 >$RED/local-ipaddress
  printf 192.0.2.1 >$RED/remote-ipaddress
  ip route replace default via 192.0.2.1 dev red0
  : >$RED/active
  $ROOT/etc/rc.d/init.d/firewall up
  ;;
esac
)");
  script("etc/rc.d/init.d/network", R"(case "$1" in
restart) $ROOT/etc/rc.d/init.d/networking/red stop; $ROOT/etc/rc.d/init.d/networking/red start ;;
*) $ROOT/etc/rc.d/init.d/networking/red "$1" ;;
esac
)");
  script("etc/rc.d/init.d/firewall", red + R"(IPT="/usr/sbin/iptables-legacy --wait"
IFACE=$(cat $RED/iface)
case "$1" in
restart)
  $IPT -t nat -F POSTROUTING; $IPT -t nat -F REDNAT; $IPT -F REDFORWARD; sleep 0.2
  $IPT -t nat -A POSTROUTING -j REDNAT
  [ -e $RED/active ] && $IPT -t nat -A REDNAT -o $IFACE -j MASQUERADE
  ;;
up|reload)
  $IPT -t nat -F REDNAT; $IPT -F REDFORWARD
  [ -e $RED/active ] && $IPT -t nat -A REDNAT -o $IFACE -j MASQUERADE
  ;;
down) $IPT -A REDFORWARD -o $IFACE -j DROP ;;
esac
sleep 0.2
)");
  script("etc/rc.d/init.d/connectd", red + R"(printf '0\n' >$RED/keepconnected
i=0
while [ $i -lt 160 ]; do
  sleep 5
  [ -e $RED/keepconnected ] || exec $ROOT/etc/rc.d/init.d/network stop red
  i=$((i + 1))
done
)");
  script("etc/rc.d/init.d/rc", "$ROOT/etc/rc.d/init.d/network stop\n");
  script("etc/ppp/ip-up", red + R"(printf ppp0 >$RED/iface
printf 192.0.2.99 >$RED/local-ipaddress
ip route replace default dev red0
)");
  // dhcpcd's own would do the same: the down path does not look at the interface.
  script("dhcpcd-hook", red + "rm -f $RED/active $ROOT/var/run/dns1 $ROOT/var/run/dns2\n");
  script("usr/local/bin/connscheduler", "$ROOT/etc/rc.d/init.d/network restart red\n");
  script("usr/local/bin/redctrl", "$ROOT/etc/rc.d/init.d/network \"$1\" red\n");
  script("srv/web/ipfire/cgi-bin/pppsetup.cgi",
         "printf 'PROFILE=2\\nTYPE=pppoe\\n' >$ROOT/var/ipfire/ppp/settings-1; sleep 0.3\n");
  script("usr/sbin/setup",
         "printf 'RED_TYPE=STATIC\\nRED_DEV=red0\\n' >$ROOT/var/ipfire/ethernet/settings; sleep "
         "0.3\n");
  script("usr/sbin/wpa_supplicant", "ip link set red0 down; ip link set red0 up\n");
  // What a program does is rarely all it does.
  script("root/remove-active", red + "rm -f $RED/active; sleep 0.3\n");
  script("root/link-iface", red + "ln -sf /etc/hostname $RED/iface; sleep 0.3\n");
  script("root/big-address", red + "head -c 10000000 /dev/zero >$RED/local-ipaddress; sleep 0.3\n");
  script("root/move-route", "ip route replace default via 192.0.2.1 dev red0; sleep 0.3\n");
  script("root/no-route", "ip route del default; sleep 0.3\n");
  script("root/flush-nat", "/usr/sbin/iptables-legacy --wait -t nat -F REDNAT; sleep 0.3\n");
  script("root/insist", red + "while :; do rm -f $RED/active; sleep 0.02; done\n");
  return {};
}

void SmallIpfire::write_files() const {
  const auto paths = this->paths();
  fs::remove(paths.red() + "/keepconnected");
  replace_file(paths.run() + "/dns1", "10.0.0.53\n");
  replace_file(paths.run() + "/dns2", "\n");
  replace_file(paths.red() + "/iface", "usb0");
  replace_file(paths.red() + "/local-ipaddress", "10.0.0.2");
  replace_file(paths.red() + "/remote-ipaddress", "10.0.0.1");
  replace_file(paths.red() + "/active", "");
}

void SmallIpfire::set_route(const NetNs& netns) const {
  static_cast<void>(ip(netns, "route replace default via 10.0.0.1 dev usb0"));
}

void SmallIpfire::set_firewall(const NetNs& netns) const {
  for (const char* words :
       {"-t nat -F REDNAT", "-t nat -A REDNAT -o usb0 -j MASQUERADE", "-F REDFORWARD"}) {
    const std::string line = std::string("exec /usr/sbin/iptables-legacy --wait ") + words;
    static_cast<void>(run(&netns, {"/bin/sh", "-c", line}));
  }
}

std::string SmallIpfire::wrong(const NetNs& netns) const {
  auto found = failover::ipfire::read_red(paths());
  const auto routes = run(&netns, {"/bin/sh", "-c", "ip route show default | head -n 1"});
  found.route = routes && routes->find(" usb0") != std::string::npos ? "usb0" : "another";
  failover::ipfire::FoundFirewall firewall;
  for (const char* table : {"nat", "filter"}) {
    const auto saved = run(&netns, {"/usr/sbin/iptables-legacy-save", "-t", table});
    if (saved) failover::ipfire::read_rules(*saved, firewall);
  }
  std::string out;
  for (const auto& one : failover::ipfire::differences(red(), found, false))
    out += one.words + "; ";
  for (const auto& one : failover::ipfire::differences(red(), firewall)) out += one.words + "; ";
  return out;
}

}  // namespace mwan::lab
