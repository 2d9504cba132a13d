// SPDX-License-Identifier: LGPL-2.1-or-later
#include "failover/host/standalone.hpp"

#include <string>
#include <utility>

#include <spdlog/spdlog.h>

namespace mwan::failover {
namespace {

void warn(const std::string& link, const Status& status) {
  if (!status) spdlog::warn("{}: {}", link, status.error().text());
}

}  // namespace

StandaloneHost::StandaloneHost(Plumbing& plumbing, StateWriter* state, LeftFlows left_flows,
                               std::function<std::int64_t()> wall_clock)
    : plumbing_(plumbing),
      state_(state),
      left_flows_(left_flows),
      wall_clock_(std::move(wall_clock)) {}

void StandaloneHost::run(const HostStep& step, Done done) {
  std::optional<Error> error;
  switch (step.step) {
    case Step::BackupPrimary:
      if (const auto status = plumbing_.begin(); !status) error = status.error();
      break;
    case Step::ActivateLink:
      if (const auto status = plumbing_.make_default(*step.to); !status) error = status.error();
      break;
    case Step::UpdateState:
      left(step);
      note_backup(step);
      break;
    case Step::StartServices:
      left(step);
      if (step.to_primary) note_primary();
      break;
    case Step::DetectPrimary:
    case Step::StopServices:
    case Step::StartInterferencePrevention:
    case Step::StopInterferencePrevention:
      break;  // nobody else manages these links here
  }
  done(std::move(error));
}

// After the route has moved, so that the next packet of a flow is translated for the new link.
void StandaloneHost::left(const HostStep& step) const {
  if (!step.from || !step.to || step.from->number == step.to->number) return;
  if (left_flows_.reset) warn(step.from->name, plumbing_.reset_flows(*step.from, *step.to));
  if (left_flows_.flush) warn(step.from->name, plumbing_.flush_flows(*step.from));
  if (tell_services_) tell_services_();
}

void StandaloneHost::note_backup(const HostStep& step) const {
  if (state_ == nullptr) return;
  state_->put(state_file::current_profile, step.to->name + "\n");
  state_->put(state_file::failover_time, std::to_string(wall_clock_()) + "\n");
}

void StandaloneHost::note_primary() const {
  if (state_ == nullptr) return;
  state_->remove(state_file::current_profile);
  state_->remove(state_file::failover_time);
}

}  // namespace mwan::failover
