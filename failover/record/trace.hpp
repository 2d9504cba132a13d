// SPDX-License-Identifier: LGPL-2.1-or-later
// Recordings of what a modem reported: written by "mwan-modem record", played by the modem
// simulator. docs/trace.md describes the file.
//
//   {"trace":"mwan-modem","version":1,"started_unix_ms":N,"modem":{...}}   the first line
//   {"t_ms":1500,"fact":"signal","rat":"lte","rsrp_dbm":-97.5}             since the start
//
// Members of facts are those of the decision log (describe.hpp). Texts come from devices: bytes
// that are no UTF-8 become U+FFFD.
#pragma once

#include <cstdint>
#include <istream>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "hal/error.hpp"
#include "hal/link_event.hpp"

namespace mwan::failover {

struct TraceHeader {
  std::int64_t started_unix_ms = 0;
  // What was recorded, as it says of itself; empty where it does not say. No IMEI and no ICCID:
  // recordings are passed on.
  struct Modem {
    std::string protocol;  // "QMI", "MBIM 1.0"
    std::string manufacturer;
    std::string model;
    std::string firmware;
    bool operator==(const Modem&) const = default;
  };
  Modem modem;
  bool operator==(const TraceHeader&) const = default;
};

struct TracePoint {
  Duration since{0};  // since the start, in whole milliseconds in the file
  Fact fact;
  bool operator==(const TracePoint&) const = default;
};

// One line without its end.
std::string encode_trace_header(const TraceHeader& header);
std::string encode_trace_point(const TracePoint& point);

// Any input is fine, at worst it is an error; "where" is empty, the message names the field.
Result<TraceHeader> decode_trace_header(std::string_view line);
Result<TracePoint> decode_trace_point(std::string_view line);

// The name of a fact's kind: "signal", "packet-service".
std::string_view trace_fact_name(const Fact& fact);

// Reads a trace line by line and strictly. Errors say "drive.trace:12: t_ms: ...".
class TraceReader {
 public:
  // file: for errors. The stream stays the caller's and outlives the reader.
  TraceReader(std::istream& in, std::string file) : in_(in), file_(std::move(file)) {}

  // Once, before next().
  Result<TraceHeader> header();
  // Nothing at the end. Times never go back. After an error there is no going on.
  Result<std::optional<TracePoint>> next();

  // The last line had no end and was no record: its writer was killed. It was left out.
  [[nodiscard]] bool torn() const { return torn_; }
  // Of the line that was read last: "drive.trace:12".
  [[nodiscard]] std::string where() const { return file_ + ":" + std::to_string(line_); }

 private:
  std::istream& in_;
  std::string file_;
  std::size_t line_ = 0;
  Duration last_{0};
  bool torn_ = false;
};

struct Trace {
  TraceHeader header;
  std::vector<TracePoint> points;
  bool operator==(const Trace&) const = default;
};
// The whole of a file; a torn last line is left out.
Result<Trace> load_trace(const std::string& path);

}  // namespace mwan::failover
