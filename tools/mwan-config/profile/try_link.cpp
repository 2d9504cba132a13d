// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/mwan-config/profile/try_link.hpp"

#include <algorithm>
#include <chrono>
#include <fstream>
#include <optional>
#include <thread>
#include <vector>

#include <fmt/format.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "failover/control/client.hpp"
#include "hal/unique_fd.hpp"
#include "tools/mwan-config/status_words.hpp"
#include "tools/mwan-config/talk.hpp"

namespace mwan::config_tool {
namespace {

using failover::Profile;
using failover::control::Kind;
using failover::control::Verb;
using Json = nlohmann::ordered_json;

std::string member(const Json& in, const char* key) {
  const auto at = in.find(key);
  return at != in.end() && at->is_string() ? at->get<std::string>() : std::string();
}

// Of the daemon that runs; nothing: it has no such link.
std::optional<Json> link_of(const Json& status, const std::string& name) {
  const auto links = status.find("links");
  if (links == status.end() || !links->is_array()) return std::nullopt;
  for (const Json& link : *links) {
    if (member(link, "name") == name) return link;
  }
  return std::nullopt;
}

std::string addresses(const Json& link) {
  std::string out;
  const auto at = link.find("addresses");
  if (at == link.end() || !at->is_array()) return out;
  for (const Json& address : *at) {
    if (address.is_string()) out += (out.empty() ? "" : ", ") + address.get<std::string>();
  }
  return out;
}

int watch_daemon(const Options& options, const Profile& profile) {
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(options.wait_s);
  while (true) {
    const auto answer = failover::control::ask(options.state_dir, {.verb = Verb::Status});
    if (!answer) return not_reached(answer.error(), options);
    if (answer->kind != Kind::Done) return refused(*answer);
    const auto link = link_of(answer->status, profile.name);
    const bool late = std::chrono::steady_clock::now() >= until;
    if (link) {
      const std::string verdict = member(*link, "verdict");
      if (verdict == "good") {
        fmt::print("{} works: {}{}\n", profile.name, printable(member(*link, "reason")),
                   addresses(*link).empty() ? "" : ", " + printable(addresses(*link)));
        return Done;
      }
      if (late) {
        complain(fmt::format("{} is {} after {} s: {}", profile.name, verdict, options.wait_s,
                             member(*link, "reason")));
        if (profile.standby != failover::Standby::Hot) {
          complain(fmt::format(
              "it is brought up only when it is needed (STANDBY); to try it: mwan-config "
              "failover {}",
              profile.name));
        }
        return Refused;
      }
    } else if (late) {
      complain(fmt::format("the running daemon has no link {}: mwan-config reload says why",
                           profile.name));
      return Refused;
    }
    std::this_thread::sleep_for(std::chrono::seconds(1));
  }
}

// What is written there is read by another program from the start.
UniqueFd secret_file(const Secret& secret) {
  UniqueFd fd(::memfd_create("secret", MFD_CLOEXEC));
  const std::string& text = secret.reveal();
  if (!fd || ::write(fd.get(), text.data(), text.size()) != static_cast<ssize_t>(text.size()) ||
      ::lseek(fd.get(), 0, SEEK_SET) != 0) {
    return {};
  }
  return fd;
}

// Its output is ours; 127 when it could not be started.
int run_here(const std::string& program, std::vector<std::string> words, const UniqueFd& third) {
  words.insert(words.begin(), program);
  std::vector<char*> argv;
  argv.reserve(words.size() + 1);
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  if (third) posix_spawn_file_actions_adddup2(&actions, third.get(), 3);
  pid_t pid = 0;
  std::fflush(stdout);
  const int error = ::posix_spawn(&pid, program.c_str(), &actions, nullptr, argv.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  int status = 0;
  if (error != 0 || ::waitpid(pid, &status, 0) != pid || !WIFEXITED(status)) return 127;
  return WEXITSTATUS(status);
}

// Beside us, in the build tree one folder up.
std::string modem_tool() {
  std::error_code error;
  const auto self = std::filesystem::read_symlink("/proc/self/exe", error);
  const auto beside = self.parent_path() / "mwan-modem";
  if (std::filesystem::exists(beside, error)) return beside;
  return self.parent_path().parent_path() / "mwan-modem" / "mwan-modem";
}

int try_modem(const Profile& profile) {
  const failover::ModemProfile& modem = profile.modem;
  if (modem.device.empty()) {
    complain(fmt::format(
        "{} is found by MATCH, which only the daemon does: start it and say mwan-config profile "
        "test {} again",
        profile.name, profile.name));
    return NotRunning;
  }
  std::vector<std::string> words{"--device", modem.device};
  if (modem.simulated) {
    words.insert(words.end(), {"--simulated", "--proxy", modem.qmi_proxy});
    if (!profile.netdev.empty()) words.insert(words.end(), {"--net", profile.netdev});
  }
  words.insert(words.end(), {"diagnose", "--connect"});
  if (!modem.apn.empty()) words.insert(words.end(), {"--apn", modem.apn});
  if (modem.roaming) words.emplace_back("--roaming");
  UniqueFd password;
  if (modem.auth != failover::Auth::None) {
    password = secret_file(modem.password);
    words.insert(words.end(), {"--auth", modem.auth == failover::Auth::Pap ? "pap" : "chap",
                               "--user", modem.username, "--password-fd", "3"});
  }
  fmt::print("No daemon runs: mwan-modem diagnose tries the modem.\n");
  const int code = run_here(modem_tool(), std::move(words), password);
  if (code == 127) {
    complain(modem_tool() + " could not be started");
    return Failed;
  }
  return code == 0 ? Done : Refused;
}

std::string read_line(const std::string& path) {
  std::string out;
  std::getline(std::ifstream(path) >> std::ws, out);
  return out;
}

int look_at_wire(const Profile& profile) {
  const std::string folder = "/sys/class/net/" + profile.netdev;
  if (profile.netdev.empty() || !std::filesystem::exists(folder)) {
    complain(fmt::format("{}: its device is not plugged in{}", profile.name,
                         profile.netdev.empty() ? ", or only the daemon can tell"
                                                : ": there is no " + profile.netdev));
    return NotRunning;
  }
  const bool carrier = read_line(folder + "/carrier") == "1";
  fmt::print("{}: {}\n", profile.netdev,
             carrier ? "is there, and has a carrier"
                     : "is there; without a carrier, or switched off until the daemon uses it");
  complain(fmt::format(
      "more could not be tried, because no daemon runs: start it and say mwan-config profile test "
      "{} again",
      profile.name));
  return NotRunning;
}

}  // namespace

int try_link(const Options& options, const Profile& profile) {
  const auto answer = failover::control::ask(options.state_dir, {.verb = Verb::Status});
  const bool nobody = !answer && answer.error().failure == FailureClass::Gone;
  if (!nobody) return watch_daemon(options, profile);
  return profile.kind == LinkKind::Modem ? try_modem(profile) : look_at_wire(profile);
}

}  // namespace mwan::config_tool
