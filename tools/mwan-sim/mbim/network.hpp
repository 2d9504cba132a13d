// SPDX-License-Identifier: LGPL-2.1-or-later
// Registration, packet service, and the networks there are.
#pragma once

#include "tools/mwan-sim/mbim/service.hpp"

namespace mwan::sim::mbim {

class Network final : public Module {
 public:
  explicit Network(Host& host);
  void changed(const Change& change) override;
  void wiped() override;

 private:
  [[nodiscard]] Bytes register_info() const;
  [[nodiscard]] Bytes packet_info() const;
  [[nodiscard]] std::vector<Plmn> visible() const;
  Reply set_register(const Request& request);
  std::optional<Reply> set_packet_service(const Request& request);
  void answer_providers();

  bool manual_ = false;
  // As indicated last: only what is news is indicated.
  Bytes last_register_;
  Bytes last_packet_;
};

}  // namespace mwan::sim::mbim
