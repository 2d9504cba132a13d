// SPDX-License-Identifier: LGPL-2.1-or-later
// The data session: MBIM carries both IP families in one. The contract is ModemAdapter's.
#pragma once

#include <vector>

#include "modems/mbim/decode_connection.hpp"
#include "modems/mbim/port.hpp"

namespace mwan::mbim {

class Bearer {
 public:
  explicit Bearer(Port& port) : port_(port) {}
  Bearer(const Bearer&) = delete;
  Bearer& operator=(const Bearer&) = delete;

  Task<Result<std::vector<FamilyOutcome>>> connect(std::vector<IpFamily> families, Cancel cancel);
  Task<void> disconnect(std::vector<IpFamily> families, Cancel cancel);
  Task<Result<IpConfig>> read_addressing(IpFamily family, Cancel cancel);
  Task<Result<bool>> read_connected(IpFamily family, Cancel cancel);
  Task<Result<TrafficCounters>> read_counters(Cancel cancel);

  // Connect indications, and those of the IP configuration.
  void hear(const Connection& connection);
  void hear(const IpSettings& settings);

 private:
  // What came of one activation.
  struct Dialled {
    std::optional<Connection> up;
    std::uint32_t nw_error = 0;
    Error why;  // when it is not up
  };
  Task<Result<Connection>> query(Cancel cancel);
  Task<Result<Dialled>> dial(std::vector<IpFamily> families, Cancel cancel);
  Task<Result<Connection>> settle(Connection connection, Instant until, Cancel cancel);
  Task<Result<std::vector<FamilyOutcome>>> outcomes(std::vector<IpFamily> families, Dialled dialled,
                                                    Cancel cancel);
  Task<Result<IpSettings>> addresses(std::vector<IpFamily> families, Connection connection,
                                     Cancel cancel);
  [[nodiscard]] FamilyOutcome not_granted(IpFamily family, const Dialled& dialled) const;
  [[nodiscard]] bool holds(IpFamily family) const;

  Port& port_;
  std::vector<IpFamily> up_;  // connected by us, as far as we know
};

}  // namespace mwan::mbim
