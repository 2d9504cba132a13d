// SPDX-License-Identifier: LGPL-2.1-or-later
#include "failover/probe/tcp_asker.hpp"

#include <cerrno>
#include <cstring>

#include <net/if.h>
#include <sys/socket.h>

namespace mwan::failover {
namespace {

// SYN and its answer with the usual options, the acknowledgement, the reset.
std::size_t connection_size(IpFamily family) {
  return 40 + 40 + 32 + 20 + std::size_t{4} * (family == IpFamily::V4 ? 20 : 40);
}
std::size_t syn_size(IpFamily family) { return 40 + (family == IpFamily::V4 ? 20 : 40); }

std::string words(int error) {
  if (error == ECONNREFUSED) return "refused";
  return std::strerror(error);
}

}  // namespace

TcpAsker::TcpAsker(Loop& loop, LinkBinding link, IpAddress target, std::uint16_t port, Heard heard)
    : loop_(loop), link_(std::move(link)), target_(target), port_(port), heard_(std::move(heard)) {}

Status TcpAsker::ask(std::uint32_t question) {
  const std::string where = "probes of " + link_.netdev;
  const int domain = target_.family() == IpFamily::V4 ? AF_INET : AF_INET6;
  UniqueFd fd(::socket(domain, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!fd) return failed(FailureClass::Transient, where, std::strerror(errno));
  if (auto bound = bind_to_link(fd.get(), link_, target_.family()); !bound) return bound;
  // Closing sends a reset: one packet, and no port that waits for a minute.
  const linger at_once{.l_onoff = 1, .l_linger = 0};
  ::setsockopt(fd.get(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  SocketAddress address{};
  const socklen_t length = to_kernel(target_, port_, if_nametoindex(link_.netdev.c_str()), address);
  const Instant now = Loop::now();
  if (::connect(fd.get(), &address.any, length) != 0 && errno != EINPROGRESS) {
    return failed(FailureClass::Transient, where,
                  "connecting to " + target_.text() + ": " + std::strerror(errno));
  }
  bytes_ += syn_size(target_.family());
  Connection& connection = connections_[question];
  connection.fd = std::move(fd);
  connection.begun = now;
  connection.watch = loop_.watch(connection.fd.get(), Loop::Writable,
                                 [this, question](unsigned) { made(question); });
  return {};
}

void TcpAsker::made(std::uint32_t question) {
  auto node = connections_.extract(question);
  if (node.empty()) return;
  const Connection& connection = node.mapped();
  int error = 0;
  socklen_t length = sizeof error;
  ::getsockopt(connection.fd.get(), SOL_SOCKET, SO_ERROR, &error, &length);
  Outcome outcome;
  if (error == 0) {
    bytes_ += connection_size(target_.family()) - syn_size(target_.family());
    outcome.answered = Loop::now() - connection.begun;
  } else {
    outcome.words = words(error);
  }
  heard_(question, std::move(outcome));
}

}  // namespace mwan::failover
