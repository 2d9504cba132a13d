// SPDX-License-Identifier: LGPL-2.1-or-later
// The SIM: whether it is ready, its PIN and PUK, its slot.
#pragma once

#include "tools/mwan-sim/mbim/service.hpp"

namespace mwan::sim::mbim {

class SimCard final : public Module {
 public:
  explicit SimCard(Host& host);
  void changed(const Change& change) override;

 private:
  [[nodiscard]] Bytes ready_status() const;
  [[nodiscard]] Bytes pin_state() const;
  [[nodiscard]] Bytes pin_list() const;
  [[nodiscard]] Bytes slot_state() const;
  Reply set_pin(const Request& request);
};

}  // namespace mwan::sim::mbim
