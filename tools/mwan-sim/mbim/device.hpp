// SPDX-License-Identifier: LGPL-2.1-or-later
// The device itself: capabilities, radio switch, the services it has, and what clients want to be
// told of.
#pragma once

#include "tools/mwan-sim/mbim/service.hpp"

namespace mwan::sim::mbim {

class Device final : public Module {
 public:
  explicit Device(Host& host);
  void changed(const Change& change) override;
  void wiped() override;

 private:
  [[nodiscard]] Bytes caps() const;
  [[nodiscard]] Bytes radio_state() const;
  [[nodiscard]] Bytes services() const;
  Reply set_radio(const Request& request);
  Reply set_subscriptions(const Request& request);
  // A switch that is kept and told again, and does nothing else.
  void answer_switch(const MessageRef& ref, std::uint32_t Device::*value);

  std::uint32_t idle_hint_ = 0;
  std::uint32_t emergency_mode_ = 0;
};

}  // namespace mwan::sim::mbim
