// SPDX-License-Identifier: LGPL-2.1-or-later
// NAS: registration, the network, signal and cells.
#pragma once

#include "tools/mwan-sim/qmi/service.hpp"
#include "tools/mwan-sim/qmi/signal_reporter.hpp"

namespace mwan::sim::qmi {

inline constexpr std::uint16_t kNasEventReport = 0x0002;  // Set Event Report, and its indication

class Nas final : public Service {
 public:
  explicit Nas(ServiceHost& host);

  void client_removed(ClientId client) override { clients_.erase(client); }
  void changed(const Change& change) override;

 private:
  struct Client {
    bool wants_serving_system = false;
    bool wants_system_info = false;
    bool wants_signal_info = false;
    bool wants_rejects = false;
    bool wants_event_report = false;
    bool wants_reject_reason = false;
    SignalReporter signal;        // for Signal Info
    SignalReporter event_report;  // for the older Event Report
    Bytes last_serving_system;    // what it was told last: indications are for changes only
    Bytes last_system_info;
    Timer look_again;
  };

  void answer_signal_messages();
  Reply register_indications(const Request& request);
  Reply register_network(const Request& request);
  Reply attach_detach(const Request& request);
  Reply set_preference(const Request& request);
  Reply preference() const;
  Reply home_network() const;
  Reply set_event_report(const Request& request);
  Reply config_signal_info(const Request& request);
  Reply config_signal_info_v2(const Request& request);
  void network_changed();
  void rejected(std::uint16_t cause);
  void report_signal(ClientId id, Client& client);
  void report_event(ClientId id, Client& client);

  PerClient<Client> clients_;
  std::uint16_t mode_preference_;
};

}  // namespace mwan::sim::qmi
