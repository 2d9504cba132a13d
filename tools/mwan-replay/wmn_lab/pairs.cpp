// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/mwan-replay/wmn_lab/pairs.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <fstream>
#include <optional>
#include <string_view>

namespace mwan::replay {
namespace {

enum PairColumn : std::size_t { Number, Date, Epoch, Seconds, NameA, NameB, PairColumns };
constexpr std::array<std::string_view, PairColumns> pair_columns = {"pair", "date",  "epoch",
                                                                    "n",    "nameA", "nameB"};

std::vector<std::string> fields_of(std::string line) {
  if (!line.empty() && line.back() == '\r') line.pop_back();
  std::vector<std::string> out(1);
  for (const char c : line) {
    if (c == ',') {
      out.emplace_back();
    } else {
      out.back() += c;
    }
  }
  return out;
}

std::optional<std::int64_t> whole(const std::string& text) {
  std::int64_t value = 0;
  const char* last = text.data() + text.size();
  const auto [end, error] = std::from_chars(text.data(), last, value);
  if (error != std::errc() || end != last) return std::nullopt;
  return value;
}

class PairReader {
 public:
  PairReader(std::string file, std::string folder)
      : file_(std::move(file)), folder_(std::move(folder)) {}

  Result<Drives> read() {
    std::ifstream in(file_);
    std::string line;
    if (!in || !std::getline(in, line)) {
      return failed(FailureClass::Permanent, file_, "cannot be read");
    }
    ++line_;
    if (auto ok = header(line); !ok) return failed(ok.error());
    while (std::getline(in, line)) {
      ++line_;
      if (line.empty()) continue;
      if (auto ok = row(fields_of(line)); !ok) return failed(ok.error());
    }
    if (out_.pairs.empty()) return bad("has no pairs");
    return std::move(out_);
  }

 private:
  [[nodiscard]] tl::unexpected<Error> bad(std::string why) const {
    return failed(FailureClass::Permanent, file_ + ":" + std::to_string(line_), std::move(why));
  }

  Status header(const std::string& line) {
    const auto fields = fields_of(line);
    width_ = fields.size();
    for (std::size_t c = 0; c < PairColumns; ++c) {
      const auto at = std::ranges::find(fields, pair_columns.at(c));
      if (at == fields.end()) return bad("no column " + std::string(pair_columns.at(c)));
      where_.at(c) = static_cast<std::size_t>(at - fields.begin());
    }
    return {};
  }

  Status row(const std::vector<std::string>& fields) {
    if (fields.size() != width_) return bad("has another number of columns than the header");
    const auto number = whole(fields[where_[Number]]);
    const auto epoch = whole(fields[where_[Epoch]]);
    const auto seconds = whole(fields[where_[Seconds]]);
    if (!number || !epoch || !seconds || *seconds < 1) {
      return bad("pair, epoch and n must be whole numbers");
    }
    Pair pair{.number = *number, .date = fields[where_[Date]]};
    pair.seconds = static_cast<std::size_t>(*seconds);
    for (const auto& [column, index, offset] :
         {std::tuple(NameA, &pair.a, &pair.offset_a), std::tuple(NameB, &pair.b, &pair.offset_b)}) {
      const auto found = recording(fields[where_.at(column)], pair.date);
      if (!found) return failed(found.error());
      *index = *found;
      const Recording& r = out_.recordings[*found];
      const std::int64_t at = *epoch - r.start_s;
      if (at < 0 || at + *seconds > static_cast<std::int64_t>(r.seconds.size())) {
        return bad(r.name + " does not cover the seconds of this pair");
      }
      *offset = static_cast<std::size_t>(at);
    }
    out_.pairs.push_back(std::move(pair));
    return {};
  }

  Result<std::size_t> recording(const std::string& name, const std::string& date) {
    if (const auto known = by_name_.find(name); known != by_name_.end()) return known->second;
    // A name is a file in the folder, nothing else.
    if (name.empty() || name.find('/') != std::string::npos) {
      return bad("\"" + name + "\" is not the name of a file in " + folder_);
    }
    auto read = load_recording(folder_ + "/" + name);
    if (!read) return failed(read.error());
    const std::size_t index = out_.recordings.size();
    out_.recordings.push_back(std::move(*read));
    out_.dates.push_back(date);
    by_name_.emplace(name, index);
    return index;
  }

  std::string file_;
  std::string folder_;
  std::size_t line_ = 0;
  std::size_t width_ = 0;
  std::array<std::size_t, PairColumns> where_{};
  std::map<std::string, std::size_t> by_name_;
  Drives out_;
};

}  // namespace

Result<Drives> load_drives(const std::string& pairs_csv, const std::string& folder) {
  return PairReader(pairs_csv, folder).read();
}

}  // namespace mwan::replay
