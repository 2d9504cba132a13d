// SPDX-License-Identifier: LGPL-2.1-or-later
// WDS: data sessions, their settings and statistics.
#pragma once

#include <map>
#include <utility>

#include "tools/mwan-sim/qmi/service.hpp"

namespace mwan::sim::qmi {

class Wds final : public Service {
 public:
  explicit Wds(ServiceHost& host);

  void client_added(ClientId client) override;
  void client_removed(ClientId client) override;
  void changed(const Change& change) override;

 private:
  struct Client {
    IpFamily family = IpFamily::V4;
    bool wants_ip_config = false;
    bool wants_call_status = false;
  };
  std::optional<Reply> start_network(const Request& request);
  void started(const Route& route, IpFamily family, const Bearers::Started& outcome);
  Reply abort(const Request& request);
  Reply stop_network(const Request& request);
  Reply status(const Request& request);
  Reply statistics(const Request& request);
  std::optional<Reply> current_settings(const Request& request);
  Reply set_ip_family(const Request& request);
  Reply set_autoconnect(const Request& request);
  Reply set_event_report(const Request& request);
  Reply indication_register(const Request& request);
  void session_changed(const change::Session& change);

  PerClient<Client> clients_;
  // Starts under way, by client and transaction, for Abort.
  std::map<std::pair<ClientId, std::uint16_t>, std::uint32_t> attempts_;
};

}  // namespace mwan::sim::qmi
