// SPDX-License-Identifier: LGPL-2.1-or-later
// The socket of a simulated proxy: an abstract unix stream socket, many clients, whole frames of
// its protocol in and out.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <utility>

#include "hal/error.hpp"
#include "hal/loop.hpp"
#include "hal/unique_fd.hpp"
#include "tools/mwan-sim/codec/frame_stream.hpp"

namespace mwan::sim {

class ProxyServer {
 public:
  using Connection = std::uint64_t;
  struct Events {
    std::function<void(Connection, std::span<const std::uint8_t> frame)> frame;
    std::function<void(Connection)> closed;  // by the client, or because it broke the framing
  };

  using Framing = std::function<std::unique_ptr<FrameStream>()>;  // one for each connection

  ProxyServer(Loop& loop, Framing framing, Events events)
      : loop_(loop), framing_(std::move(framing)), events_(std::move(events)) {}

  // name is without the leading zero byte: "qmi-proxy".
  Status listen(const std::string& name);
  // New connections are refused until listen_again(); those that are open stay. The name is kept:
  // libqmi would start a proxy of its own, which would take it.
  void stop_listening();
  void listen_again();
  // Frames for connections that are gone are dropped.
  void send(Connection connection, std::span<const std::uint8_t> frame);
  // Closes it on the next turn of the loop, which calls Events::closed.
  void hang_up(Connection connection);
  void hang_up_all();

  [[nodiscard]] std::size_t open() const { return clients_.size(); }
  [[nodiscard]] std::uint64_t accepted() const { return accepted_; }

 private:
  struct Client {
    UniqueFd fd;
    std::unique_ptr<FrameStream> in;
    Bytes out;
    SourceHandle readable;
    SourceHandle writable;
    SourceHandle closing;
  };
  Status bind(const std::string& name);
  void accept();
  void read(Connection connection);
  void flush(Connection connection);
  void drop(Connection connection);

  Loop& loop_;
  Framing framing_;
  Events events_;
  std::string name_;
  UniqueFd listener_;
  SourceHandle listening_;
  std::map<Connection, Client> clients_;
  std::uint64_t accepted_ = 0;
};

}  // namespace mwan::sim
