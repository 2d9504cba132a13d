// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/mwan-replay/wmn_lab/recording.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cmath>
#include <fstream>
#include <string_view>

namespace mwan::replay {
namespace {

enum Column : std::size_t {
  Timestamp,
  LteHo,
  MnHo,
  GnbHo,
  Rsrp,
  Rsrq,
  Rsrp1,
  Rsrq1,
  Rsrp2,
  Rsrq2,
  NrRsrp,
  NrRsrq,
  NrRsrp1,
  NrRsrq1,
  NrRsrp2,
  NrRsrq2,
  DlLoss,
  UlLoss,
  ColumnCount
};
constexpr std::array<std::string_view, ColumnCount> names = {
    "Timestamp", "LTE_HO",   "MN_HO",    "gNB_HO",   "RSRP",    "RSRQ",
    "RSRP1",     "RSRQ1",    "RSRP2",    "RSRQ2",    "nr-RSRP", "nr-RSRQ",
    "nr-RSRP1",  "nr-RSRQ1", "nr-RSRP2", "nr-RSRQ2", "dl-loss", "ul-loss"};

// A day is far longer than any drive; a wrong date must not become a gap of years.
constexpr std::int64_t longest_gap_s = 24L * 3600;
constexpr std::size_t longest_line = 4096;

std::vector<std::string_view> split(std::string_view line) {
  std::vector<std::string_view> out;
  while (true) {
    const auto comma = line.find(',');
    out.push_back(line.substr(0, comma));
    if (comma == std::string_view::npos) return out;
    line.remove_prefix(comma + 1);
  }
}

template <class T>
std::optional<T> number(std::string_view text) {
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// "2023-04-01 14:07:34", fractions of a second allowed and ignored.
std::optional<std::int64_t> time_of(std::string_view text) {
  if (text.size() < 19 || text[4] != '-' || text[7] != '-' || text[10] != ' ' || text[13] != ':' ||
      text[16] != ':') {
    return std::nullopt;
  }
  const auto year = number<int>(text.substr(0, 4));
  const auto month = number<unsigned>(text.substr(5, 2));
  const auto day = number<unsigned>(text.substr(8, 2));
  const auto hour = number<int>(text.substr(11, 2));
  const auto minute = number<int>(text.substr(14, 2));
  const auto second = number<int>(text.substr(17, 2));
  if (!year || !month || !day || !hour || !minute || !second) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(*year), std::chrono::month(*month),
                                         std::chrono::day(*day)};
  if (!date.ok() || *hour > 23 || *minute > 59 || *second > 60) return std::nullopt;
  const auto days = std::chrono::sys_days(date).time_since_epoch().count();
  return std::int64_t{days} * 86400 + *hour * 3600L + *minute * 60L + *second;
}

using Row = std::array<double, ColumnCount>;

std::optional<RecordedCell> cell(const Row& row, Column rsrp, Column rsrq) {
  if (row.at(rsrp) == 0) return std::nullopt;
  return RecordedCell{row.at(rsrp), row.at(rsrq)};
}

RecordedSecond second_of(const Row& row) {
  RecordedSecond out;
  out.measured = true;
  out.lte = cell(row, Rsrp, Rsrq);
  out.nr = cell(row, NrRsrp, NrRsrq);
  const auto list = [&row](std::vector<RecordedCell>& to, Column rsrp, Column rsrq) {
    if (const auto c = cell(row, rsrp, rsrq)) to.push_back(*c);
  };
  list(out.lte_neighbours, Rsrp1, Rsrq1);
  list(out.lte_neighbours, Rsrp2, Rsrq2);
  list(out.nr_neighbours, NrRsrp1, NrRsrq1);
  list(out.nr_neighbours, NrRsrp2, NrRsrq2);
  out.lte_handovers = static_cast<int>(std::clamp(row[LteHo] + row[MnHo], 0.0, 100.0));
  out.nr_cell_changes = static_cast<int>(std::clamp(row[GnbHo], 0.0, 100.0));
  out.lost_down = std::clamp(row[DlLoss], 0.0, packets_per_second);
  out.lost_up = std::clamp(row[UlLoss], 0.0, packets_per_second);
  return out;
}

class Reader {
 public:
  explicit Reader(std::string name) { out_.name = std::move(name); }

  Status header(std::string_view line) {
    const auto fields = split(line);
    width_ = fields.size();
    for (std::size_t c = 0; c < ColumnCount; ++c) {
      const auto at = std::ranges::find(fields, names.at(c));
      if (at == fields.end()) {
        return failed(FailureClass::Permanent, out_.name + ":1",
                      "no column " + std::string(names.at(c)) +
                          "; is this a recording of the WMN-LAB format?");
      }
      where_.at(c) = static_cast<std::size_t>(at - fields.begin());
    }
    return {};
  }

  void row(std::string_view line) {
    const auto fields = split(line);
    const auto time = fields.size() == width_ ? time_of(fields[where_[Timestamp]]) : std::nullopt;
    if (!time || (!out_.seconds.empty() && (*time <= last_ || *time - last_ > longest_gap_s))) {
      ++out_.rows_left_out;
      return;
    }
    // "-" and gaps in a row: as in the row before it.
    for (std::size_t c = Timestamp + 1; c < ColumnCount; ++c) {
      const auto value = number<double>(fields[where_.at(c)]);
      if (value && std::isfinite(*value)) held_.at(c) = *value;
    }
    if (out_.seconds.empty()) out_.start_s = *time;
    for (std::int64_t t = last_ + 1; !out_.seconds.empty() && t < *time; ++t) {
      RecordedSecond gap = out_.seconds.back();
      gap.measured = false;
      gap.lte_handovers = 0;
      gap.nr_cell_changes = 0;
      gap.lost_down = 0;
      gap.lost_up = 0;
      out_.seconds.push_back(gap);
    }
    last_ = *time;
    out_.seconds.push_back(second_of(held_));
  }

  Result<Recording> finish() {
    if (out_.seconds.empty()) {
      return failed(FailureClass::Permanent, out_.name, "has no row that can be read");
    }
    return std::move(out_);
  }

 private:
  Recording out_;
  std::size_t width_ = 0;
  std::array<std::size_t, ColumnCount> where_{};
  Row held_{};
  std::int64_t last_ = 0;
};

}  // namespace

double RecordedSecond::echo_loss() const {
  return 1 - (1 - lost_down / packets_per_second) * (1 - lost_up / packets_per_second);
}

Result<Recording> read_recording(std::istream& in, std::string name) {
  const std::string file = name;
  Reader reader(std::move(name));
  std::string line;
  bool first = true;
  while (std::getline(in, line)) {
    if (!line.empty() && line.back() == '\r') line.pop_back();
    if (line.size() > longest_line) line.clear();
    if (first) {
      if (const auto ok = reader.header(line); !ok) return failed(ok.error());
      first = false;
    } else if (!line.empty()) {
      reader.row(line);
    }
  }
  if (first) return failed(FailureClass::Permanent, file, "is empty");
  return reader.finish();
}

Result<Recording> load_recording(const std::string& path) {
  std::ifstream in(path);
  if (!in) return failed(FailureClass::Permanent, path, "cannot be read");
  const auto slash = path.rfind('/');
  return read_recording(in, slash == std::string::npos ? path : path.substr(slash + 1));
}

}  // namespace mwan::replay
