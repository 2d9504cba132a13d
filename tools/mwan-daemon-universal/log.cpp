// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/mwan-daemon-universal/log.hpp"

#include <array>
#include <cstdlib>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/sinks/syslog_sink.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include "tools/mwan-daemon-universal/journal_stream.hpp"

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

// "<4>", as sd-daemon(3) has it; the numbers are syslog(3)'s.
class JournalLevel : public spdlog::custom_flag_formatter {
 public:
  void format(const spdlog::details::log_msg& message, const std::tm& /*time*/,
              spdlog::memory_buf_t& out) override {
    constexpr std::array<std::string_view, spdlog::level::n_levels> levels = {
        "<7>", "<7>", "<6>", "<4>", "<3>", "<2>", "<6>"};
    const std::string_view text = levels.at(static_cast<std::size_t>(message.level));
    out.append(text.data(), text.data() + text.size());
  }
  [[nodiscard]] std::unique_ptr<custom_flag_formatter> clone() const override {
    return std::make_unique<JournalLevel>();
  }
};

spdlog::sink_ptr standard_error() {
  return std::make_shared<spdlog::sinks::stderr_color_sink_st>();
}

// The first one is standard error.
void use(const std::vector<spdlog::sink_ptr>& sinks) {
  auto logger = std::make_shared<spdlog::logger>("mwan", sinks.begin(), sinks.end());
  // For syslog, which has time and level of its own, there is no pattern.
  logger->set_pattern("%Y-%m-%d %H:%M:%S.%e %^%l%$ %v");
  const char* stream = std::getenv("JOURNAL_STREAM");
  if (stream != nullptr && is_journal(STDERR_FILENO, stream)) {
    auto formatter = std::make_unique<spdlog::pattern_formatter>();
    formatter->add_flag<JournalLevel>('J').set_pattern("%J%v");
    sinks.front()->set_formatter(std::move(formatter));
  }
  logger->flush_on(spdlog::level::info);
  spdlog::set_default_logger(std::move(logger));
}

}  // namespace

void start_logging() { use({standard_error()}); }

Status configure_logging(const failover::DaemonSettings& settings) {
  std::vector<spdlog::sink_ptr> sinks{standard_error()};
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
  use(sinks);
  spdlog::set_level(level_of(settings.log_level));
  return {};
}

}  // namespace mwan::daemon
