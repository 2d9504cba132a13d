// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/mwan-config/options.hpp"

#include <CLI/CLI.hpp>

namespace mwan::config_tool {

ParsedOptions parse_options(int argc, char** argv) {
  using Command = Options::Command;
  ParsedOptions out;
  Options& o = out.options;
  o.config_dir = MWAN_CONFIG_DIR;
  o.state_dir = MWAN_STATE_DIR;
  o.count = 10;
  CLI::App app{
      "Shows what the daemon does with the links, and tells it what to do. Ends with 0 when done, "
      "1 "
      "when the daemon refused, 2 when the configuration is wrong, 3 when no daemon runs, 4 when "
      "not permitted, 5 when something else failed.",
      "mwan-config"};
  app.set_version_flag("--version", MWAN_VERSION);
  app.add_option("--config-dir", o.config_dir, "The daemon's")->capture_default_str();
  app.add_option("--state-dir", o.state_dir, "The daemon's")->capture_default_str();
  app.require_subcommand(1);
  const auto command = [&](const char* name, const char* help, Command which) {
    CLI::App* sub = app.add_subcommand(name, help);
    sub->fallthrough();
    sub->callback([&o, which] { o.command = which; });
    return sub;
  };
  CLI::App* status =
      command("status", "The links, and which carries the traffic and why", Command::Status);
  status->add_flag("--json", o.json, "As JSON (docs/control.md)");
  status->add_flag("--watch", o.watch, "Again every second, until interrupted");
  command("failover", "Move the traffic to LINK, or to the best other one, until failback",
          Command::Failover)
      ->add_option("link", o.link, "The profile's name");
  command("failback", "Let the daemon choose again, beginning with the preferred link",
          Command::Failback);
  command("pause", "Watch the links, and leave the traffic where it is", Command::Pause);
  command("resume", "End a pause", Command::Resume);
  CLI::App* maintenance =
      command("maintenance", "Never choose LINK while it is worked on", Command::Maintenance);
  maintenance->add_option("link", o.link, "The profile's name")->required();
  std::string on;
  maintenance->add_option("on", on, "on or off")->required()->check(CLI::IsMember({"on", "off"}));
  command("why", "The last decisions, in words", Command::Why)
      ->add_option("count", o.count, "How many lines")
      ->check(CLI::Range(1, 100000))
      ->capture_default_str();
  command("check", "Is the configuration in order?", Command::Check);
  try {
    app.parse(argc, argv);
    o.on = on == "on";
    out.run = true;
  } catch (const CLI::ParseError& error) {
    out.exit_code = app.exit(error);
  }
  return out;
}

}  // namespace mwan::config_tool
