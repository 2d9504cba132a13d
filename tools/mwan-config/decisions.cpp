// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/mwan-config/decisions.hpp"

#include <array>
#include <chrono>
#include <ctime>
#include <utility>
#include <variant>

#include "failover/record/enum_names.hpp"

namespace mwan::config_tool {
namespace {

using namespace failover;

// Those that say something about the traffic; the others only go through a sequence.
const char* trigger_words(Trigger trigger) {
  switch (trigger) {
    case Trigger::PrimaryFailed:
    case Trigger::BackupFailed:
    case Trigger::BetterBackup:
      return "the traffic moves";
    case Trigger::PrimaryRecovered:
    case Trigger::ManualFailback:
      return "the traffic returns";
    case Trigger::ManualFailover:
      return "the traffic moves, by hand";
    case Trigger::Abandoned:
    case Trigger::AbandonedOnBackup:
      return "the traffic stays";
    case Trigger::Started:
      return "start";
    case Trigger::Resumed:
      return "going on";
    case Trigger::StepFailed:
      return "failed";
    case Trigger::Suspicion:
    case Trigger::Healthy:
    case Trigger::Begin:
    case Trigger::StepDone:
    case Trigger::PrimaryPromising:
    case Trigger::PrimaryStillDown:
      return nullptr;
  }
  return nullptr;
}

}  // namespace

std::string local_time(std::int64_t unix_s) {
  const auto time = static_cast<std::time_t>(unix_s);
  std::tm parts{};
  if (::localtime_r(&time, &parts) == nullptr) return "";
  std::array<char, 32> out{};
  return {out.data(), std::strftime(out.data(), out.size(), "%Y-%m-%d %H:%M:%S", &parts)};
}

std::string words(const Action& action, const LinkNames& names) {
  if (const auto* change = std::get_if<StateChange>(&action)) {
    const char* what = trigger_words(change->on);
    return what == nullptr ? "" : std::string(what) + ": " + change->reason;
  }
  if (const auto* verdict = std::get_if<VerdictChange>(&action)) {
    return names.text(verdict->link) + " is " + std::string(enum_name(verdict->verdict)) + ": " +
           verdict->reason;
  }
  if (const auto* step = std::get_if<RunStep>(&action)) {
    if (step->step != Step::ActivateLink || !step->to) return "";
    return "default route to " + names.text(*step->to);
  }
  if (const auto* family = std::get_if<RouteFamily>(&action)) {
    return std::string(family->family == IpFamily::V4 ? "IPv4" : "IPv6") +
           (family->by ? " goes by " + names.text(*family->by) : " has no default route") + ": " +
           family->reason;
  }
  if (const auto* answer = std::get_if<CommandAnswer>(&action)) {
    return std::string(answer->accepted ? "a command was taken: " : "a command was refused: ") +
           answer->words;
  }
  if (const auto* manual = std::get_if<ManualChange>(&action)) return "by hand: " + manual->reason;
  return "";
}

Status Decisions::add(DecisionReader& reader) {
  while (true) {
    auto record = reader.next();
    if (!record) return failed(record.error());
    if (!*record) return {};
    take(**record, reader.names());
  }
}

void Decisions::take(const Record& record, const LinkNames& names) {
  if (const auto* wall = std::get_if<record::WallClock>(&record)) {
    clock_ = *wall;
  } else if (const auto* action = std::get_if<record::TimedAction>(&record)) {
    std::string said = words(action->action, names);
    if (!said.empty()) keep(action->time, std::move(said));
  } else if (const auto* lost = std::get_if<record::Lost>(&record)) {
    keep(lost->time, std::to_string(lost->events) + " events could not be written here");
  }
}

void Decisions::keep(Instant time, std::string said) {
  Decision decision{.unix_s = {}, .words = std::move(said)};
  if (clock_) {
    decision.unix_s = clock_->unix_s +
                      std::chrono::duration_cast<std::chrono::seconds>(time - clock_->time).count();
  }
  last_.push_back(std::move(decision));
  if (last_.size() > most_) last_.pop_front();
}

}  // namespace mwan::config_tool
