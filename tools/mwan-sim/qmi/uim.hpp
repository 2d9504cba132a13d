// SPDX-License-Identifier: LGPL-2.1-or-later
// UIM: the SIM card, its PIN, its slot and the two files hosts read from it.
#pragma once

#include "tools/mwan-sim/qmi/service.hpp"

namespace mwan::sim::qmi {

class Uim final : public Service {
 public:
  explicit Uim(ServiceHost& host);

  void client_removed(ClientId client) override { clients_.erase(client); }
  void changed(const Change& change) override;

 private:
  struct Client {
    std::uint32_t events = 0;  // QmiUimEventRegistrationFlag
    Bytes last_status;
  };
  Reply register_events(const Request& request);
  Reply verify_pin(const Request& request);
  Reply unblock_pin(const Request& request);
  Reply read_transparent(const Request& request);
  [[nodiscard]] Bytes card_status() const;
  void write_slots(TlvList& tlvs) const;

  PerClient<Client> clients_;
};

}  // namespace mwan::sim::qmi
