// SPDX-License-Identifier: LGPL-2.1-or-later
// Services of vendors that libmbim 1.28 speaks: AT&T's signal and location, Intel's reboot,
// Quectel's radio state.
#pragma once

#include "tools/mwan-sim/mbim/service.hpp"

namespace mwan::sim::mbim {

class Vendor final : public Module {
 public:
  explicit Vendor(Host& host);

 private:
  [[nodiscard]] Bytes signal() const;
  [[nodiscard]] Bytes location() const;
  std::optional<Reply> reboot(const Request& request);
};

}  // namespace mwan::sim::mbim
