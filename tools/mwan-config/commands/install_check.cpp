// SPDX-License-Identifier: LGPL-2.1-or-later
#include <fmt/format.h>

#include "tools/mwan-config/commands/commands.hpp"
#include "tools/mwan-config/host/checks.hpp"
#include "tools/mwan-config/status_words.hpp"
#include "tools/mwan-config/talk.hpp"

namespace mwan::config_tool {
namespace {

const char* word(HostCheck::State state) {
  switch (state) {
    case HostCheck::State::Ok:
      return "OK";
    case HostCheck::State::Note:
      return "note";
    case HostCheck::State::Missing:
      return "missing";
  }
  return "";
}

}  // namespace

int run_install_check(const Options& options) {
  bool ready = true;
  for (const HostCheck& check : check_host(gather_facts(options.config_dir, options.state_dir))) {
    ready = ready && check.state != HostCheck::State::Missing;
    fmt::print("{:<8} {}{}\n", word(check.state), printable(check.what),
               check.advice.empty() ? "" : ": " + printable(check.advice));
  }
  fmt::print("{}\n", ready ? "This host is ready." : "This host is not ready.");
  const int code = flushed();
  return ready ? code : Refused;
}

}  // namespace mwan::config_tool
