// SPDX-License-Identifier: LGPL-2.1-or-later
// What udev's rules call (udev/70-mwan.rules): says which USB devices are modems of ours, and tells
// the daemon that devices changed, or starts it; and what IPFire's hooks call: tells the daemon
// that RED changed. Returns at once and may be called any number of times; the rules' events wait
// for it.
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include "failover/config/load.hpp"
#include "failover/control/client.hpp"
#include "failover/hotplug/usb_owner.hpp"
#include "hal/unique_fd.hpp"

namespace mwan {
namespace {

struct Options {
  std::string config_dir = MWAN_CONFIG_DIR;
  std::string state_dir = MWAN_STATE_DIR;
  std::string daemon = MWAN_DAEMON_PATH;
  std::string syspath;
  std::string red;  // up or down
};

void complain(const std::string& text) { fmt::print(stderr, "mwan-hotplug: {}\n", text); }

std::optional<failover::Configuration> read(const Options& options) {
  auto loaded = failover::load_configuration(options.config_dir);
  if (loaded.result) return std::move(*loaded.result);
  complain(loaded.result.error().front().text());
  return std::nullopt;
}

// Udev takes lines of KEY=value for properties of the device.
int owner(const Options& options) {
  const auto configuration = read(options);
  if (!configuration) return 1;
  const char* id_path = std::getenv("ID_PATH");
  const auto facts = failover::read_usb_facts(options.syspath, id_path == nullptr ? "" : id_path);
  if (!facts) return 0;
  const auto who = failover::usb_owner(*configuration, *facts);
  // Names of profiles are letters, digits and "_.-".
  if (who) fmt::print("ID_MWAN_PROFILE={}\nID_MM_DEVICE_IGNORE=1\n", *who);
  return 0;
}

// In a session of its own, with nothing of udev's: neither its descriptors, nor its signals, nor
// the device's properties in the environment. Between fork and exec nothing that may wait.
[[noreturn]] void become_daemon_program(const std::vector<char*>& argv) {
  ::setsid();
  const pid_t second = ::fork();  // nobody's child: udev does not wait for it
  if (second != 0) ::_exit(second < 0 ? 1 : 0);
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  for (const int number : {SIGHUP, SIGINT, SIGTERM, SIGPIPE, SIGCHLD}) ::signal(number, SIG_DFL);
  if (::chdir("/") != 0) ::_exit(1);
  const int null = ::open("/dev/null", O_RDWR);
  for (const int fd : {0, 1, 2}) ::dup2(null, fd);
  ::close_range(3, ~0U, 0);
  std::array<char, 64> path{"PATH=/usr/sbin:/usr/bin:/sbin:/bin"};
  std::array<char*, 2> environment{path.data(), nullptr};
  ::execve(argv[0], argv.data(), environment.data());
  ::_exit(127);
}

int start_daemon(const Options& options) {
  std::vector<std::string> words = {options.daemon, "--config-dir", options.config_dir,
                                    "--state-dir", options.state_dir};
  std::vector<char*> argv;
  argv.reserve(words.size() + 1);
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  if (::access(argv[0], X_OK) != 0) {
    complain(fmt::format("{} cannot be started: {}", options.daemon, std::strerror(errno)));
    return 1;
  }
  const pid_t first = ::fork();
  if (first == 0) become_daemon_program(argv);
  int status = 0;
  if (first < 0 || ::waitpid(first, &status, 0) != first || status != 0) {
    complain(std::string("the daemon could not be started: ") + std::strerror(errno));
    return 1;
  }
  return 0;
}

int notify(const Options& options) {
  const auto told = failover::control::tell(options.state_dir, failover::control::Verb::Look);
  if (!told) {
    complain(told.error().text());
    return 1;
  }
  if (*told) return 0;
  // Nobody to tell, and none to start: a host that is not set up yet is nothing to complain about
  // at every plug.
  const auto configuration = read(options);
  if (!configuration || !configuration->settings.hotplug_start) return 0;
  // There udev ends what its rules leave running; a unit that udev wants is the way.
  if (::access("/run/systemd/system", F_OK) == 0) {
    complain("HOTPLUG_START has no effect on a host with systemd: let a unit start the daemon");
    return 0;
  }
  // Two at once: the second daemon finds the state directory locked, and ends.
  return start_daemon(options);
}

// Where no daemon runs there is nobody to tell: it looks for itself when it starts.
int red(const Options& options) {
  using failover::control::Verb;
  const auto told =
      failover::control::tell(options.state_dir, options.red == "up" ? Verb::RedUp : Verb::RedDown);
  if (told) return 0;
  complain(told.error().text());
  return 1;
}

int run(int argc, char** argv) {
  Options options;
  CLI::App app{
      "Called by udev's rules and IPFire's hooks: says which USB devices are modems of ours, and "
      "tells the daemon that devices, or RED, changed.",
      "mwan-hotplug"};
  app.set_version_flag("--version", MWAN_VERSION);
  app.add_option("--config-dir", options.config_dir, "The daemon's")->capture_default_str();
  app.add_option("--state-dir", options.state_dir, "The daemon's")->capture_default_str();
  app.require_subcommand(1);
  CLI::App* owning = app.add_subcommand(
      "owner", "Print properties for a USB device, or a port of one, that is a modem of ours");
  owning->add_option("syspath", options.syspath, "The device: /sys/devices/...")->required();
  CLI::App* notifying = app.add_subcommand(
      "notify", "Tell the daemon to look at the devices; start it where HOTPLUG_START=yes");
  notifying->add_option("--daemon", options.daemon, "The program to start")->capture_default_str();
  app.add_subcommand("red", "Tell the daemon that IPFire's RED came up or went down")
      ->add_option("what", options.red, "up or down")
      ->required()
      ->check(CLI::IsMember({"up", "down"}));
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error);
  }
  if (app.got_subcommand("red")) return red(options);
  return owning->parsed() ? owner(options) : notify(options);
}

}  // namespace
}  // namespace mwan

int main(int argc, char** argv) {
  try {
    return mwan::run(argc, argv);
  } catch (const std::exception& error) {  // no memory, for instance
    static_cast<void>(std::fprintf(stderr, "mwan-hotplug: %s\n", error.what()));
    return 1;
  }
}
