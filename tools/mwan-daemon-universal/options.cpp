// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/mwan-daemon-universal/options.hpp"

#include <CLI/CLI.hpp>

namespace mwan::daemon {

ParsedOptions parse_options(int argc, char** argv) {
  ParsedOptions out;
  out.options.config_dir = MWAN_CONFIG_DIR;
  out.options.state_dir = MWAN_STATE_DIR;
  CLI::App app{
      "Keeps a router on its best working uplink: watches modems, carriers and probes, and moves "
      "the "
      "default route before packets are lost. SIGTERM gives the system back as it was found, "
      "SIGHUP "
      "reads the configuration and opens the log file again.",
      "mwan-daemon-universal"};
  app.set_version_flag("--version", MWAN_VERSION);
  app.add_option("--config-dir", out.options.config_dir, "Directory with settings and profiles/")
      ->capture_default_str();
  app.add_option("--state-dir", out.options.state_dir,
                 "Directory for what has to survive a restart")
      ->capture_default_str();
  app.add_flag(
      "--dry-run", out.options.dry_run,
      "Decide and log, but touch neither the kernel, nor a modem, nor the state directory");
  app.add_flag("--background", out.options.background,
               "Return when it runs, for start scripts; without it, it stays in the foreground");
  app.add_flag("--check", out.options.check,
               "Read the configuration, say what is wrong with it, and end");
  // Not shown in the help.
  app.add_option("--kill-at", out.options.kill_at)->group("");
  try {
    app.parse(argc, argv);
    out.run = true;
  } catch (const CLI::ParseError& error) {
    out.exit_code = app.exit(error);
  }
  return out;
}

}  // namespace mwan::daemon
