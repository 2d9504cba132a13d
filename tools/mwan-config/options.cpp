// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/mwan-config/options.hpp"

#include <CLI/CLI.hpp>

namespace mwan::config_tool {
namespace {

using Command = Options::Command;

CLI::App* command(CLI::App& app, Options& out, const char* name, const char* help, Command which) {
  CLI::App* sub = app.add_subcommand(name, help);
  sub->fallthrough();
  sub->callback([&out, which] { out.command = which; });
  return sub;
}

void define_people(CLI::App& app, Options& out) {
  CLI::App* status = command(app, out, "status", "The links, and which carries the traffic and why",
                             Command::Status);
  status->add_flag("--json", out.json, "As JSON (docs/control.md)");
  status->add_flag("--watch", out.watch, "Again every second, until interrupted");
  command(app, out, "failover",
          "Move the traffic to LINK, or to the best other one, until failback", Command::Failover)
      ->add_option("LINK", out.link, "The profile's name");
  command(app, out, "failback", "Let the daemon choose again, beginning with the preferred link",
          Command::Failback);
  command(app, out, "pause", "Watch the links, and leave the traffic where it is", Command::Pause);
  command(app, out, "resume", "End a pause", Command::Resume);
  CLI::App* maintenance = command(app, out, "maintenance",
                                  "Never choose LINK while it is worked on", Command::Maintenance);
  maintenance->add_option("LINK", out.link, "The profile's name")->required();
  maintenance
      ->add_option_function<std::string>(
          "ON", [&out](const std::string& word) { out.on = word == "on"; }, "on or off")
      ->required()
      ->check(CLI::IsMember({"on", "off"}));
  command(app, out, "reload", "Let the daemon read its configuration again", Command::Reload);
}

void define_reading(CLI::App& app, Options& out) {
  command(app, out, "why", "The last decisions, in words", Command::Why)
      ->add_option("N", out.count, "How many lines")
      ->check(CLI::Range(1, 100000))
      ->capture_default_str();
  CLI::App* log = command(app, out, "log",
                          "The last lines of the log file (LOG_FILE); without one, the decisions",
                          Command::Log);
  log->add_option("N", out.count, "How many lines")
      ->check(CLI::Range(1, 100000))
      ->capture_default_str();
  log->add_flag("-f,--follow", out.follow, "Go on with what comes, until interrupted");
  command(app, out, "check", "Is the configuration in order?", Command::Check);
  command(app, out, "install-check", "Is this host ready, and does anything get in the way?",
          Command::InstallCheck);
  command(app, out, "show", "Every key with its value and where it comes from", Command::Show)
      ->add_option("PROFILE", out.link, "Only this profile; \"settings\": only the settings");
}

void define_writing(CLI::App& app, Options& out) {
  const auto words = [&out](CLI::App* sub, const char* name, const char* help) {
    sub->add_option(name, out.words, help)->required()->expected(1, 64);
  };
  words(command(app, out, "get", "The value of a key", Command::Get), "KEY",
        "[PROFILE] KEY: without PROFILE, of the settings");
  words(command(app, out, "set",
                "Change keys: checked first, then written, then the daemon reads it. Secrets are "
                "asked for, or read from standard input",
                Command::Set),
        "KEY", "[PROFILE] KEY VALUE, or [PROFILE] KEY=VALUE...; of a secret PROFILE KEY");
  words(command(app, out, "unset", "Take a key's line away: its default counts", Command::Unset),
        "KEY", "[PROFILE] KEY: without PROFILE, of the settings");
}

void define_profiles(CLI::App& app, Options& out) {
  CLI::App* profile = app.add_subcommand("profile", "One profile a link");
  profile->fallthrough();
  profile->require_subcommand(1);
  const auto named = [&](const char* name, const char* help, Command which) {
    CLI::App* sub = command(*profile, out, name, help, which);
    sub->add_option("NAME", out.link, "The profile's name")->required();
    return sub;
  };
  command(*profile, out, "list", "What links there are", Command::ProfileList);
  CLI::App* add =
      named("add", "Make one: asks what is needed, writes it, tries it", Command::ProfileAdd);
  add->add_option("--set", out.sets,
                  "Ask nothing: KEY=VALUE; KEY alone for a secret, read from standard input, one "
                  "a line")
      ->expected(1)
      ->take_all();
  add->add_flag("--no-test", out.no_test, "Do not try it");
  CLI::App* edit =
      named("edit", "Change it, in $EDITOR; checked before it counts", Command::ProfileEdit);
  edit->add_option("--set", out.sets, "Instead of the editor: KEY=VALUE, or KEY for a secret")
      ->expected(1)
      ->take_all();
  edit->add_option("--unset", out.unsets, "Instead of the editor: take KEY's line away")
      ->expected(1)
      ->take_all();
  named("remove", "Take it away", Command::ProfileRemove)->add_flag("--yes", out.yes, "Do not ask");
  named("test", "Are its settings in order, and does the link come up?", Command::ProfileTest)
      ->add_option("--wait", out.wait_s, "Seconds to wait for the link")
      ->check(CLI::Range(0, 600))
      ->capture_default_str();
}

}  // namespace

void define_options(CLI::App& app, Options& out) {
  app.set_version_flag("--version", MWAN_VERSION);
  app.add_option("--config-dir", out.config_dir, "The daemon's")->capture_default_str();
  app.add_option("--state-dir", out.state_dir, "The daemon's")->capture_default_str();
  app.require_subcommand(1);
  define_people(app, out);
  define_reading(app, out);
  define_writing(app, out);
  define_profiles(app, out);
}

ParsedOptions parse_options(int argc, char** argv) {
  ParsedOptions out;
  Options& o = out.options;
  o.config_dir = MWAN_CONFIG_DIR;
  o.state_dir = MWAN_STATE_DIR;
  o.count = 10;
  o.wait_s = 30;
  CLI::App app{
      "Shows what the daemon does with the links, tells it what to do, and changes its "
      "configuration. Ends with 0 when done, 1 when the daemon refused or the host is not ready, "
      "2 when the configuration is or would be wrong, 3 when no daemon runs, 4 when not "
      "permitted, 5 when something else failed.",
      "mwan-config"};
  define_options(app, o);
  try {
    app.parse(argc, argv);
    out.run = true;
  } catch (const CLI::ParseError& error) {
    out.exit_code = app.exit(error);
  }
  return out;
}

}  // namespace mwan::config_tool
