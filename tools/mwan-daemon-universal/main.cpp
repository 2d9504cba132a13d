// SPDX-License-Identifier: LGPL-2.1-or-later
#include <cstdio>
#include <exception>

#include "tools/mwan-daemon-universal/daemon.hpp"
#include "tools/mwan-daemon-universal/log.hpp"
#include "tools/mwan-daemon-universal/options.hpp"

int main(int argc, char** argv) {
  try {
    const auto parsed = mwan::daemon::parse_options(argc, argv);
    if (!parsed.run) return parsed.exit_code;
    mwan::daemon::start_logging();
    return mwan::daemon::run(parsed.options);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "mwan-daemon-universal: %s\n", error.what());
    return mwan::daemon::Failed;
  }
}
