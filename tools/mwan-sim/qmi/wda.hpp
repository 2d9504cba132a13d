// SPDX-License-Identifier: LGPL-2.1-or-later
// WDA: the format of packets on the network device.
#pragma once

#include "tools/mwan-sim/qmi/service.hpp"

namespace mwan::sim::qmi {

class Wda final : public Service {
 public:
  explicit Wda(ServiceHost& host);

 private:
  Reply set_data_format(const Request& request);
  [[nodiscard]] Reply data_format() const;
};

}  // namespace mwan::sim::qmi
