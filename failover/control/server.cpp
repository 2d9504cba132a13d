// SPDX-License-Identifier: LGPL-2.1-or-later
#include "failover/control/server.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <grp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

namespace mwan::failover::control {
namespace {

constexpr std::size_t max_clients = 16;
constexpr int max_waiting = 64;
// One that does not ask makes room for others.
constexpr Duration idle_limit = std::chrono::seconds(30);

tl::unexpected<Error> cannot(const std::string& path, const char* step) {
  return failed(FailureClass::Permanent, path, std::string(step) + ": " + std::strerror(errno));
}

bool send(int fd, const Answer& answer) {
  std::string text = encode_answer(answer);
  if (text.size() > max_answer) {
    text = encode_answer({.kind = Kind::Refused,
                          .words = "the answer is too long: there are too many links",
                          .field = {},
                          .status = {}});
  }
  return ::send(fd, text.data(), text.size(), MSG_NOSIGNAL | MSG_DONTWAIT) >= 0;
}

}  // namespace

Result<gid_t> group_named(const std::string& name) {
  std::vector<char> buffer(16384);
  group entry{};
  group* found = nullptr;
  const int error = ::getgrnam_r(name.c_str(), &entry, buffer.data(), buffer.size(), &found);
  if (found != nullptr) return entry.gr_gid;
  return failed(FailureClass::Permanent, "CONTROL_GROUP=" + name,
                error == 0 ? "no such group" : std::strerror(error));
}

Result<std::unique_ptr<Server>> Server::open(Loop& loop, const ServerOptions& options,
                                             Handle handle) {
  const std::string path = options.directory + "/" + socket_name;
  const auto address = socket_address(path);
  if (!address) return failed(address.error());
  UniqueFd socket(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!socket) return cannot(path, "making a socket");
  ::unlink(path.c_str());  // of a daemon that was killed
  const mode_t before = ::umask(0177);
  const int bound = ::bind(socket.get(), generic(*address), sizeof *address);
  const int why = errno;
  ::umask(before);
  errno = why;
  if (bound != 0) return cannot(path, "making the socket");
  // Nobody can connect before listen(). The directory is ours: nothing else has taken the name.
  if (options.group && (::lchown(path.c_str(), static_cast<uid_t>(-1), *options.group) != 0 ||
                        ::chmod(path.c_str(), 0660) != 0)) {
    return cannot(path, "giving the socket to the group");
  }
  if (::listen(socket.get(), max_waiting) != 0) return cannot(path, "listening");
  std::unique_ptr<Server> out(
      new Server(loop, std::move(socket), path, options.group, std::move(handle)));
  out->listen();
  return out;
}

Server::Server(Loop& loop, UniqueFd socket, std::string path, std::optional<gid_t> group,
               Handle handle)
    : loop_(loop),
      socket_(std::move(socket)),
      path_(std::move(path)),
      group_(group),
      handle_(std::move(handle)) {}

Server::~Server() { ::unlink(path_.c_str()); }

void Server::listen() {
  if (connecting_.active()) return;
  connecting_ = loop_.watch(socket_.get(), Loop::Readable, [this](unsigned) { accept(); });
}

bool Server::may(const Peer& peer) const {
  if (peer.uid == 0 || peer.uid == ::geteuid()) return true;
  return group_ && std::ranges::find(peer.groups, *group_) != peer.groups.end();
}

// Those beyond the limit wait in the socket's queue until a client leaves.
void Server::accept() {
  const auto present = [this] {
    return static_cast<std::size_t>(
        std::ranges::count_if(clients_, [](const Client& c) { return !c.gone; }));
  };
  while (present() < max_clients) {
    UniqueFd socket(::accept4(socket_.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
    if (!socket) break;
    auto peer = peer_of(socket.get());
    if (!peer || !may(*peer)) {
      send(socket.get(),
           {.kind = Kind::NotPermitted,
            .words = "only root and the users of CONTROL_GROUP may talk to the daemon",
            .field = {},
            .status = {}});
      continue;
    }
    Client& client = clients_.emplace_back();
    client.socket = std::move(socket);
    client.peer = std::move(*peer);
    client.readable = loop_.watch(client.socket.get(), Loop::Readable,
                                  [this, &client](unsigned) { read(client); });
    client.limit = loop_.after(idle_limit, [this, &client] { leave(client); });
    read(client);
  }
  if (present() >= max_clients) {
    connecting_.reset();
    // Somebody may have found no place, and been told that his news are known.
    handle_({.verb = Verb::Look, .link = {}, .on = false}, "the control socket");
  }
}

void Server::read(Client& client) {
  // A few, so that nobody keeps the others waiting.
  for (int i = 0; i < 4 && !client.gone; ++i) {
    std::array<char, max_request + 1> text{};
    const ssize_t got = ::recv(client.socket.get(), text.data(), text.size(), MSG_TRUNC);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (got <= 0) {
      leave(client);
      return;
    }
    const auto size = std::min(static_cast<std::size_t>(got), text.size());
    if (!send(client.socket.get(), answer_to(client, {text.data(), size}))) {
      leave(client);  // it does not read, or is gone
      return;
    }
    client.limit = loop_.after(idle_limit, [this, &client] { leave(client); });
  }
}

Answer Server::answer_to(const Client& client, std::string_view text) const {
  const auto request = parse_request(text);
  if (!request) {
    return {.kind = Kind::BadRequest,
            .words = request.error().message,
            .field = request.error().field,
            .status = {}};
  }
  return handle_(*request, fmt::format("user id {}, process {}", client.peer.uid, client.peer.pid));
}

// From the loop: it may be the client's own source that calls.
void Server::leave(Client& client) {
  client.gone = true;
  sweep_ = loop_.soon([this] {
    clients_.remove_if([](const Client& c) { return c.gone; });
    listen();
  });
}

}  // namespace mwan::failover::control
