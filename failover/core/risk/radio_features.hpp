// SPDX-License-Identifier: LGPL-2.1-or-later
// The recent history of one link's radio, as features. Pure: time comes in with the readings.
//
// The serving cell's features are those of LTE, of NR where it stands alone, and of UMTS (RSCP and
// Ec/Io in the place of RSRP and RSRQ). GSM reports neither and has no features but cell changes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "failover/core/risk/features.hpp"
#include "failover/core/risk/memory.hpp"
#include "hal/signal.hpp"

namespace mwan::failover {

class RadioFeatures {
 public:
  void add(Instant now, const SignalSample& sample);
  void add(Instant now, const CellReport& report);
  void clear();

  // Whether anything is known of the serving cell.
  [[nodiscard]] bool known() const { return serving_.has_value(); }
  void read(Instant now, Features& out) const;

  // For words and pictures: the last readings of the serving cell and its 5G leg.
  [[nodiscard]] const std::optional<SignalSample>& serving() const { return serving_; }
  [[nodiscard]] const std::optional<SignalSample>& nr() const { return nr_; }
  // RSRP lead of the strongest neighbour in dB; nothing when none is heard or the report is old.
  [[nodiscard]] std::optional<double> lead(Instant now) const;
  // Where SINR will be after `ahead` if its fall over the last 2 s goes on; a rise is not trusted.
  [[nodiscard]] std::optional<double> sinr_ahead(Instant now, Duration ahead) const;

 private:
  // The lowest value of the last three seconds, the newest reading always counting.
  class Lowest {
   public:
    void add(Instant now, double x);
    [[nodiscard]] std::optional<double> read(Instant now) const;
    void clear() { seen_.clear(); }

   private:
    struct Point {
      Instant time;
      double value;
    };
    std::vector<Point> seen_;  // values rise from front to back: the lowest that still counts first
  };
  // Standard deviation about a moving mean.
  struct Spread {
    LevelMemory mean{0.3};
    LevelMemory square{0.3};
    void add(Instant now, double x);
    [[nodiscard]] double read(Instant now) const;
    void clear();
  };
  struct CellIdentity {
    Rat rat = Rat::Unknown;
    std::uint16_t pci = 0;
    std::optional<std::uint32_t> arfcn;
    bool operator==(const CellIdentity&) const = default;
  };

  void add_serving(Instant now, const SignalSample& sample);
  void add_nr(Instant now, const SignalSample& sample);
  void changed(Instant now, bool lte);
  void read_serving(Instant now, Features& out) const;
  void read_nr(Instant now, Features& out) const;
  void read_neighbours(Instant now, Features& out) const;
  void read_changes(Instant now, Features& out) const;

  std::optional<SignalSample> serving_;
  std::optional<SignalSample> nr_;
  Lowest rsrq_lowest_;
  LevelMemory rsrq_slow_{0.1};
  LevelMemory rsrq_mean_{0.15};
  Spread rsrq_spread_;
  LevelMemory rsrp_mean_{0.2};
  Spread rsrp_spread_;
  Lowest nr_rsrq_lowest_;
  std::optional<Instant> nr_lost_;
  std::optional<Instant> nr_gained_;

  struct SinrPoint {
    Instant time;
    double db;
  };
  std::vector<SinrPoint> sinr_;  // of the last 2 s, oldest first, bounded

  std::optional<CellIdentity> cell_;
  std::optional<CellIdentity> nr_cell_;
  std::optional<Instant> report_time_;
  bool reports_neighbours_ = false;  // it ever did
  std::optional<double> lead_db_;
  double rsrq_lead_db_ = 0;
  std::optional<double> nr_lead_db_;
  LevelMemory lead_fast_{0.5};
  LevelMemory lead_slow_{0.2};
  LevelMemory rsrq_lead_slow_{0.2};

  std::optional<Instant> lte_change_;
  std::optional<Instant> nr_change_;
  std::optional<Instant> change_before_;  // the one before the last
  std::optional<Instant> change_;         // the last of either
  EventMemory changes_fast_{0.3};
  EventMemory changes_slow_{0.05};
  EventMemory lte_changes_{0.1};
};

}  // namespace mwan::failover
