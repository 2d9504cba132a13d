// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/vm/plug/plug_lab.hpp"

#include <algorithm>
#include <iterator>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/stat.h>

#include "tests/lab/clock.hpp"
#include "tests/lab/json_lines.hpp"
#include "tests/vm/agent/inventory.hpp"

namespace mwan::vm {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

namespace {

// Shared with what udev's rules start.
const fs::path kFolder = "/run/mwan-hotplug-test";
const fs::path kDecisions = kFolder / "state/decisions.jsonl";
constexpr const char* kRules = "/run/udev/rules.d/70-mwan.rules";

template <class T>
std::shared_ptr<T> shared(T&& made) {
  return std::make_shared<T>(std::forward<T>(made));
}

}  // namespace

void PlugLab::SetUp() {
  fs::create_directories(kFolder / "config/profiles");
  fs::create_directories("/run/udev/rules.d");
  REQUIRE_OK(lab::write_file(kRules, lab::read_file(MWAN_TEST_RULES)));
  // The guest's programs have a root of their own, where udevadm would do nothing.
  says({"env", "SYSTEMD_IGNORE_CHROOT=1", "udevadm", "control", "--reload"});
  // libqmi and libmbim would start them too, and leave them running.
  for (const char* name : {"qmi-proxy", "mbim-proxy"}) {
    auto proxy = lab::Process::start({{fmt::format("/usr/libexec/{}", name), "--no-exit"},
                                      nullptr,
                                      kFolder / "proxy.log",
                                      kFolder / "proxy.log"});
    REQUIRE_OK(proxy);
    proxies_.push_back(std::move(*proxy));
  }
  ASSERT_TRUE(soon([] {
    const std::string sockets = lab::read_file("/proc/net/unix");
    return sockets.find("@qmi-proxy") != std::string::npos &&
           sockets.find("@mbim-proxy") != std::string::npos;
  })) << lab::read_file(kFolder / "proxy.log");
  auto watch = KernelWatch::start();
  REQUIRE_OK(watch);
  watch_ = std::move(*watch);
  write_settings("");
}

void PlugLab::TearDown() {
  daemon_.stop(kPatience);
  for (lab::Process& proxy : proxies_) proxy.stop(10s);
  fs::remove(kRules);
  says({"env", "SYSTEMD_IGNORE_CHROOT=1", "udevadm", "control", "--reload"});
  fs::remove_all(kFolder);
}

Device PlugLab::cable(const std::string& name, int number) {
  Device out{.kind = "virtual ethernet, static", .link = name};
  auto made =
      Cable::create({.near = name, .address = fmt::format("02:00:5e:00:53:{:02x}", 0x30 + number)});
  EXPECT_OK(made);
  if (!made) return out;
  auto cable = shared(std::move(*made));
  EXPECT_OK(lab::ip(cable->netns(), fmt::format("addr add 10.70.{}.1/24 dev lan", number)));
  EXPECT_OK(lab::ip(cable->netns(), fmt::format("addr add {}/32 dev lo", kTarget)));
  out.plug = [cable] { return cable->plug(); };
  out.unplug = [cable] { return cable->unplug(); };
  out.owner = cable;
  return out;
}

Device PlugLab::pppoe() {
  Device out{.kind = "PPPoE", .link = "dsl"};
  auto made = PppoeServer::create({});
  EXPECT_OK(made);
  if (!made) return out;
  auto server = shared(std::move(*made));
  EXPECT_OK(server->unplug());
  EXPECT_OK(server->start());
  EXPECT_OK(lab::ip(server->netns(), fmt::format("addr add {}/32 dev lo", kTarget)));
  out.plug = [server] { return server->plug(); };
  out.unplug = [server] { return server->unplug(); };
  out.owner = server;
  return out;
}

Device PlugLab::phone(NetFunction function) {
  Device out{.kind = fmt::format("{} phone ({})", name_of(function), host_driver(function)),
             .link = fmt::format("phone-{}", name_of(function))};
  const int number = static_cast<int>(function);
  GadgetPlan plan;
  plan.function = function;
  plan.serial = fmt::format("PHONE{}", name_of(function));
  plan.host_address = fmt::format("02:00:5e:00:53:{:02x}", 0x41 + 2 * number);
  plan.gadget_address = fmt::format("02:00:5e:00:53:{:02x}", 0x42 + 2 * number);
  auto made = Phone::create(plan);
  EXPECT_OK(made);
  if (!made) return out;
  auto phone = shared(std::move(*made));
  EXPECT_OK(lab::ip(phone->netns(), fmt::format("addr add {}/32 dev lo", kTarget)));
  out.plug = [phone] { return phone->plug(); };
  out.unplug = [phone] { return phone->unplug(); };
  out.owner = phone;
  return out;
}

Device PlugLab::iphone() {
  Device out{.kind = "iPhone (ipheth)", .link = "iphone"};
  auto made = Iphone::create({});
  EXPECT_OK(made);
  if (!made) return out;
  auto phone = std::shared_ptr<Iphone>(std::move(*made));
  EXPECT_OK(lab::ip(phone->netns(), fmt::format("addr add {}/32 dev lo", kTarget)));
  out.plug = [phone] { return phone->plug(); };
  out.unplug = [phone] { return phone->unplug(); };
  out.owner = phone;
  return out;
}

Device PlugLab::modem(ModemKind kind, const std::string& settings) {
  const bool mbim = kind == ModemKind::Mbim;
  Device out{.kind = mbim ? "MBIM modem (cdc_mbim)" : "QMI modem (qmi_wwan)",
             .link = mbim ? "lte-mbim" : "lte-qmi"};
  ModemPlan plan;
  plan.kind = kind;
  plan.settings = settings;
  plan.target = kTarget;
  if (mbim) {
    plan.imei = "352099001761481";
    plan.network = "10.65.0";
  }
  auto made = SimModem::create(plan);
  EXPECT_OK(made);
  if (!made) return out;
  auto modem = shared(std::move(*made));
  out.plug = [modem] { return modem->next(); };
  out.unplug = [modem] { return modem->next(); };
  out.owner = modem;
  return out;
}

void PlugLab::write_settings(const std::string& more) {
  EXPECT_OK(lab::write_file(
      kFolder / "config/settings",
      fmt::format("PROBE_TARGETS={}\nPROBE_TIMEOUT_MS=6000\nPROBE_FAST_INTERVAL_MS=300\n"
                  "STARTUP_GRACE_S=1\nDWELL_S=0\nFAILBACK_STABLE_S=0\n"
                  "NAT=nftables\n{}",
                  kTarget, more)));
}

void PlugLab::write_profile(const std::string& name, const std::string& text) {
  const fs::path path = kFolder / "config/profiles" / name;
  EXPECT_OK(lab::write_file(path, text));
  ::chmod(path.c_str(), S_IRUSR | S_IWUSR);
}

void PlugLab::start_daemon() {
  auto started = lab::Process::start(
      {{MWAN_DAEMON, "--config-dir", kFolder / "config", "--state-dir", kFolder / "state"},
       nullptr,
       kFolder / "daemon.log",
       kFolder / "daemon.log"});
  REQUIRE_OK(started);
  daemon_ = std::move(*started);
  soon([this] { return !daemon_.running() || log().find("started") != std::string::npos; });
  ASSERT_TRUE(daemon_.running()) << log();
}

void PlugLab::stop_daemon() {
  daemon_.signal(SIGTERM);
  const auto ended = daemon_.wait(kPatience);
  EXPECT_EQ(ended ? lab::Process::words(*ended) : "did not end", "exit code 0") << log();
}

std::string PlugLab::log() { return lab::read_file(kFolder / "daemon.log"); }

bool PlugLab::good(const std::string& link, std::size_t since) {
  const std::string text = log();
  const std::string verdict = " info " + link + " is ";  // reasons say "LINK is preferred"
  const auto last = text.rfind(verdict);
  return last != std::string::npos && last >= since &&
         text.compare(last + verdict.size(), 4, "good") == 0;
}

std::vector<nlohmann::json> PlugLab::decisions(Instant since) {
  auto lines = lab::read_json_lines(kDecisions);
  std::erase_if(lines, [&](const nlohmann::json& line) {
    return line.value("t_us", std::int64_t{0}) < since.time_since_epoch().count();
  });
  return lines;
}

std::optional<Instant> PlugLab::decided(const std::string& path, Instant since,
                                        const std::function<bool(const nlohmann::json&)>& which) {
  const nlohmann::json::json_pointer at(path);
  for (const auto& line : decisions(since)) {
    if (line.contains(at) && which(line[at])) {
      return Instant(Duration(line.value("t_us", std::int64_t{0})));
    }
  }
  return std::nullopt;
}

std::set<std::string> PlugLab::inventory_now() {
  std::set<std::string> out;
  auto network = inventory();
  if (network) {
    out = std::move(*network);
  } else {
    out.insert(network.error().text());
  }
  for (const UserProcess& process : user_processes()) out.insert(process.text);
  std::error_code error;
  // The links'. Those of the daemon itself (what it found, which link it used last) stay until it
  // ends.
  for (const auto& entry : fs::recursive_directory_iterator(kFolder / "state/links", error)) {
    out.insert("file " + entry.path().string());
  }
  return out;
}

void PlugLab::expect_as_before(const std::set<std::string>& before) {
  std::vector<std::string> more;
  std::vector<std::string> missing;
  const bool same = soon([&] {
    const auto now = inventory_now();
    more.clear();
    missing.clear();
    std::ranges::set_difference(now, before, std::back_inserter(more));
    std::ranges::set_difference(before, now, std::back_inserter(missing));
    return more.empty() && missing.empty();
  });
  EXPECT_TRUE(same) << fmt::format("left:\n  {}\nmissing:\n  {}\n", fmt::join(more, "\n  "),
                                   fmt::join(missing, "\n  "))
                    << log();
}

std::string PlugLab::says(const std::vector<std::string>& argv) {
  const auto said = lab::run(nullptr, argv, kPatience);
  return said ? *said : said.error().text();
}

std::string PlugLab::kernel() {
  return says({"ip", "rule"}) + says({"ip", "route", "show", "table", "all"}) +
         says({"ip", "addr"});
}

}  // namespace mwan::vm
