// SPDX-License-Identifier: LGPL-2.1-or-later
// Microsoft's Basic Connect Extensions: the version of the layouts, the system's shape, LTE attach,
// provisioned contexts, device reset.
#pragma once

#include <string>
#include <vector>

#include "tools/mwan-sim/mbim/service.hpp"

namespace mwan::sim::mbim {

class Extensions final : public Module {
 public:
  explicit Extensions(Host& host);
  void changed(const Change& change) override;
  void wiped() override;

 private:
  // User names and passwords are taken and never told.
  struct Context {
    std::uint32_t id = 1;
    Uuid type{};
    std::string apn;
  };
  void answer_contexts();
  void answer_attach();
  Reply agree(const Request& request);
  [[nodiscard]] Bytes device_caps() const;
  [[nodiscard]] Bytes contexts() const;
  [[nodiscard]] Bytes contexts_v2() const;
  [[nodiscard]] Bytes attach_configuration() const;
  [[nodiscard]] Bytes attach_info() const;
  Reply provision(const Request& request);

  std::vector<Context> contexts_;
  std::string attach_apn_;
  Bytes registration_parameters_;
  Bytes last_attach_;
};

}  // namespace mwan::sim::mbim
