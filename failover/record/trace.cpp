// SPDX-License-Identifier: LGPL-2.1-or-later
#include "failover/record/trace.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <utility>

#include "failover/record/decode_line.hpp"
#include "failover/record/read_line.hpp"
#include "failover/record/tags.hpp"
#include "failover/record/to_json.hpp"

namespace mwan::failover {

// Found through the namespace of its type, so not in an unnamed one.
template <class A>
void describe(A& a, TraceHeader::Modem& v) {
  expect_members<4>(v);
  a("protocol", v.protocol);
  a("manufacturer", v.manufacturer);
  a("model", v.model);
  a("firmware", v.firmware);
}

namespace {

constexpr std::string_view kTrace = "mwan-modem";
constexpr int kVersion = 1;
// Of a recording: a year. Keeps its times in microseconds far from an overflow.
constexpr std::int64_t kMostMs = std::int64_t{366} * 24 * 3600 * 1000;
// Facts a trace may hold: a day with ten a second.
constexpr std::size_t kMostPoints = 1000000;

// In the order of the variant's alternatives.
constexpr std::array kFacts = {
    "device",       "carrier",    "signal",          "cells",   "registration", "packet-service",
    "bearer",       "addressing", "addressing-lost", "gateway", "probe",        "portal",
    "probe-budget", "trouble",    "traffic",         "errors",  "speed"};
static_assert(kFacts.size() == std::variant_size_v<Fact>);

struct TraceHeaderFields {
  std::string trace;
  int version = 0;
  std::int64_t started_unix_ms = 0;
  TraceHeader::Modem modem;
};

template <class A>
void describe(A& a, TraceHeaderFields& v) {
  expect_members<4>(v);
  a("trace", v.trace);
  a("version", v.version);
  a("started_unix_ms", v.started_unix_ms);
  a("modem", v.modem);
}

std::string line_of(const OrderedJson& json) {
  return json.dump(-1, ' ', false, OrderedJson::error_handler_t::replace);
}

TraceHeader read_header(const Json& in) {
  const LinkNames none;
  if (!in.is_object() || in.value("trace", Json()) != kTrace) {
    throw DecodeError("trace", "expected \"mwan-modem\": this is no recording of a modem");
  }
  if (in.value("version", Json()) != kVersion) {
    throw DecodeError("version", "this program reads version 1 of recordings");
  }
  FromJson reader(in, "", none);
  TraceHeaderFields fields;
  describe(reader, fields);
  reader.finish();
  return {fields.started_unix_ms, std::move(fields.modem)};
}

TracePoint read_point(const Json& in) {
  const LinkNames none;
  FromJson reader(in, "", none);
  std::int64_t t_ms = 0;
  std::string kind;
  reader("t_ms", t_ms);
  reader("fact", kind);
  if (t_ms < 0 || t_ms > kMostMs) throw DecodeError("t_ms", "expected a time from 0 to a year");
  TracePoint point;
  point.since = std::chrono::milliseconds(t_ms);
  const auto read_fact = [&](auto fact) {
    describe(reader, fact);
    reader.finish();
    point.fact = std::move(fact);
  };
  if (!with_alternative<Fact>(kFacts, kind, read_fact)) {
    throw DecodeError("fact", "unknown kind \"" + kind.substr(0, 64) + "\"");
  }
  return point;
}

}  // namespace

std::string_view trace_fact_name(const Fact& fact) { return kFacts.at(fact.index()); }

std::string encode_trace_header(const TraceHeader& header) {
  return line_of(ToJson::object(
      TraceHeaderFields{std::string(kTrace), kVersion, header.started_unix_ms, header.modem}, {}));
}

std::string encode_trace_point(const TracePoint& point) {
  OrderedJson out;
  out["t_ms"] = std::chrono::duration_cast<std::chrono::milliseconds>(point.since).count();
  out["fact"] = trace_fact_name(point.fact);
  std::visit([&](const auto& fact) { out.update(ToJson::object(fact, {})); }, point.fact);
  return line_of(out);
}

Result<TraceHeader> decode_trace_header(std::string_view line) {
  return decode_line<TraceHeader>(line, read_header);
}

Result<TracePoint> decode_trace_point(std::string_view line) {
  return decode_line<TracePoint>(line, read_point);
}

Result<TraceHeader> TraceReader::header() {
  const Line line = read_line(in_);
  ++line_;
  if (line.text.size() > max_line) {
    return failed(FailureClass::Permanent, where(), "the line is longer than 1 MiB");
  }
  auto header = decode_trace_header(line.text);
  if (!header) return failed(FailureClass::Permanent, where(), header.error().message);
  return header;
}

Result<std::optional<TracePoint>> TraceReader::next() {
  const Line line = read_line(in_);
  if (!line.ended && line.text.empty()) return std::optional<TracePoint>{};
  ++line_;
  if (line.text.size() > max_line) {
    return failed(FailureClass::Permanent, where(), "the line is longer than 1 MiB");
  }
  auto point = decode_trace_point(line.text);
  if (!point) {
    if (!line.ended) {
      torn_ = true;
      return std::optional<TracePoint>{};
    }
    return failed(FailureClass::Permanent, where(), point.error().message);
  }
  if (point->since < last_) {
    return failed(FailureClass::Permanent, where(), "t_ms: is before the time of an earlier line");
  }
  last_ = point->since;
  return std::optional<TracePoint>(*std::move(point));
}

Result<Trace> load_trace(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    return failed(FailureClass::Permanent, path,
                  std::string("cannot read the recording: ") + std::strerror(errno));
  }
  TraceReader reader(file, path);
  auto header = reader.header();
  if (!header) return failed(header.error());
  Trace trace{std::move(*header), {}};
  for (;;) {
    auto point = reader.next();
    if (!point) return failed(point.error());
    if (!*point) return trace;
    if (trace.points.size() >= kMostPoints) {
      return failed(FailureClass::Permanent, reader.where(), "holds more than 1000000 facts");
    }
    trace.points.push_back(std::move(**point));
  }
}

}  // namespace mwan::failover
