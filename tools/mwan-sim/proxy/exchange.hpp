// SPDX-License-Identifier: LGPL-2.1-or-later
// One proxy socket for several modems: a connection belongs to the modem whose device the client
// names when it opens the proxy, and is refused when there is none of that name.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "tools/mwan-sim/proxy/server.hpp"

namespace mwan::sim {

class Exchange {
 public:
  using Connection = ProxyServer::Connection;
  using Frame = std::span<const std::uint8_t>;
  struct Protocol {
    ProxyServer::Framing framing;
    // The device a frame asks the proxy for; nothing when it asks for none.
    std::function<std::optional<std::string>(Frame)> device;
    // What a client is answered whose frame names no known device; nothing: it is hung up on.
    std::function<std::optional<Bytes>(Frame)> refusal;
  };
  // Where a modem's frames go.
  struct Line {
    std::function<void(Connection, Frame)> frame;
    std::function<void(Connection)> closed;
  };
  using LineId = std::size_t;

  Exchange(Loop& loop, Protocol protocol);

  // An empty device answers to any name; it is the only line then.
  LineId attach(std::string device, Line line);
  [[nodiscard]] bool attached() const { return !lines_.empty(); }
  Status listen(const std::string& name) { return server_.listen(name); }
  // The proxy is dead: every connection closes, new ones are refused.
  void stop_listening();
  void listen_again() { server_.listen_again(); }

  void send(Connection connection, Frame frame) { server_.send(connection, frame); }
  void hang_up(Connection connection) { server_.hang_up(connection); }
  void hang_up_all(LineId line);
  [[nodiscard]] std::size_t open(LineId line) const;
  [[nodiscard]] std::uint64_t accepted(LineId line) const { return lines_.at(line).accepted; }

 private:
  struct Attached {
    std::string device;
    Line line;
    std::uint64_t accepted = 0;
  };
  void receive(Connection connection, Frame frame);
  void closed(Connection connection);
  [[nodiscard]] std::optional<LineId> line_for(Frame frame) const;

  Protocol protocol_;
  std::vector<Attached> lines_;
  std::map<Connection, LineId> bound_;
  ProxyServer server_;  // calls the members above, so it goes first
};

// QMI's proxy ("qmi-proxy") and MBIM's ("mbim-proxy"), as libqmi and libmbim have them.
Exchange::Protocol qmi_proxy();
Exchange::Protocol mbim_proxy();

}  // namespace mwan::sim
