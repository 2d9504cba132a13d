// SPDX-License-Identifier: LGPL-2.1-or-later
#include <cstdio>
#include <exception>

#include "tools/mwan-config/commands/commands.hpp"

int main(int argc, char** argv) {
  try {
    const auto parsed = mwan::config_tool::parse_options(argc, argv);
    return parsed.run ? mwan::config_tool::run(parsed.options) : parsed.exit_code;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "mwan-config: %s\n", error.what());
    return mwan::config_tool::Failed;
  }
}
