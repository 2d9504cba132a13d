// SPDX-License-Identifier: LGPL-2.1-or-later
#include "failover/control/client.hpp"

#include <cerrno>
#include <cstring>

#include <sys/socket.h>
#include <sys/time.h>

#include "failover/control/socket.hpp"
#include "hal/unique_fd.hpp"

namespace mwan::failover::control {
namespace {

std::string path_in(const std::string& directory) { return directory + "/" + socket_name; }

bool nobody(int error) {
  return error == ENOENT || error == ECONNREFUSED || error == ENOTDIR || error == EPROTOTYPE;
}

tl::unexpected<Error> trouble(const std::string& path, const char* step) {
  const int error = errno;
  if (nobody(error)) return failed(FailureClass::Gone, path, "no daemon runs here");
  if (error == EACCES || error == EPERM) {
    return failed(FailureClass::Permanent, path,
                  "not permitted: only root and the users of "
                  "CONTROL_GROUP may talk to the daemon");
  }
  if (error == EAGAIN || error == ETIMEDOUT) {
    return failed(FailureClass::Transient, path, "the daemon does not answer");
  }
  return failed(FailureClass::Transient, path, std::string(step) + ": " + std::strerror(error));
}

}  // namespace

Result<Answer> ask(const std::string& directory, const Request& request, Duration limit) {
  const std::string path = path_in(directory);
  const auto address = socket_address(path);
  if (!address) return failed(address.error());
  const UniqueFd socket(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0));
  if (!socket) return trouble(path, "making a socket");
  // For connecting, sending and receiving each.
  const timeval patience{.tv_sec = limit / std::chrono::seconds(1),
                         .tv_usec = static_cast<suseconds_t>(limit.count() % 1'000'000)};
  ::setsockopt(socket.get(), SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  ::setsockopt(socket.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  if (::connect(socket.get(), generic(*address), sizeof *address) != 0) {
    return trouble(path, "connecting");
  }
  const std::string text = encode_request(request);
  // A daemon that closes at once has said why.
  const bool sent = ::send(socket.get(), text.data(), text.size(), MSG_NOSIGNAL) >= 0;
  if (!sent && errno != EPIPE && errno != ECONNRESET) return trouble(path, "asking");
  std::string answer(max_answer, '\0');
  ssize_t got = ::recv(socket.get(), answer.data(), answer.size(), 0);
  // Closed without having read the request: what was said comes after that.
  if (got < 0 && errno == ECONNRESET) got = ::recv(socket.get(), answer.data(), answer.size(), 0);
  if (got < 0) return trouble(path, "waiting for the answer");
  if (got == 0) return failed(FailureClass::Transient, path, "the daemon ended without an answer");
  return parse_answer(std::string_view(answer).substr(0, static_cast<std::size_t>(got)));
}

Result<bool> tell(const std::string& directory, Verb news) {
  const std::string path = path_in(directory);
  const auto address = socket_address(path);
  if (!address) return failed(address.error());
  const UniqueFd socket(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!socket) return trouble(path, "making a socket");
  if (::connect(socket.get(), generic(*address), sizeof *address) != 0) {
    if (nobody(errno)) return false;
    if (errno == EAGAIN) return true;
    return trouble(path, "connecting");
  }
  const std::string text = encode_request({.verb = news, .link = {}, .on = false});
  if (::send(socket.get(), text.data(), text.size(), MSG_NOSIGNAL) >= 0) return true;
  if (errno == EPIPE || errno == ECONNRESET) return false;  // it ended just now
  return trouble(path, "telling the daemon");
}

}  // namespace mwan::failover::control
