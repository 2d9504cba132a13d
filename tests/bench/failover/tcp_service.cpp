// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/bench/failover/tcp_service.hpp"

#include <array>
#include <cerrno>
#include <string_view>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include "tests/lab/lab_error.hpp"

namespace mwan::bench {

Result<std::unique_ptr<TcpService>> TcpService::start(const lab::NetNs& netns,
                                                      const std::string& address,
                                                      std::uint16_t port, std::string page) {
  UniqueFd listener;
  const Status made = netns.inside([&]() -> Status {
    const std::string where = netns.label() + ": listening on " + address;
    sockaddr_in local{};
    local.sin_family = AF_INET;
    local.sin_port = htons(port);
    if (::inet_pton(AF_INET, address.c_str(), &local.sin_addr) != 1) {
      return lab::system_failure(where, EINVAL);
    }
    listener = UniqueFd(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    const int on = 1;
    ::setsockopt(listener.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (::bind(listener.get(), reinterpret_cast<const sockaddr*>(&local), sizeof local) != 0 ||
        ::listen(listener.get(), 64) != 0) {
      return lab::system_failure(where);
    }
    return {};
  });
  if (!made) return failed(made.error());
  return std::unique_ptr<TcpService>(new TcpService(std::move(listener), std::move(page)));
}

TcpService::TcpService(UniqueFd listener, std::string page)
    : listener_(std::move(listener)), page_(std::move(page)), thread_([this] { serve(); }) {}

TcpService::~TcpService() {
  stop_ = true;
  thread_.join();
}

void TcpService::serve() {
  while (!stop_) {
    std::vector<pollfd> ready = {{listener_.get(), POLLIN, 0}};
    for (const UniqueFd& visitor : visitors_) ready.push_back({visitor.get(), POLLIN, 0});
    if (::poll(ready.data(), ready.size(), 100) <= 0) continue;
    std::vector<UniqueFd> staying;
    for (std::size_t i = 0; i < visitors_.size(); ++i) {
      if (ready[i + 1].revents == 0 || answer(visitors_[i].get())) {
        staying.push_back(std::move(visitors_[i]));
      }
    }
    visitors_ = std::move(staying);
    if (ready.front().revents == 0) continue;
    UniqueFd visitor(::accept4(listener_.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (visitor) visitors_.push_back(std::move(visitor));
  }
}

bool TcpService::answer(int visitor) const {
  std::array<char, 4096> heard{};
  const auto n = ::recv(visitor, heard.data(), heard.size(), 0);
  if (n < 0 && errno == EAGAIN) return true;
  if (n <= 0) return false;
  const std::string_view said =
      page_.empty() ? std::string_view(heard.data(), static_cast<std::size_t>(n)) : page_;
  const bool all =
      ::send(visitor, said.data(), said.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(said.size());
  return all && page_.empty();
}

}  // namespace mwan::bench
