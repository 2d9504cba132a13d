// SPDX-License-Identifier: LGPL-2.1-or-later
// DSD: which data systems serve the modem at all.
#pragma once

#include "tools/mwan-sim/qmi/service.hpp"

namespace mwan::sim::qmi {

class Dsd final : public Service {
 public:
  explicit Dsd(ServiceHost& host);

  void client_removed(ClientId client) override { clients_.erase(client); }
  void changed(const Change& change) override;

 private:
  struct Client {
    bool wants_status = false;
    Bytes last;  // what it was told last: indications are for changes only
  };
  [[nodiscard]] Bytes systems() const;
  Reply register_change(const Request& request);

  PerClient<Client> clients_;
};

}  // namespace mwan::sim::qmi
