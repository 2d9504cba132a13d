// SPDX-License-Identifier: LGPL-2.1-or-later
#include <cstdio>

#include <fmt/format.h>
#include <unistd.h>

#include "failover/config/load.hpp"
#include "tools/mwan-config/commands/commands.hpp"
#include "tools/mwan-config/follow.hpp"
#include "tools/mwan-config/read_files.hpp"
#include "tools/mwan-config/status_words.hpp"
#include "tools/mwan-config/talk.hpp"

namespace mwan::config_tool {
namespace {

// Also of a configuration that is not in order: then the log is wanted most.
std::string log_file(const Options& options) {
  const auto settings = read_shown(options.config_dir, "settings");
  if (!settings) return "";
  for (const ShownValue& value : shown_settings(*settings)) {
    if (value.key == "LOG_FILE") return value.value;
  }
  return "";
}

int print(const std::deque<std::string>& lines) {
  for (const std::string& line : lines) fmt::print("{}\n", printable(line));
  return flushed();
}

}  // namespace

int run_log(const Options& options) {
  const std::string path = log_file(options);
  if (path.empty() && !options.follow) return run_why(options);
  if (path.empty()) {
    complain(
        "there is no log file to follow: mwan-config set LOG_FILE /var/log/mwan.log, or look into "
        "the system's log");
    return Refused;
  }
  LineFollower follower(path);
  auto lines = follower.last(options.count);
  if (!lines) {
    complain(lines.error().text());
    if (::access(path.c_str(), F_OK) != 0) complain("the daemon makes it when it starts");
    return Failed;
  }
  int code = print(*lines);
  while (options.follow && code == Done) {
    lines = follower.next();
    if (!lines) return not_done(lines.error());
    code = print(*lines);
  }
  return code;
}

}  // namespace mwan::config_tool
