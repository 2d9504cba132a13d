// SPDX-License-Identifier: LGPL-2.1-or-later
// The daemon's end of the control socket: takes requests of those who may, of bounded size and
// number, and answers each at once.
#pragma once

#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <string>

#include <sys/types.h>

#include "failover/control/answer.hpp"
#include "failover/control/request.hpp"
#include "failover/control/socket.hpp"
#include "hal/error.hpp"
#include "hal/loop.hpp"
#include "hal/unique_fd.hpp"

namespace mwan::failover::control {

struct ServerOptions {
  std::string directory;       // the daemon's own state directory, and it is the only daemon there
  std::optional<gid_t> group;  // beside root and our own user
};

// The group of that name.
Result<gid_t> group_named(const std::string& name);

// The socket is removed with its object.
class Server {
 public:
  // Answers what was asked; who: "user id 0, process 123", for the log.
  using Handle = std::function<Answer(const Request&, const std::string& who)>;

  static Result<std::unique_ptr<Server>> open(Loop& loop, const ServerOptions& options,
                                              Handle handle);
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;
  ~Server();

 private:
  struct Client {
    UniqueFd socket;
    Peer peer;
    bool gone = false;
    SourceHandle readable;
    SourceHandle limit;
  };
  Server(Loop& loop, UniqueFd socket, std::string path, std::optional<gid_t> group, Handle handle);
  void listen();
  void accept();
  void read(Client& client);
  void leave(Client& client);
  [[nodiscard]] bool may(const Peer& peer) const;
  [[nodiscard]] Answer answer_to(const Client& client, std::string_view text) const;

  Loop& loop_;
  UniqueFd socket_;
  std::string path_;
  std::optional<gid_t> group_;
  Handle handle_;
  std::list<Client> clients_;
  SourceHandle connecting_;
  SourceHandle sweep_;
};

}  // namespace mwan::failover::control
