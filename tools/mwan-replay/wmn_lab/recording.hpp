// SPDX-License-Identifier: LGPL-2.1-or-later
// A recording of the WMN-LAB format: one CSV row a second with what a phone measured of its radio
// and which packets of a constant stream it lost. docs/prediction.md names the source and the
// columns.
#pragma once

#include <cstdint>
#include <istream>
#include <optional>
#include <string>
#include <vector>

#include "hal/error.hpp"

namespace mwan::replay {

// Packets sent each way in every second of a recording.
inline constexpr double packets_per_second = 500;
// So many lost in the worse direction make a second a lost one.
inline constexpr double lost_second_packets = 50;

// A value of a serving or neighbouring cell; nothing where the phone had none.
struct RecordedCell {
  double rsrp_dbm = 0;
  double rsrq_db = 0;
};

struct RecordedSecond {
  bool measured = false;  // no row for this second: radio as before, nothing lost, not scored
  std::optional<RecordedCell> lte;
  std::vector<RecordedCell> lte_neighbours;  // at most two
  std::optional<RecordedCell> nr;
  std::vector<RecordedCell> nr_neighbours;  // at most two
  // Events within the second.
  int lte_handovers = 0;  // of the LTE cell, or of EN-DC's master node
  int nr_cell_changes = 0;
  double lost_down = 0;  // packets
  double lost_up = 0;

  [[nodiscard]] double worse() const { return lost_down > lost_up ? lost_down : lost_up; }
  [[nodiscard]] bool lost() const { return worse() >= lost_second_packets; }
  // That one packet each way, an echo and its answer, does not come through.
  [[nodiscard]] double echo_loss() const;
};

struct Recording {
  std::string name;          // the file's, without its folder
  std::int64_t start_s = 0;  // of the first second; the recorder's local time as if it were UTC
  std::vector<RecordedSecond> seconds;
  std::size_t rows_left_out = 0;  // malformed, or out of order
};

// Rows that make no sense are left out and counted; an error is a file that has none, or whose
// header lacks a column that is needed. Times that are not one second apart leave seconds without a
// row.
Result<Recording> read_recording(std::istream& in, std::string name);
Result<Recording> load_recording(const std::string& path);

}  // namespace mwan::replay
