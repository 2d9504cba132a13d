// SPDX-License-Identifier: LGPL-2.1-or-later
// Events, actions and policies as the lines of the decision log, exactly: what is read is what was
// written, but that bytes which are no UTF-8 have become U+FFFD.
//
//   {"log":"mwan-decisions","version":2,"policy":{...}}         a run begins (again after a reload)
//   {"log":...,"continued":true,"note":...,"policy":{...}}      the run of the older file goes on
//   {"wall":1700000000,"t_us":5000000}                          seconds since 1970 at that instant
//   {"t_us":5000123,"event":{"carrier":{"link":"wired","up":false}}}
//   {"t_us":5000123,"action":{"probing":{"link":"lte","interval_us":100000,...}}}
//   {"t_us":5000123,"lost":3}                                   events that could not be written
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "failover/core/action.hpp"
#include "failover/core/event.hpp"
#include "failover/core/policy.hpp"
#include "failover/record/link_names.hpp"
#include "hal/error.hpp"

namespace mwan::failover {

namespace record {

struct Header {
  Policy policy;
  bool continued = false;
  bool operator==(const Header&) const = default;
};
struct WallClock {
  std::int64_t unix_s = 0;
  Instant time;
  bool operator==(const WallClock&) const = default;
};
struct TimedEvent {
  Instant time;
  Event event;
  bool operator==(const TimedEvent&) const = default;
};
struct TimedAction {
  Instant time;
  Action action;
  bool operator==(const TimedAction&) const = default;
};
struct Lost {
  Instant time;
  std::int64_t events = 0;
  bool operator==(const Lost&) const = default;
};

}  // namespace record

using Record = std::variant<record::Header, record::WallClock, record::TimedEvent,
                            record::TimedAction, record::Lost>;

// One line without its end. names: of the policy in force.
std::string encode_record(const Record& record, const LinkNames& names);

// Any input is fine, at worst it is an error: of what is not a record, "where" names the field.
// names: of the last header; a header brings its own.
Result<Record> decode_record(std::string_view line, const LinkNames& names);

}  // namespace mwan::failover
