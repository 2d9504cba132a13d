// SPDX-License-Identifier: LGPL-2.1-or-later
#include "failover/hotplug/notify.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <optional>
#include <utility>

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

namespace mwan::failover {
namespace {

constexpr const char* kSocketName = "hotplug.sock";
constexpr const char* kWord = "look";

std::string socket_path(const std::string& directory) { return directory + "/" + kSocketName; }

Result<sockaddr_un> address_of(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) {
    return failed(FailureClass::Permanent, path,
                  "too long for a socket: use a state directory with a shorter path");
  }
  path.copy(&address.sun_path[0], sizeof address.sun_path - 1);
  return address;
}

// The cast is what the socket interface asks for.
const sockaddr* generic(const sockaddr_un& address) {
  return reinterpret_cast<const sockaddr*>(&address);
}

tl::unexpected<Error> refused(const std::string& path, const char* step) {
  return failed(FailureClass::Permanent, path, std::string(step) + ": " + std::strerror(errno));
}

// Who sent the datagram that was read; nothing where the kernel does not say.
std::optional<ucred> sender(msghdr& message) {
  for (cmsghdr* part = CMSG_FIRSTHDR(&message); part != nullptr;
       part = CMSG_NXTHDR(&message, part)) {
    if (part->cmsg_level != SOL_SOCKET || part->cmsg_type != SCM_CREDENTIALS) continue;
    ucred out{};
    std::memcpy(&out, CMSG_DATA(part), sizeof out);
    return out;
  }
  return std::nullopt;
}

}  // namespace

Result<std::unique_ptr<NotifySocket>> NotifySocket::open(Loop& loop, const std::string& directory,
                                                         std::function<void()> call) {
  const std::string path = socket_path(directory);
  const auto address = address_of(path);
  if (!address) return failed(address.error());
  UniqueFd socket(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!socket) return refused(path, "making a socket");
  const int on = 1;
  if (::setsockopt(socket.get(), SOL_SOCKET, SO_PASSCRED, &on, sizeof on) != 0) {
    return refused(path, "asking for the senders' credentials");
  }
  ::unlink(path.c_str());  // of a daemon that was killed
  const mode_t before = ::umask(0177);
  const int bound = ::bind(socket.get(), generic(*address), sizeof *address);
  const int why = errno;
  ::umask(before);
  errno = why;
  if (bound != 0) return refused(path, "making the socket");
  std::unique_ptr<NotifySocket> out(new NotifySocket(std::move(socket), path, std::move(call)));
  NotifySocket* raw = out.get();
  out->readable_ =
      loop.watch(out->socket_.get(), Loop::Readable, [raw](unsigned) { raw->readable(); });
  return out;
}

NotifySocket::NotifySocket(UniqueFd socket, std::string path, std::function<void()> call)
    : socket_(std::move(socket)), path_(std::move(path)), call_(std::move(call)) {}

NotifySocket::~NotifySocket() { ::unlink(path_.c_str()); }

void NotifySocket::readable() {
  bool heard = false;
  // The queue of a unix datagram socket is short (net.unix.max_dgram_qlen), and so is this.
  for (int i = 0; i < 64; ++i) {
    std::array<char, 16> text{};
    alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(ucred))> control{};
    iovec part{text.data(), text.size()};
    msghdr message{};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    const ssize_t got = ::recvmsg(socket_.get(), &message, MSG_CMSG_CLOEXEC);
    if (got < 0) break;
    const auto who = sender(message);
    const bool trusted = who && (who->uid == 0 || who->uid == ::geteuid());
    if (trusted && std::string_view(text.data(), static_cast<std::size_t>(got)) == kWord) {
      heard = true;
    }
  }
  if (heard) call_();
}

Result<bool> notify_daemon(const std::string& directory) {
  const std::string path = socket_path(directory);
  const auto address = address_of(path);
  if (!address) return failed(address.error());
  const UniqueFd socket(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!socket) return refused(path, "making a socket");
  const ssize_t sent = ::sendto(socket.get(), kWord, std::strlen(kWord), MSG_NOSIGNAL,
                                generic(*address), sizeof *address);
  if (sent >= 0 || errno == EAGAIN) return true;
  if (errno == ENOENT || errno == ECONNREFUSED || errno == ENOTDIR) return false;
  return refused(path, "telling the daemon");
}

}  // namespace mwan::failover
