// SPDX-License-Identifier: LGPL-2.1-or-later
#include "failover/host/ipfire/actors.hpp"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <utility>

#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "hal/process/process_end.hpp"
#include "hal/process/process_table.hpp"
#include "hal/unique_fd.hpp"

namespace mwan::failover::ipfire {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

constexpr std::size_t longest_command_line = 4096;
// Of killed processes to be gone, and of what they left to show itself.
constexpr Duration kill_patience = 2s;
constexpr int most_rounds = 8;

std::string file_name(std::string_view path) {
  return std::string(path.substr(path.rfind('/') + 1));
}

std::string target_of(pid_t pid, const char* link) {
  std::error_code error;
  std::string out = fs::read_symlink(fmt::format("/proc/{}/{}", pid, link), error).string();
  const std::string_view replaced = " (deleted)";
  if (out.ends_with(replaced)) out.resize(out.size() - replaced.size());
  return error ? "" : out;
}

SeenProcess look_at(pid_t pid) {
  SeenProcess out{.program = file_name(target_of(pid, "exe"))};
  std::ifstream file(fmt::format("/proc/{}/cmdline", pid));
  std::string text(longest_command_line, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(file.gcount()));
  for (std::size_t at = 0; at < text.size();) {
    const auto end = std::min(text.find('\0', at), text.size());
    out.argv.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return out;
}

std::string printable(const std::vector<std::string>& argv) {
  std::string out;
  for (const std::string& word : argv) out += (out.empty() ? "" : " ") + word;
  for (char& c : out) {
    if (static_cast<unsigned char>(c) < ' ' || c == '\x7f') c = '?';
  }
  return out.substr(0, 200);
}

// This process or a keeper of ours among its ancestors.
bool is_ours(pid_t pid) {
  for (int depth = 0; depth < 16 && pid > 1; ++depth) {
    if (pid == ::getpid() || file_name(target_of(pid, "exe")) == "mwan-keeper") return true;
    const auto stat = process_stat(pid);
    if (!stat) return false;
    pid = stat->parent;
  }
  return false;
}

bool names(const std::vector<std::string>& argv, std::string_view device) {
  // dhcpcd writes its own title over its arguments: "dhcpcd: red0 [ip4]".
  return std::ranges::any_of(argv, [&](const std::string& word) {
    std::size_t at = word.find(device);
    for (; at != std::string::npos; at = word.find(device, at + 1)) {
      const auto is_part = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; };
      const std::size_t end = at + device.size();
      const bool begins = at == 0 || !is_part(word[at - 1]);
      if (begins && (end == word.size() || !is_part(word[end]))) return true;
    }
    return false;
  });
}

bool names_any_device(const std::vector<std::string>& argv) {
  const auto words = argv.size() > 1 ? std::vector(argv.begin() + 1, argv.end()) : argv;
  return std::ranges::any_of(words, [](const std::string& word) {
    return !word.empty() && word.front() != '-' && word.find('/') == std::string::npos &&
           !word.starts_with("dhcpcd: [manager]") && !word.starts_with("dhcpcd: [master]");
  });
}

std::optional<Actor> actor(ActorKind kind, pid_t pid, const std::string& device) {
  const auto stat = process_stat(pid);
  if (!stat || stat->state == 'Z') return std::nullopt;
  const SeenProcess seen = look_at(pid);
  if (!is_actor(kind, seen, device) || is_ours(pid)) return std::nullopt;
  if (target_of(pid, "ns/net") != target_of(::getpid(), "ns/net")) return std::nullopt;
  return Actor{kind, pid, stat->started, printable(seen.argv)};
}

bool is_script(const Actor& actor) {
  return actor.kind == ActorKind::Pppd && actor.words.find("/etc/ppp/ip-down") != std::string::npos;
}

Task<void> end_one(Loop& loop, Actor wanted, std::string device, EndingPolicy policy) {
  // First the handle, then the question who it is: the number may be another's meanwhile.
  const UniqueFd process = open_process(wanted.pid);
  const auto now = actor(wanted.kind, wanted.pid, device);
  if (!process || !now || now->started != wanted.started) co_return;
  const auto send = [&](int number) {
    ::syscall(SYS_pidfd_send_signal, process.get(), number, nullptr, 0);
  };
  const bool script = is_script(wanted);
  if (script) {
    // Half of what it does would be worse than all of it.
    const bool ended = co_await process_ended(loop, process, Loop::now() + policy.scripts);
    if (ended) co_return;
  }
  spdlog::info("RED: ending {} (process {})", wanted.words, wanted.pid);
  if (!policy.at_once || script) {
    send(SIGTERM);
    bool ended = co_await process_ended(loop, process, Loop::now() + policy.grace);
    const auto scripts = find_actors(wanted.kind, device);
    if (!ended && !script && std::ranges::any_of(scripts, is_script)) {
      // Its session is over; it waits for its script.
      ended = co_await process_ended(loop, process, Loop::now() + policy.scripts);
    }
    if (ended) co_return;
    spdlog::warn("RED: process {} ignores SIGTERM and is killed", wanted.pid);
  }
  send(SIGKILL);
  co_await process_ended(loop, process, Loop::now() + kill_patience);
}

}  // namespace

bool is_actor(ActorKind kind, const SeenProcess& process, std::string_view device) {
  const auto& argv = process.argv;
  switch (kind) {
    case ActorKind::Connectd:
      // "/bin/sh /etc/init.d/connectd start", or by its first line.
      for (std::size_t i = 0; i < argv.size() && i < 3; ++i) {
        if (file_name(argv[i]) == "connectd") return true;
      }
      return false;
    case ActorKind::Dhcpcd:
      return process.program == "dhcpcd" && (names(argv, device) || !names_any_device(argv));
    case ActorKind::Pppd:
      if (process.program == "pppd") return true;
      for (std::size_t i = 0; i < argv.size() && i < 3; ++i) {
        if (argv[i] == "/etc/ppp/ip-down") return true;
      }
      return false;
  }
  return false;
}

std::vector<Actor> find_actors(ActorKind kind, const std::string& device) {
  std::vector<Actor> out;
  for (const pid_t pid : process_ids()) {
    if (auto found = actor(kind, pid, device)) out.push_back(std::move(*found));
  }
  return out;
}

Task<Result<int>> end_actors(Loop& loop, ActorKind kind, std::string device, EndingPolicy policy) {
  int ended = 0;
  for (int round = 0; round < most_rounds; ++round) {
    const auto found = find_actors(kind, device);
    if (found.empty()) co_return ended;
    for (const Actor& one : found) {
      co_await end_one(loop, one, device, policy);
      ++ended;
    }
  }
  const auto left = find_actors(kind, device);
  if (left.empty()) co_return ended;
  co_return failed(FailureClass::Transient, "RED",
                   fmt::format("{} comes back or cannot be ended (process {})", left.front().words,
                               left.front().pid));
}

}  // namespace mwan::failover::ipfire
