// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/mwan-daemon-universal/configuration.hpp"

#include <utility>

#include <spdlog/spdlog.h>

#include "failover/config/load.hpp"

namespace mwan::daemon {

std::optional<failover::Configuration> read_configuration(const std::string& directory,
                                                          std::vector<std::string>* said) {
  auto loaded = failover::load_configuration(directory);
  const auto say = [said](const failover::ConfigError& what, spdlog::level::level_enum level) {
    spdlog::log(level, "{}", what.text());
    if (said != nullptr) said->push_back(what.text());
  };
  for (const auto& warning : loaded.warnings) say(warning, spdlog::level::warn);
  if (!loaded.result) {
    for (const auto& error : loaded.result.error()) say(error, spdlog::level::err);
    return std::nullopt;
  }
  for (const auto& missing :
       failover::missing_devices(*loaded.result, failover::DevicesPresent::real())) {
    spdlog::warn("{}", missing.text());
  }
  auto& settings = loaded.result->settings;
  // IPFire's scripts take any default route beside theirs for RED's.
  if (settings.host == failover::HostKind::Ipfire) settings.fallback_routes = false;
  return std::move(*loaded.result);
}

bool needs_restart(const failover::DaemonSettings& before, const failover::DaemonSettings& now) {
  return before.route_metric != now.route_metric || before.fallback_routes != now.fallback_routes ||
         before.table_base != now.table_base || before.rule_priority != now.rule_priority ||
         before.nat != now.nat || before.host != now.host ||
         before.ipfire_mode != now.ipfire_mode || before.decision_log != now.decision_log ||
         before.control_group != now.control_group;
}

failover::LeftFlows left_flows(const failover::DaemonSettings& settings) {
  return {.flush = settings.flush_left_flows, .reset = settings.reset_flows};
}

failover::PublisherOptions publisher_options(const failover::DaemonSettings& settings) {
  return {.metrics_file = settings.metrics_file,
          .metrics_interval = settings.metrics_interval,
          .track_dir = settings.track_dir,
          .program = settings.notify_program,
          .program_limit = settings.notify_limit};
}

}  // namespace mwan::daemon
