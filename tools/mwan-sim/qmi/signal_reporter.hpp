// SPDX-License-Identifier: LGPL-2.1-or-later
// When a modem that was given thresholds and deltas says something about its signal. Pure: told the
// time and the radio, it answers which technologies to report.
#pragma once

#include <array>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "hal/time.hpp"
#include "tools/mwan-sim/modem/radio.hpp"

namespace mwan::sim::qmi {

enum class Metric { Rssi, Rsrp, Rsrq, Sinr };  // for UMTS: Rsrp is RSCP, Rsrq is Ec/Io

class SignalReporter {
 public:
  // dB or dBm. A value is reported when it is delta or more away from the one reported last, or on
  // another side of a threshold than it was.
  struct Rule {
    std::optional<double> delta;
    std::vector<double> thresholds;
  };
  struct Verdict {
    std::vector<Tech> report;
    std::optional<Instant> look_again;  // something waits for its reporting interval to pass
  };

  // Until it is configured, a modem reports RSSI (NR: RSRP) in steps of 5 dB. The first
  // configuration replaces that: what it does not name is not reported.
  SignalReporter();

  void configure(Tech tech, Metric metric, std::optional<double> delta,
                 std::optional<std::vector<double>> thresholds);
  // At most one report of the technology in that time.
  void limit_rate(Tech tech, Duration interval);

  // Takes the present values as known to the host.
  void settle(const Radio& radio);
  Verdict evaluate(Instant now, const Radio& radio);

 private:
  struct Known {
    SignalSample sample;  // as reported last
    bool active = false;
    std::optional<Instant> reported_at;
    Duration interval{0};
  };
  [[nodiscard]] bool worth_reporting(Tech tech, const SignalSample& now) const;

  bool configured_ = false;
  std::map<std::pair<Tech, Metric>, Rule> rules_;
  std::array<Known, kAllTechs.size()> known_;
};

}  // namespace mwan::sim::qmi
