// SPDX-License-Identifier: LGPL-2.1-or-later
#include "failover/record/replay.hpp"

#include <algorithm>
#include <utility>

namespace mwan::failover {

namespace {
constexpr std::size_t max_differences = 1000;
}

Status Replay::add(DecisionReader& reader) {
  while (true) {
    const auto record = reader.next();
    report_.torn = report_.torn || reader.torn();
    if (!record) return failed(record.error());
    const std::optional<Record>& r = *record;
    if (!r) return {};
    if (const auto* header = std::get_if<record::Header>(&*r)) {
      if (auto status = begin(*header, reader.where()); !status) return status;
    } else if (const auto* event = std::get_if<record::TimedEvent>(&*r)) {
      take(*event, reader);
    } else if (const auto* action = std::get_if<record::TimedAction>(&*r)) {
      if (pending_) pending_->logged.push_back(encode_record(*action, reader.names()));
      if (!pending_ && !blind_) {
        return failed(FailureClass::Permanent, reader.where(), "an action without an event");
      }
    } else if (std::holds_alternative<record::Lost>(*r)) {
      compare(true);
      blind_ = true;
    }
  }
}

Status Replay::begin(const record::Header& header, const std::string& where) {
  if (header.continued && engine_) {
    if (engine_->policy() == header.policy) return {};
    return failed(FailureClass::Permanent, where,
                  "the file goes on with another policy than that of the one before it; give the "
                  "files in their order, the older one (its name ends in .1) first");
  }
  if (header.continued) {  // the beginning is in a file that was not given, or is gone
    blind_ = true;
    return {};
  }
  compare(true);
  blind_ = false;
  engine_.emplace(header.policy);
  ++report_.runs;
  return {};
}

void Replay::take(const record::TimedEvent& event, const DecisionReader& reader) {
  compare(false);
  if (blind_ || !engine_) {
    ++report_.skipped;
    return;
  }
  ++report_.events;
  Pending pending;
  pending.where = reader.where();
  pending.time = event.time;
  pending.event = encode_record(event, reader.names());
  for (const Action& action : engine_->step(event.time, event.event)) {
    pending.replayed.push_back(
        encode_record(record::TimedAction{event.time, action}, reader.names()));
  }
  report_.actions += pending.replayed.size();
  pending_ = std::move(pending);
}

// run_ends: the last event of a run may lack actions, when its writer was killed on the way.
void Replay::compare(bool run_ends) {
  if (!pending_) return;
  const Pending pending = *std::move(pending_);
  pending_.reset();
  const auto [logged, replayed] = std::ranges::mismatch(pending.logged, pending.replayed);
  const bool same = logged == pending.logged.end() && replayed == pending.replayed.end();
  if (same || report_.differences.size() == max_differences) return;
  if (run_ends && logged == pending.logged.end()) {
    report_.torn = true;
    return;
  }
  report_.differences.push_back({pending.where,
                                 pending.time,
                                 pending.event,
                                 {logged, pending.logged.end()},
                                 {replayed, pending.replayed.end()}});
}

ReplayReport Replay::finish() {
  compare(true);
  return std::exchange(report_, {});
}

}  // namespace mwan::failover
