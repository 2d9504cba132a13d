// SPDX-License-Identifier: LGPL-2.1-or-later
// Reads a decision log, line by line and strictly: it may come from anywhere.
#pragma once

#include <istream>
#include <optional>
#include <string>

#include "failover/record/codec.hpp"
#include "failover/record/link_names.hpp"
#include "hal/error.hpp"

namespace mwan::failover {

class DecisionReader {
 public:
  // file: for errors. The stream stays the caller's and outlives the reader.
  DecisionReader(std::istream& in, std::string file) : in_(in), file_(std::move(file)) {}

  // The next record; nothing at the end. After an error there is no going on. Errors say
  // "decisions.jsonl:12: event.signal.rsrp_dbm: expected a number".
  Result<std::optional<Record>> next();

  // The last line had no end and was no record: its writer was killed. It was left out.
  [[nodiscard]] bool torn() const { return torn_; }
  // Of the record that next() gave last, for messages: "decisions.jsonl:12".
  [[nodiscard]] std::string where() const { return file_ + ":" + std::to_string(line_); }
  // Names of the links of the last header.
  [[nodiscard]] const LinkNames& names() const { return names_; }

 private:
  std::istream& in_;
  std::string file_;
  LinkNames names_;
  std::size_t line_ = 0;
  bool begun_ = false;
  bool torn_ = false;
};

}  // namespace mwan::failover
