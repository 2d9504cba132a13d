// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/vm/lab/modem_manager.hpp"

#include "tests/lab/clock.hpp"

namespace mwan::vm {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

constexpr Duration kSlow = 240s;  // it waits for ports that come late, in an emulated machine

std::string program(const std::string& name) { return fs::path(MWAN_JUDGES) / name; }

Status read_rules_again() {
  // The guest's programs have a root of their own, where udevadm would do nothing.
  const auto done =
      lab::run(nullptr, {"env", "SYSTEMD_IGNORE_CHROOT=1", "udevadm", "control", "--reload"}, 60s);
  return done ? Status() : failed(done.error());
}

}  // namespace

std::string ModemManager::missing() {
  if (fs::exists(program("usr/sbin/ModemManager"))) return "";
  return "ModemManager is not unpacked at " MWAN_JUDGES ": run ./check";
}

Result<ModemManager> ModemManager::start() {
  auto folder = lab::WorkFolder::temporary();
  if (!folder) return failed(folder.error());
  ModemManager out(std::move(*folder));
  fs::create_directories("/run/udev/rules.d");
  for (const auto& rule : fs::directory_iterator(program("lib/udev/rules.d"))) {
    out.rules_.push_back("/run/udev/rules.d" / rule.path().filename());
    fs::copy_file(rule.path(), out.rules_.back(), fs::copy_options::overwrite_existing);
  }
  if (auto done = read_rules_again(); !done) return failed(done.error());
  auto bus = lab::Process::start({{"dbus-daemon", "--session", "--nofork", "--nosyslog",
                                   "--address=unix:path=" + out.file("bus")},
                                  nullptr,
                                  out.file("bus.log"),
                                  out.file("bus.log")});
  if (!bus) return failed(bus.error());
  out.bus_ = std::move(*bus);
  if (!lab::wait_until(60s, [&] { return fs::exists(out.file("bus")); })) {
    return failed(FailureClass::Permanent, "dbus-daemon", lab::read_file(out.file("bus.log")));
  }
  auto judge = lab::Process::start(
      {out.with_environment(
           {program("usr/sbin/ModemManager"), "--test-session",
            "--test-plugin-dir=" + program("usr/lib/" MWAN_MULTIARCH "/ModemManager")}),
       nullptr, out.file("judge.log"), out.file("judge.log")});
  if (!judge) return failed(judge.error());
  out.judge_ = std::move(*judge);
  return out;
}

ModemManager::~ModemManager() {
  if (rules_.empty()) return;  // moved from
  stop();
  std::error_code ignored;
  for (const fs::path& rule : rules_) fs::remove(rule, ignored);
  const Status done = read_rules_again();
  static_cast<void>(done);
}

void ModemManager::stop() {
  judge_.stop(20s);
  bus_.stop(10s);
}

std::vector<std::string> ModemManager::with_environment(std::vector<std::string> argv) const {
  const std::string bus = "unix:path=" + file("bus");
  argv.insert(argv.begin(),
              {"env", "DBUS_SESSION_BUS_ADDRESS=" + bus, "DBUS_SYSTEM_BUS_ADDRESS=" + bus,
               "LD_LIBRARY_PATH=" + program("usr/lib/" MWAN_MULTIARCH)});
  return argv;
}

std::string ModemManager::mmcli(std::vector<std::string> arguments) const {
  arguments.insert(arguments.begin(), program("usr/bin/mmcli"));
  const auto out = lab::run(nullptr, with_environment(std::move(arguments)), kSlow);
  return out ? *out : "error " + out.error().text();
}

std::string ModemManager::log() const { return lab::last_lines(file("judge.log"), 30); }

}  // namespace mwan::vm
