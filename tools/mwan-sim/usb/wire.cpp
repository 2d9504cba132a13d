// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/mwan-sim/usb/wire.hpp"

#include <array>
#include <cerrno>
#include <cstring>

#include <fmt/format.h>
#include <sys/socket.h>

namespace mwan::sim::usb {
namespace {

// More than all transfers that the kernel's drivers keep under way.
constexpr std::size_t kMostUnsentToHost = std::size_t{16} << 20;
constexpr std::size_t kReadAtOnce = 65536;

}  // namespace

Status Wire::check() const {
  const auto port = vhci_.free_port(port_);
  if (!port) return failed(port.error());
  return {};
}

Status Wire::plug() {
  if (fd_) return {};
  const auto port = vhci_.free_port(port_);
  if (!port) return failed(port.error());
  std::array<int, 2> ends{-1, -1};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) {
    return failed(FailureClass::Transient, "usb", fmt::format("socket: {}", std::strerror(errno)));
  }
  UniqueFd ours(ends[0]);
  const UniqueFd theirs(ends[1]);  // blocking: the kernel's threads read it
  if (auto attached = vhci_.attach(*port, theirs.get()); !attached) return attached;
  port_ = *port;
  fd_ = std::move(ours);
  in_ = {};
  out_.clear();
  readable_ = loop_.watch(fd_.get(), Loop::Readable, [this](unsigned) { read(); });
  return {};
}

void Wire::unplug() {
  if (!fd_) return;
  readable_.reset();
  writable_.reset();
  if (port_) vhci_.detach(*port_);
  fd_.reset();
}

void Wire::read() {
  std::array<std::uint8_t, kReadAtOnce> buffer{};
  const ssize_t got = ::recv(fd_.get(), buffer.data(), buffer.size(), MSG_DONTWAIT);
  if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (got <= 0) {
    broke("the host detached the port");
    return;
  }
  in_.feed(std::span(buffer).first(static_cast<std::size_t>(got)));
  // A message may pull the plug.
  while (fd_) {
    const auto message = in_.next();
    if (!message) break;
    events_.message(*message);
  }
  if (fd_ && !in_.trouble().empty()) broke("the host sent what cannot be: " + in_.trouble());
}

void Wire::send(const Bytes& message) {
  if (!fd_) return;
  out_.insert(out_.end(), message.begin(), message.end());
  if (!writable_.active()) flush();
}

void Wire::flush() {
  std::size_t done = 0;
  while (done < out_.size()) {
    const ssize_t sent =
        ::send(fd_.get(), out_.data() + done, out_.size() - done, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0) break;  // what is wrong, if it is not the queue, is seen when reading
    done += static_cast<std::size_t>(sent);
  }
  out_.erase(out_.begin(), out_.begin() + static_cast<std::ptrdiff_t>(done));
  if (out_.size() > kMostUnsentToHost) out_.clear();  // the kernel is stuck; reading tells
  if (out_.empty()) {
    writable_.reset();
  } else if (!writable_.active()) {
    writable_ = loop_.watch(fd_.get(), Loop::Writable, [this](unsigned) { flush(); });
  }
}

void Wire::broke(const std::string& why) {
  unplug();
  events_.broken(why);
}

}  // namespace mwan::sim::usb
