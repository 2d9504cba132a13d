// SPDX-License-Identifier: LGPL-2.1-or-later
// Data sessions: Connect, their addresses and traffic. A session is the device's, not a client's:
// it stays up when whoever activated it goes. Sessions of the same IP family share the modem's
// bearer.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "tools/mwan-sim/mbim/service.hpp"

namespace mwan::sim::mbim {

class Sessions final : public Module {
 public:
  explicit Sessions(Host& host);
  void changed(const Change& change) override;
  void wiped() override;
  void closed(Connection connection) override;

  struct Count {
    std::size_t active = 0;
    std::size_t disowned = 0;  // the connection that activated it is gone
  };
  [[nodiscard]] Count count() const;
  // The first active session with that family; and whether that one is.
  [[nodiscard]] std::optional<std::uint32_t> session_of(IpFamily family) const;
  [[nodiscard]] bool carries(std::uint32_t session, IpFamily family) const;

 private:
  using SessionId = std::uint32_t;
  struct Session {
    Uuid context{};
    std::string apn;
    Connection by = 0;  // who activated it; 0: gone
    std::map<IpFamily, Bearers::Handle> handles;
    std::uint32_t nw_error = 0;
    // While it is being activated.
    std::optional<Route> request;
    std::set<IpFamily> waiting;
    std::map<IpFamily, std::uint32_t> attempts;
    std::optional<SessionEnd> trouble;
    Timer settle;  // after one of two families was lost, in case the other goes with it
  };

  std::optional<Reply> set_connect(const Request& request);
  std::optional<Reply> activate(const Route& route, SessionId id, std::uint32_t ip_type);
  Reply deactivate(SessionId id);
  void started(SessionId id, IpFamily family, const Bearers::Started& outcome);
  void conclude(SessionId id);
  void lost(SessionId id, Session& session, const change::Session& change);
  [[nodiscard]] bool carries(const Session& session, IpFamily family) const;
  [[nodiscard]] Bytes connect_info(SessionId id) const;
  [[nodiscard]] Bytes ip_info(SessionId id) const;
  [[nodiscard]] Bytes statistics() const;
  [[nodiscard]] bool active(SessionId id) const;
  Reply pco(const Request& request);

  std::map<SessionId, Session> sessions_;
};

}  // namespace mwan::sim::mbim
