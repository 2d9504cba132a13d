// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/mwan-daemon-universal/log.hpp"

#include <memory>
#include <utility>
#include <vector>

#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/sinks/syslog_sink.h>
#include <spdlog/spdlog.h>

namespace mwan::daemon {
namespace {

spdlog::level::level_enum level_of(failover::LogLevel level) {
  switch (level) {
    case failover::LogLevel::Trace:
      return spdlog::level::trace;
    case failover::LogLevel::Debug:
      return spdlog::level::debug;
    case failover::LogLevel::Info:
      return spdlog::level::info;
    case failover::LogLevel::Warning:
      return spdlog::level::warn;
    case failover::LogLevel::Error:
      return spdlog::level::err;
  }
  return spdlog::level::info;
}

void use(std::vector<spdlog::sink_ptr> sinks) {
  auto logger = std::make_shared<spdlog::logger>("mwan", sinks.begin(), sinks.end());
  // For syslog, which has time and level of its own, there is no pattern.
  logger->set_pattern("%Y-%m-%d %H:%M:%S.%e %^%l%$ %v");
  logger->flush_on(spdlog::level::info);
  spdlog::set_default_logger(std::move(logger));
}

}  // namespace

void start_logging() { use({std::make_shared<spdlog::sinks::stderr_color_sink_st>()}); }

Status configure_logging(const failover::DaemonSettings& settings) {
  std::vector<spdlog::sink_ptr> sinks{std::make_shared<spdlog::sinks::stderr_color_sink_st>()};
  if (!settings.log_file.empty()) {
    try {
      sinks.push_back(std::make_shared<spdlog::sinks::basic_file_sink_st>(settings.log_file));
    } catch (const spdlog::spdlog_ex& error) {
      return failed(FailureClass::Permanent, settings.origin.where("LOG_FILE"), error.what());
    }
  }
  if (settings.log_syslog) {
    // One that ends closes the connection of all: the old one before the new one opens it.
    spdlog::drop_all();
    sinks.push_back(
        std::make_shared<spdlog::sinks::syslog_sink_st>("mwan", LOG_PID, LOG_DAEMON, false));
  }
  use(std::move(sinks));
  spdlog::set_level(level_of(settings.log_level));
  return {};
}

}  // namespace mwan::daemon
