// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/lab/ipfire/ipfire_lab.hpp"

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <iterator>
#include <sstream>
#include <thread>

#include <fcntl.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include "tests/lab/clock.hpp"
#include "tests/lab/daemon_story.hpp"
#include "tests/lab/json_lines.hpp"
#include "tests/lab/lab_error.hpp"

namespace mwan::lab {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

namespace {

constexpr const char* static_settings =
    "CONFIG_TYPE=1\nGREEN_DEV=green0\nGREEN_ADDRESS=192.168.1.1\nRED_DEV=red0\n"
    "RED_DESCRIPTION='pci: A Card'\nRED_TYPE=STATIC\nRED_ADDRESS=10.1.0.2\n"
    "RED_NETMASK=255.255.255.0\nRED_NETADDRESS=10.1.0.0\nDEFAULT_GATEWAY=10.1.0.1\n";
constexpr const char* dhcp_settings =
    "CONFIG_TYPE=1\nGREEN_DEV=green0\nGREEN_ADDRESS=192.168.1.1\nRED_DEV=red0\n"
    "RED_DESCRIPTION='pci: A Card'\nRED_TYPE=DHCP\nRED_ADDRESS=0.0.0.0\nRED_NETMASK=0.0.0.0\n"
    "RED_NETADDRESS=0.0.0.0\nDEFAULT_GATEWAY=0.0.0.0\nRED_DHCP_HOSTNAME=\n";

constexpr const char* qmi_settings =
    "CONFIG_TYPE=1\nGREEN_DEV=green0\nGREEN_ADDRESS=192.168.1.1\nRED_DEV=red0\n"
    "RED_MACADDR=02:ff:ff:ff:ff:00\nRED_DESCRIPTION='usb: A Modem'\nRED_TYPE=PPPOE\n"
    "RED_ADDRESS=0.0.0.0\nRED_NETMASK=0.0.0.0\nRED_NETADDRESS=0.0.0.0\n"
    "DEFAULT_GATEWAY=0.0.0.0\n";

constexpr const char* pppoe_settings =
    "CONFIG_TYPE=1\nGREEN_DEV=green0\nGREEN_ADDRESS=192.168.1.1\nRED_DEV=red0\n"
    "RED_DESCRIPTION='pci: A Card'\nRED_TYPE=PPPOE\nRED_ADDRESS=0.0.0.0\nRED_NETMASK=0.0.0.0\n"
    "RED_NETADDRESS=0.0.0.0\nDEFAULT_GATEWAY=0.0.0.0\n";

const char* settings_of(Red type) {
  switch (type) {
    case Red::Static:
      return static_settings;
    case Red::Dhcp:
      return dhcp_settings;
    case Red::Qmi:
      return qmi_settings;
    case Red::Pppoe:
      return pppoe_settings;
  }
  return "";
}

Status mount_at(const std::string& source, const std::string& target, const char* type,
                unsigned long flags, const std::string& options = "") {
  if (::mount(source.c_str(), target.c_str(), type, flags, options.c_str()) == 0) return {};
  return system_failure("mounting " + target);
}

// The folder's parts in the places where IPFire has them; what else is there stays readable, and
// nothing of it is changed for others.
Status lay_out(const fs::path& folder) {
  if (::unshare(CLONE_NEWNS) != 0) return system_failure("making a mount namespace");
  if (auto done = mount_at("none", "/", nullptr, MS_REC | MS_PRIVATE); !done) return done;
  const fs::path layers = folder / "layers";
  fs::create_directories(layers);
  if (auto done = mount_at("none", layers, "tmpfs", 0); !done) return done;
  for (const std::string name : {"etc", "var"}) {
    const fs::path upper = layers / (name + "-upper");
    const fs::path work = layers / (name + "-work");
    fs::create_directories(upper);
    fs::create_directories(work);
    const auto options =
        fmt::format("lowerdir=/{},upperdir={},workdir={}", name, upper.string(), work.string());
    if (auto done = mount_at("overlay", "/" + name, "overlay", 0, options); !done) return done;
  }
  std::error_code ignored;
  for (const auto& [part, place] :
       {std::pair<const char*, const char*>{"rc.d", "/etc/rc.d"}, {"ipfire", "/var/ipfire"}}) {
    fs::create_directories(place, ignored);
    if (auto done = mount_at(folder / part, place, nullptr, MS_BIND); !done) return done;
  }
  return mount_at(folder / "run", "/run", nullptr, MS_BIND);
}

void append(std::vector<std::string>& lines, const std::string& title, const std::string& text) {
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(title + ": " + line);
}

}  // namespace

const char* connection_type(Red type) {
  switch (type) {
    case Red::Static:
      return "STATIC";
    case Red::Dhcp:
      return "DHCP";
    case Red::Qmi:
      return "QMI";
    case Red::Pppoe:
      return "PPPOE";
  }
  return "";
}

void IpfireLab::SetUp() {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root for namespaces";
  for (const char* program :
       {"/usr/sbin/dhcpcd", "/usr/sbin/dnsmasq", "/usr/sbin/iptables-legacy", "/usr/bin/nsenter"}) {
    if (::access(program, X_OK) != 0) GTEST_SKIP() << "needs " << program;
  }
  auto folder = WorkFolder::temporary();
  REQUIRE_OK(folder);
  folder_ = std::make_unique<WorkFolder>(std::move(*folder));
  make_files();
  if (HasFatalFailure()) return;
  make_networks();
}

void IpfireLab::TearDown() {
  traffic_.reset();
  daemon_ = Process();
  if (!box_) return;
  if (type_ == Red::Pppoe) kill_pppoe_server();
  kill_box();
  // Set by hand, to see where the time goes.
  if (HasFailure() || std::getenv("MWAN_LAB_SHOW_LOG") != nullptr) {
    std::cout << "--- the daemon's log\n" << log() << "--- the box's log\n" << box_log();
  }
}

// Daemons of the box are nobody's children.
void IpfireLab::kill_box() const {
  for (int round = 0; round < 50; ++round) {
    bool any = false;
    struct stat ours {};
    ::fstat(box_->fd(), &ours);
    std::error_code error;
    for (const auto& entry : fs::directory_iterator("/proc", error)) {
      struct stat theirs {};
      const auto pid = std::atoi(entry.path().filename().c_str());
      const bool its = pid > 1 && ::stat((entry.path() / "ns/net").c_str(), &theirs) == 0 &&
                       theirs.st_ino == ours.st_ino;
      if (!its) continue;
      any = true;
      ::kill(pid, SIGKILL);
    }
    if (!any) break;
    sleep_for(20ms);
  }
}

void IpfireLab::make_files() {
  const fs::path rc = this->folder() / "rc.d";
  fs::create_directories(rc);
  fs::copy(MWAN_IPFIRE_BOX "/init.d", rc / "init.d", fs::copy_options::recursive);
  fs::create_directories(this->folder() / "ipfire");
  fs::copy(MWAN_IPFIRE_BOX "/dhcpc", this->folder() / "ipfire/dhcpc", fs::copy_options::recursive);
  for (const char* made :
       {"ipfire/red", "ipfire/ethernet", "ipfire/ppp", "run", "config/profiles"}) {
    fs::create_directories(this->folder() / made);
  }
  REQUIRE_OK(write_file(this->folder() / "ipfire/ppp/settings", "TYPE=pppoe\nPASSWORD=secret\n"));
  Status laid;
  std::thread([&] {
    laid = lay_out(folder());
    if (laid) files_ = UniqueFd(::open("/proc/thread-self/ns/mnt", O_RDONLY | O_CLOEXEC));
    // In the guest of tests/vm the programs' root is not the namespace's.
    if (laid) root_ = UniqueFd(::open("/", O_PATH | O_DIRECTORY | O_CLOEXEC));
  }).join();
  REQUIRE_OK(laid);
  ASSERT_TRUE(files_);
}

void IpfireLab::make_networks() {
  const auto make = [](const char* label) {
    auto made = NetNs::create(label);
    EXPECT_OK(made);
    return std::make_unique<NetNs>(std::move(*made));
  };
  box_ = make("box");
  client_ = make("client");
  server_ = make("server");
  for (const int number : {1, 2}) providers_[number] = make("provider");
  // As IPFire sets them.
  for (const char* one : {"forwarding", "rp_filter", "arp_filter"}) {
    for (const char* which : {"all", "default"}) {
      REQUIRE_OK(box().sysctl(fmt::format("net/ipv4/conf/{}/{}", which, one), "1"));
    }
  }
  REQUIRE_OK(ip(*client_, "link add eth0 type veth peer name green0 netns " + box().path()));
  REQUIRE_OK(ip(*client_, "addr add 192.168.1.2/24 dev eth0"));
  REQUIRE_OK(ip(*client_, "link set eth0 up"));
  REQUIRE_OK(ip(box(), "addr add 192.168.1.1/24 dev green0"));
  REQUIRE_OK(ip(box(), "link set green0 up"));
  REQUIRE_OK(ip(*client_, "route add default via 192.168.1.1"));
  for (const int number : {1, 2}) {
    const NetNs& isp = provider(number);
    REQUIRE_OK(isp.sysctl("net/ipv4/conf/all/forwarding", "1"));
    // With an address that stays, for which the DHCP server has the same lease after a boot.
    REQUIRE_OK(ip(box(), fmt::format("link add {} address 02:00:00:00:01:0{} type veth peer name "
                                     "cpe0 netns {}",
                                     number == 1 ? "red0" : "eth1", number, isp.path())));
    REQUIRE_OK(ip(isp, fmt::format("addr add 10.{}.0.1/24 dev cpe0", number)));
    REQUIRE_OK(ip(isp, "link set cpe0 up"));
    REQUIRE_OK(ip(isp, fmt::format("link add up0 type veth peer name isp{} netns {}", number,
                                   server_->path())));
    REQUIRE_OK(ip(isp, fmt::format("addr add 198.18.{}.1/30 dev up0", number)));
    REQUIRE_OK(ip(isp, "link set up0 up"));
    REQUIRE_OK(ip(*server_, fmt::format("addr add 198.18.{}.2/30 dev isp{}", number, number)));
    REQUIRE_OK(ip(*server_, fmt::format("link set isp{} up", number)));
    REQUIRE_OK(ip(isp, fmt::format("route add 198.51.100.0/24 via 198.18.{}.2", number)));
    REQUIRE_OK(ip(*server_, fmt::format("route add 10.{}.0.0/24 via 198.18.{}.1", number, number)));
  }
  for (const char* address : {"198.51.100.10/32", "198.51.100.11/32"}) {
    REQUIRE_OK(ip(*server_, fmt::format("addr add {} dev lo", address)));
  }
}

void IpfireLab::boot(Red type) {
  type_ = type;
  REQUIRE_OK(write_file(folder() / "ipfire/ethernet/settings", settings_of(type)));
  if (type == Red::Qmi) boot_modem();
  if (type == Red::Pppoe) boot_pppoe();
  come_up(type);
  if (HasFatalFailure()) return;
  expect_lan_traffic();
  write_config();
}

void IpfireLab::boot_again(Red type) {
  traffic_.reset();
  dhcp_server_ = Process();
  kill_box();
  for (const auto& entry : fs::directory_iterator(folder() / "run")) {
    if (entry.path().filename() != "box.log") fs::remove_all(entry.path());
  }
  make_networks();
  if (HasFatalFailure()) return;
  const fs::path id = folder() / "boot_id";
  REQUIRE_OK(write_file(id, "00000000-0000-4000-8000-000000000001\n"));
  REQUIRE_OK(on_box({"mount", "--bind", id, "/proc/sys/kernel/random/boot_id"}));
  come_up(type);
}

void IpfireLab::lose(Cut cut) const {
  const fs::path left = folder() / "left" / (cut == Cut::Everything ? "everything" : "contents");
  ASSERT_TRUE(fs::is_directory(left)) << "the daemon was not recorded";
  // The first is mounted: it stays.
  for (const auto& entry : fs::directory_iterator(folder() / "ipfire")) fs::remove_all(entry);
  const auto all = fs::copy_options::recursive | fs::copy_options::copy_symlinks;
  fs::copy(left / "0", folder() / "ipfire", all);
  fs::remove_all(state());
  if (fs::exists(left / "1")) fs::copy(left / "1", state(), all);
}

void IpfireLab::come_up(Red type) {
  if (type == Red::Dhcp) {
    const auto out = folder() / "dnsmasq.log";
    auto started = Process::start(
        {{"/usr/sbin/dnsmasq", "--keep-in-foreground", "--conf-file=/dev/null", "--port=0",
          "--no-ping", "--dhcp-authoritative", "--leasefile-ro", "--user=root",
          "--pid-file=", "--log-facility=-", "--interface=cpe0", "--bind-interfaces",
          "--dhcp-range=10.1.0.100,10.1.0.109,255.255.255.0,120",
          "--dhcp-option=option:dns-server,10.1.0.53"},
         &provider(1),
         out,
         out});
    REQUIRE_OK(started);
    dhcp_server_ = std::move(*started);
  } else if (type == Red::Static) {
    REQUIRE_OK(write_file(folder() / "run/dns1", "10.1.0.53\n"));
    REQUIRE_OK(write_file(folder() / "run/dns2", "\n"));
  }
  REQUIRE_OK(on_box({"/etc/rc.d/init.d/firewall", "start"}));
  REQUIRE_OK(on_box({"/etc/rc.d/init.d/networking/red", "start"}));
  ASSERT_TRUE(has_red_file("active")) << box_log();
  // With DHCP, the script of dhcpcd is still at it.
  ASSERT_TRUE(wait_until(10s * slowness_, [this] {
    const auto rules = on_box({"iptables-legacy", "--wait", "-t", "nat", "-S", "REDNAT"});
    return rules && rules->find("MASQUERADE") != std::string::npos &&
           on_box({"iptables-legacy", "--wait", "-S", "REDINPUT"})->find("ACCEPT") !=
               std::string::npos;
  }));
  auto started = Traffic::start(*client_, *server_, "198.51.100.11");
  REQUIRE_OK(started);
  traffic_ = std::move(*started);
}

void IpfireLab::write_config(const std::string& settings) {
  REQUIRE_OK(write_file(folder() / "config/settings",
                        "PROBE_TARGETS=198.51.100.10\nLOG_LEVEL=debug\nFAILBACK_STABLE_S=2\n"
                        "PROBE_RETRY_INTERVAL_MS=300\n" +
                            settings));
  REQUIRE_OK(write_file(folder() / "config/profiles/ethernet-backup",
                        "KIND=ethernet\nPRIORITY=10\nNETDEV=eth1\nADDRESS=10.2.0.2/24\n"
                        "GATEWAY=10.2.0.1\nDNS=10.2.0.53\n"));
}

std::vector<std::string> IpfireLab::on_box_argv(const std::vector<std::string>& argv) const {
  std::vector<std::string> out = {
      "/usr/bin/nsenter", fmt::format("--mount=/proc/{}/fd/{}", ::getpid(), files_.get()),
      fmt::format("--root=/proc/{}/fd/{}", ::getpid(), root_.get()), "--"};
  out.insert(out.end(), argv.begin(), argv.end());
  return out;
}

Result<std::string> IpfireLab::on_box(const std::vector<std::string>& argv, Duration limit) const {
  return run(box_.get(), on_box_argv(argv), limit * slowness_);
}

void IpfireLab::start_daemon(const std::vector<std::string>& more) {
  const auto file = folder() / "daemon.log";
  std::vector<std::string> argv;
  if (records_) {
    argv = {MWAN_POWER_RECORDER, folder() / "left", folder() / "ipfire", state(), "--"};
  }
  for (const std::string& word :
       {std::string(MWAN_DAEMON), std::string("--config-dir"), (folder() / "config").string(),
        std::string("--state-dir"), state().string()}) {
    argv.push_back(word);
  }
  argv.insert(argv.end(), more.begin(), more.end());
  auto started = Process::start({on_box_argv(argv), box_.get(), file, file});
  REQUIRE_OK(started);
  daemon_ = std::move(*started);
}

void IpfireLab::start_until_steady(const std::vector<std::string>& more) {
  const auto since = mark();
  start_daemon(more);
  ASSERT_TRUE(says("RED is good", since));
  ASSERT_TRUE(says(backup_ + " is good", since));
}

void IpfireLab::stop_daemon() {
  EXPECT_EQ(Process::words(daemon_.stop(30s * slowness_)), "exit code 0") << log();
}

void IpfireLab::kill_daemon() {
  daemon_.signal(SIGKILL);
  ASSERT_TRUE(daemon_.wait(5s));
}

std::string IpfireLab::log() const { return read_file(folder() / "daemon.log"); }
std::string IpfireLab::box_log() const { return read_file(folder() / "run/box.log"); }

bool IpfireLab::says(const std::string& words, std::size_t since) const {
  const bool said =
      wait_until(patience_, [&] { return log().find(words, since) != std::string::npos; });
  EXPECT_TRUE(said) << "never said: " << words;
  return said;
}

bool IpfireLab::lan_works() const {
  return run(client_.get(), {"ping", "-c", "1", "-W", "1", "198.51.100.10"}).has_value();
}

void IpfireLab::expect_lan_traffic() const {
  // Packets of the last moment may still be on their way.
  EXPECT_TRUE(wait_until(30s * slowness_,
                         [&] {
                           const auto until = now() - 300ms;
                           const auto count = traffic_->count(until - 500ms, until);
                           return count.sent > 20 && count.lost == 0 && count.unanswered == 0;
                         }))
      << "the LAN has no connection; the box:\n"
      << on_box({"ip", "-4", "route", "show", "table", "all"}).value_or("")
      << on_box({"iptables-legacy-save"}).value_or("");
}

void IpfireLab::print_outage(Instant dead, const std::string& mode) const {
  bool lost = false;
  Instant answered = dead;
  for (const auto& packet : traffic().records()) {
    if (packet.sent < dead) continue;
    lost = lost || !packet.answered;
    if (!lost || !packet.answered) continue;
    answered = *packet.answered;
    break;
  }
  fmt::print("primary dead -> LAN traffic by the backup, {}, {}{}: {:.0f} ms\n",
             connection_type(type_), mode, backup_ == "gsm-backup" ? ", a modem" : "",
             static_cast<double>((answered - dead).count()) / 1000);
  // Before that, somebody had to notice.
  for (const auto& entry : tell_daemon(read_json_lines(state() / decision_log_name))) {
    if (entry.time < dead || !entry.text.starts_with("InitiatingFailover")) continue;
    fmt::print("  of that until the daemon knew ({}): {:.0f} ms\n", entry.text,
               static_cast<double>((entry.time - dead).count()) / 1000);
    break;
  }
}

std::vector<std::string> IpfireLab::processes() const {
  struct stat ours {};
  ::fstat(box_->fd(), &ours);
  std::vector<std::string> out;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator("/proc", error)) {
    struct stat theirs {};
    if (::stat((entry.path() / "ns/net").c_str(), &theirs) != 0) continue;
    if (theirs.st_ino != ours.st_ino) continue;
    std::string words = read_file(entry.path() / "cmdline");
    std::ranges::replace(words, '\0', ' ');
    while (words.ends_with(' ')) words.pop_back();
    if (!words.empty()) out.push_back(words);
  }
  std::ranges::sort(out);
  return out;
}

std::vector<std::string> IpfireLab::box_state() const {
  std::vector<std::string> out;
  for (const auto& part : {fs::path("ipfire"), fs::path("run")}) {
    for (const auto& entry : fs::recursive_directory_iterator(folder() / part)) {
      const std::string name = entry.path().lexically_relative(folder()).string();
      const bool of_red = name.starts_with("ipfire/") || name.starts_with("run/dns");
      if (!entry.is_regular_file() || !of_red) continue;
      struct stat info {};
      ::stat(entry.path().c_str(), &info);
      out.push_back(fmt::format("{} {:o} {} {} \"{}\"", name, info.st_mode, info.st_uid,
                                info.st_gid, read_file(entry.path())));
    }
  }
  const auto add = [&](const std::string& title, const std::vector<std::string>& argv) {
    const auto said = on_box(argv);
    append(out, title, said ? *said : said.error().text());
  };
  add("rules", {"ip", "-4", "rule"});
  // A device that was away has another number, and dhcpcd's metric is 1000 and that.
  std::map<std::string, int> numbers;
  const auto addresses = on_box({"ip", "-4", "-o", "addr"});
  std::istringstream lines(addresses ? *addresses : addresses.error().text());
  for (std::string line; std::getline(lines, line);) {
    const auto colon = line.find(": ");
    const auto name = line.substr(colon + 2, line.find(' ', colon + 2) - colon - 2);
    numbers[name] = std::atoi(line.c_str());
    out.push_back("address: " + line.substr(colon + 2, line.find("valid_lft") - colon - 2));
  }
  const auto routes = on_box({"ip", "-4", "route", "show", "table", "all"});
  std::istringstream ways(routes ? *routes : routes.error().text());
  for (std::string line; std::getline(ways, line);) {
    for (const auto& [name, number] : numbers) {
      const auto metric = fmt::format(" metric {}", 1000 + number);
      const auto at = line.find(metric);
      if (line.find(" dev " + name + " ") == std::string::npos || at == std::string::npos) continue;
      line.replace(at, metric.size(), " metric of dhcpcd");
    }
    out.push_back("routes: " + line);
  }
  const auto rules = on_box({"iptables-legacy-save"});
  std::istringstream tables(rules ? *rules : rules.error().text());
  for (std::string line; std::getline(tables, line);) {
    if (line.starts_with('#')) continue;                            // the time
    out.push_back("iptables: " + line.substr(0, line.find(" [")));  // without counters
  }
  for (const auto& words : processes()) {
    // Some of dhcpcd's helpers live for as long as it announces its address.
    if (!words.starts_with("dhcpcd: [")) out.push_back("process: " + words);
  }
  std::ranges::sort(out);
  return out;
}

void IpfireLab::expect_box_is(const std::vector<std::string>& before) const {
  // IPFire's own programs may still be at it.
  std::vector<std::string> after;
  static_cast<void>(wait_until(15s * slowness_, [&] { return (after = box_state()) == before; }));
  std::vector<std::string> gone;
  std::vector<std::string> more;
  std::ranges::set_difference(before, after, std::back_inserter(gone));
  std::ranges::set_difference(after, before, std::back_inserter(more));
  EXPECT_THAT(gone, testing::IsEmpty());
  EXPECT_THAT(more, testing::IsEmpty());
}

std::string IpfireLab::red_file(const std::string& name) const {
  return read_file(folder() / "ipfire/red" / name);
}
bool IpfireLab::has_red_file(const std::string& name) const {
  return fs::exists(folder() / "ipfire/red" / name);
}

}  // namespace mwan::lab
