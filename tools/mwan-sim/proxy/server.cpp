// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/mwan-sim/proxy/server.hpp"

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <utility>

#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/un.h>

namespace mwan::sim {
namespace {

// A client that does not read gets this much stored for it, then it is dropped.
constexpr std::size_t kMaxUnsent = std::size_t{1} << 20;

}  // namespace

Status ProxyServer::bind(const std::string& name) {
  const std::string where = fmt::format("proxy socket \"{}\"", name);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (name.empty() || name.size() + 1 > sizeof(address.sun_path)) {
    return failed(FailureClass::Permanent, where, "the name must have 1 to 107 bytes");
  }
  std::memcpy(address.sun_path + 1, name.data(), name.size());
  const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + name.size());
  listener_ = UniqueFd(::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!listener_ ||
      ::bind(listener_.get(), reinterpret_cast<const sockaddr*>(&address), length) != 0) {
    const char* hint =
        errno == EADDRINUSE ? "; another proxy or simulator runs in this network namespace" : "";
    return failed(FailureClass::Permanent, where, fmt::format("{}{}", std::strerror(errno), hint));
  }
  name_ = name;
  return {};
}

Status ProxyServer::listen(const std::string& name) {
  if (auto bound = bind(name); !bound) return bound;
  listen_again();
  return {};
}

void ProxyServer::listen_again() {
  if (!listener_ || listening_.active()) return;
  ::listen(listener_.get(), SOMAXCONN);  // of a bound socket: cannot fail
  listening_ = loop_.watch(listener_.get(), Loop::Readable, [this](unsigned) { accept(); });
}

void ProxyServer::stop_listening() {
  if (!listening_.active()) return;
  listening_.reset();
  listener_.reset();
  // Nothing to be done about a failure: somebody was quicker.
  if (const auto bound = bind(std::string(name_)); !bound) listener_.reset();
}

void ProxyServer::accept() {
  UniqueFd fd(::accept4(listener_.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
  if (!fd) return;  // the client gave up meanwhile
  const Connection connection = ++accepted_;
  Client& client = clients_[connection];
  client.fd = std::move(fd);
  client.in = framing_();
  client.readable = loop_.watch(client.fd.get(), Loop::Readable,
                                [this, connection](unsigned) { read(connection); });
}

void ProxyServer::read(Connection connection) {
  std::array<std::uint8_t, 4096> buffer{};
  const auto client = clients_.find(connection);
  if (client == clients_.end()) return;
  const ssize_t got = ::read(client->second.fd.get(), buffer.data(), buffer.size());
  if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (got <= 0) {
    drop(connection);
    return;
  }
  client->second.in->feed(std::span(buffer).first(static_cast<std::size_t>(got)));
  // A frame may end the connection, so it is looked up again for each.
  for (auto it = clients_.find(connection); it != clients_.end() && !it->second.closing.active();
       it = clients_.find(connection)) {
    const auto frame = it->second.in->next();
    if (!frame) {
      if (it->second.in->lost()) drop(connection);
      return;
    }
    events_.frame(connection, *frame);
  }
}

void ProxyServer::send(Connection connection, std::span<const std::uint8_t> frame) {
  const auto client = clients_.find(connection);
  if (client == clients_.end()) return;
  client->second.out.insert(client->second.out.end(), frame.begin(), frame.end());
  flush(connection);
}

void ProxyServer::flush(Connection connection) {
  const auto it = clients_.find(connection);
  if (it == clients_.end()) return;
  Client& client = it->second;
  while (!client.out.empty()) {
    const ssize_t sent =
        ::send(client.fd.get(), client.out.data(), client.out.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0 && errno != EAGAIN) {
      hang_up(connection);
      return;
    }
    if (sent < 0) break;
    client.out.erase(client.out.begin(), client.out.begin() + sent);
  }
  if (client.out.size() > kMaxUnsent) {
    hang_up(connection);
    return;
  }
  if (client.out.empty()) {
    client.writable.reset();
  } else if (!client.writable.active()) {
    client.writable = loop_.watch(client.fd.get(), Loop::Writable,
                                  [this, connection](unsigned) { flush(connection); });
  }
}

void ProxyServer::hang_up(Connection connection) {
  const auto client = clients_.find(connection);
  if (client == clients_.end()) return;
  client->second.readable.reset();
  // From the loop: whoever hangs up may be in the middle of a call about this connection.
  client->second.closing = loop_.soon([this, connection] { drop(connection); });
}

void ProxyServer::hang_up_all() {
  for (auto& [connection, client] : clients_) hang_up(connection);
}

void ProxyServer::drop(Connection connection) {
  if (clients_.erase(connection) != 0) events_.closed(connection);
}

}  // namespace mwan::sim
