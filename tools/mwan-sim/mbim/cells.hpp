// SPDX-License-Identifier: LGPL-2.1-or-later
// The cells around: Base Stations Info of Microsoft's extensions (MBIMEx 3.0 adds 5G), and where
// the serving one is.
#pragma once

#include "tools/mwan-sim/mbim/service.hpp"

namespace mwan::sim::mbim {

class Cells final : public Module {
 public:
  explicit Cells(Host& host);

 private:
  Reply base_stations(const Request& request) const;
  [[nodiscard]] std::optional<Bytes> serving_gsm() const;
  [[nodiscard]] std::optional<Bytes> serving_umts() const;
  [[nodiscard]] std::optional<Bytes> serving_lte() const;
  [[nodiscard]] std::vector<Bytes> serving_nr() const;
  [[nodiscard]] std::vector<Bytes> neighbours_gsm(std::size_t most) const;
  [[nodiscard]] std::vector<Bytes> neighbours_umts(std::size_t most) const;
  [[nodiscard]] std::vector<Bytes> neighbours_lte(std::size_t most) const;
  [[nodiscard]] std::vector<Bytes> neighbours_nr(std::size_t most) const;
};

}  // namespace mwan::sim::mbim
