// SPDX-License-Identifier: LGPL-2.1-or-later
#include <fstream>

#include <fmt/format.h>

#include "failover/config/load.hpp"
#include "failover/record/decision_log.hpp"
#include "tools/mwan-config/commands/commands.hpp"
#include "tools/mwan-config/decisions.hpp"
#include "tools/mwan-config/status_words.hpp"
#include "tools/mwan-config/talk.hpp"

namespace mwan::config_tool {

int run_why(const Options& options) {
  const auto loaded = failover::load_configuration(options.config_dir);
  const std::string path = failover::decision_log_path(
      options.state_dir, loaded.result ? loaded.result->settings.decision_log : "");
  Decisions decisions(options.count);
  bool any = false;
  for (const std::string& file : {path + ".1", path}) {
    std::ifstream in(file, std::ios::binary);
    if (!in) continue;
    any = true;
    failover::DecisionReader reader(in, file);
    // What was read of it before is worth reading all the same.
    if (const auto read = decisions.add(reader); !read) complain(read.error().text());
  }
  if (!any) {
    complain(path +
             " cannot be read: has the daemon run with this state directory, and may you "
             "read it?");
    return Failed;
  }
  for (const Decision& decision : decisions.last()) {
    fmt::print("{}  {}\n", decision.unix_s ? local_time(*decision.unix_s) : std::string(19, ' '),
               printable(decision.words));
  }
  return flushed();
}

}  // namespace mwan::config_tool
