// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/mwan-modem/options.hpp"

#include <iostream>
#include <map>

#include <CLI/CLI.hpp>

namespace mwan::tool {
namespace {

const std::map<std::string, ModemProtocol> kProtocols = {
    {"auto", ModemProtocol::Auto}, {"qmi", ModemProtocol::Qmi}, {"mbim", ModemProtocol::Mbim}};
const std::map<std::string, PdpAuth> kAuths = {
    {"none", PdpAuth::None}, {"pap", PdpAuth::Pap}, {"chap", PdpAuth::Chap}};
const std::map<std::string, IpType> kIpTypes = {
    {"ipv4", IpType::V4}, {"ipv6", IpType::V6}, {"ipv4v6", IpType::V4V6}};

constexpr int kMaxFd = 1 << 20;

void define_global(CLI::App& app, Options& out) {
  app.add_option("-d,--device", out.device,
                 "The modem, by its control port (/dev/cdc-wdm0) or network device (wwan0); "
                 "without it, the only one there is");
  app.add_flag("--json", out.json, "Write JSON instead of text");
  app.add_option("--protocol", out.protocol, "What to speak: auto (ask the kernel), qmi or mbim")
      ->transform(CLI::CheckedTransformer(kProtocols, CLI::ignore_case))
      ->option_text("auto|qmi|mbim");
  app.add_option("--proxy", out.proxy, "Abstract socket of the QMI proxy")->capture_default_str();
  app.add_flag("--simulated", out.simulated,
               "There is no device file: a simulated modem listens behind the proxy");
  app.add_option("--net", out.net,
                 "Network device, where it is not the one that belongs to the control port");
  app.add_option("--timeout", out.timeout_s, "How long one answer may take, in seconds")
      ->check(CLI::Range(0.1, 600.0));
  app.add_option("--run-dir", out.run_dir, "Folder where a running connect leaves its process id")
      ->capture_default_str();
}

CLI::App* command(CLI::App& app, Options& out, const char* name, const char* help, Command which) {
  CLI::App* sub = app.add_subcommand(name, help);
  // Not parse_complete: a command of a command is finished before the one it belongs to.
  sub->preparse_callback([&out, which](std::size_t) { out.command = which; });
  sub->fallthrough();
  return sub;
}

void define_wish(CLI::App& sub, Options& out) {
  sub.add_option("--apn", out.apn, "Access point name; without it, the modem's default profile");
  sub.add_option("--user", out.user, "User name for the access point");
  sub.add_option("--password-fd", out.password_fd,
                 "Read the password from this file descriptor (0: standard input)")
      ->check(CLI::Range(0, kMaxFd));
  sub.add_option("--auth", out.auth, "How to authenticate: none, pap or chap")
      ->transform(CLI::CheckedTransformer(kAuths, CLI::ignore_case))
      ->option_text("none|pap|chap");
  sub.add_option("--ip-type", out.ip_type, "Address families to ask for (ipv4v6)")
      ->transform(CLI::CheckedTransformer(kIpTypes, CLI::ignore_case))
      ->option_text("ipv4|ipv6|ipv4v6");
  sub.add_flag("--roaming", out.roaming, "Also in a foreign network, where it may cost more");
}

void define_reading(CLI::App& app, Options& out) {
  command(app, out, "list", "The modems of this system", Command::List);
  command(app, out, "info", "Who the modem is and how it is doing", Command::Info);
  CLI::App* signal =
      command(app, out, "signal", "Signal values, and what they mean", Command::Signal);
  CLI::Option* watch =
      signal->add_flag("--watch", out.watch, "Go on as the modem reports, until Ctrl-C");
  signal->add_flag("--full", out.full, "With --watch: the whole screen, with trends")->needs(watch);
  signal
      ->add_option("--interval", out.interval_s,
                   "With --watch: seconds between questions to a modem that does not report")
      ->check(CLI::Range(0.2, 3600.0))
      ->capture_default_str();
  command(app, out, "cells", "The serving cell and its neighbours", Command::Cells);
  CLI::App* sim = command(app, out, "sim", "The SIM: state, tries left, slots", Command::Sim);
  sim->add_flag("--mask", out.mask, "Do not show the numbers of card and subscriber in full");
  sim->require_subcommand(0, 1);
  CLI::App* unlock = command(*sim, out, "unlock", "Enter the PIN, once", Command::SimUnlock);
  unlock
      ->add_option("--pin-fd", out.pin_fd,
                   "Read the PIN from this file descriptor (0: standard input); without it, from "
                   "the terminal, unseen")
      ->check(CLI::Range(0, kMaxFd));
}

void define_acting(CLI::App& app, Options& out) {
  CLI::App* connect =
      command(app, out, "connect", "Connect, stay in the foreground, disconnect on Ctrl-C",
              Command::Connect);
  define_wish(*connect, out);
  CLI::Option* apply = connect->add_flag(
      "--apply", out.apply, "Give the network device its addresses and MTU while connected");
  connect
      ->add_flag("--default-route", out.default_route,
                 "With --apply: send the system's traffic this way while connected")
      ->needs(apply);
  command(app, out, "disconnect", "End a running mwan-modem connect", Command::Disconnect);

  CLI::App* reset =
      command(app, out, "reset", "Restart the modem by its own protocol", Command::Reset);
  CLI::Option* radio = reset->add_flag_callback(
      "--radio", [&out] { out.reset = ResetKind::Radio; }, "Only its radio: off and on again");
  reset
      ->add_flag_callback(
          "--usb", [&out] { out.reset = ResetKind::Usb; },
          "By the USB port, for one that does not answer")
      ->excludes(radio);
}

void define_helping(CLI::App& app, Options& out) {
  CLI::App* record =
      command(app, out, "record", "Write down what the modem reports", Command::Record);
  record->add_option("file", out.file, "Trace to write; - is standard output")->required();
  record->add_option("--duration", out.duration_s, "End after so many seconds; without, on Ctrl-C")
      ->check(CLI::Range(0.1, 1e9));
  CLI::App* diagnose = command(
      app, out, "diagnose", "From USB to data: where it stops, and what to do", Command::Diagnose);
  diagnose->add_flag("--connect", out.connect,
                     "Also try what changes something: switch the radio on, connect, and put the "
                     "addresses on the network device for the time of the test");
  define_wish(*diagnose, out);
  diagnose->add_option("--target", out.targets,
                       "Ping this address too (several times: several addresses)");
  CLI::App* report = command(app, out, "report", "One file for a support ticket", Command::Report);
  report->add_option("--output", out.file, "File to write (mode 0600); without, standard output");
  report->add_flag("--mask-addresses", out.mask_addresses, "Hide IP addresses as well");
}

}  // namespace

void define_options(CLI::App& app, Options& out) {
  app.set_version_flag("--version", MWAN_VERSION);
  app.require_subcommand(1);
  define_global(app, out);
  define_reading(app, out);
  define_acting(app, out);
  define_helping(app, out);
}

ParsedOptions parse_options(int argc, char** argv) {
  ParsedOptions out;
  out.options.run_dir = MWAN_RUN_DIR;
  CLI::App app{
      "Looks at mobile broadband modems and tells what is the matter with them, whether "
      "they speak QMI or MBIM.",
      "mwan-modem"};
  define_options(app, out.options);
  try {
    app.parse(argc, argv);
    out.run = true;
  } catch (const CLI::ParseError& error) {
    out.exit_code = app.exit(error) == 0 ? ExitCode::Ok : ExitCode::Usage;
  }
  for (const std::string& target : out.options.targets) {
    if (IpAddress::parse(target)) continue;
    std::cerr << "--target: " << target << " is no IP address\n";
    out.run = false;
    out.exit_code = ExitCode::Usage;
  }
  return out;
}

}  // namespace mwan::tool
