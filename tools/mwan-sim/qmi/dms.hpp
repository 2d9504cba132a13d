// SPDX-License-Identifier: LGPL-2.1-or-later
// DMS: what the device is, its operating mode, and the older messages about the SIM.
#pragma once

#include "tools/mwan-sim/qmi/service.hpp"

namespace mwan::sim::qmi {

class Dms final : public Service {
 public:
  explicit Dms(ServiceHost& host);

  void client_removed(ClientId client) override { clients_.erase(client); }
  void changed(const Change& change) override;

 private:
  struct Client {
    bool wants_mode = false;
    bool wants_pin = false;
    bool wants_uim_state = false;
  };
  void answer_text(std::uint16_t message, const std::string& text);
  void answer_sim_messages();
  Reply set_event_report(const Request& request);
  Reply capabilities() const;
  Reply ids() const;
  Reply operating_mode() const;
  std::optional<Reply> set_operating_mode(const Request& request);
  Reply verify_pin(const Request& request);
  Reply unblock_pin(const Request& request);
  [[nodiscard]] std::uint8_t uim_state() const;
  void write_pin_status(TlvList& tlvs) const;

  PerClient<Client> clients_;
};

}  // namespace mwan::sim::qmi
