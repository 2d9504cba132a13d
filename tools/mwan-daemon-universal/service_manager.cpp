// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/mwan-daemon-universal/service_manager.hpp"

#include <charconv>
#include <cstddef>
#include <cstdlib>
#include <cstring>

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace mwan::daemon {
namespace {

std::string take(const char* name) {
  const char* value = std::getenv(name);
  std::string out = value == nullptr ? "" : value;
  ::unsetenv(name);
  return out;
}

long long number(const std::string& text) {
  long long out = 0;
  std::from_chars(text.data(), text.data() + text.size(), out);
  return out;
}

}  // namespace

ServiceManager ServiceManager::from_environment() {
  ServiceManager out;
  out.address_ = take("NOTIFY_SOCKET");
  const long long usec = number(take("WATCHDOG_USEC"));
  const std::string pid = take("WATCHDOG_PID");
  const bool path = out.address_.starts_with('/') || out.address_.starts_with('@');
  if (!path || out.address_.size() >= sizeof(sockaddr_un::sun_path)) return out;
  if (out.address_.front() == '@') out.address_.front() = '\0';  // unix(7): an abstract name
  out.socket_ = UniqueFd(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (usec > 0 && (pid.empty() || number(pid) == ::getpid())) {
    out.watchdog_ = std::chrono::microseconds(usec);
  }
  return out;
}

void ServiceManager::ready(Loop& loop, std::string_view words) {
  say("READY=1\nSTATUS=" + std::string(words) + "\n");
  if (socket_ && watchdog_ > Duration::zero()) feed(loop);
}

void ServiceManager::stopping() { say("STOPPING=1\n"); }

void ServiceManager::feed(Loop& loop) {
  say("WATCHDOG=1\n");
  feeding_ = loop.after(watchdog_ / 2, [this, &loop] { feed(loop); });
}

// A manager that does not read is its own trouble: nothing here waits for it.
void ServiceManager::say(std::string_view text) {
  if (!socket_) return;
  sockaddr_un to{};
  to.sun_family = AF_UNIX;
  std::memcpy(to.sun_path, address_.data(), address_.size());
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + address_.size());
  static_cast<void>(::sendto(socket_.get(), text.data(), text.size(), MSG_NOSIGNAL,
                             reinterpret_cast<const sockaddr*>(&to), size));
}

}  // namespace mwan::daemon
