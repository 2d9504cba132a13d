// SPDX-License-Identifier: LGPL-2.1-or-later
// The command line of mwan-modem.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "hal/ip.hpp"
#include "modems/modem_config.hpp"
#include "tools/mwan-modem/exit_code.hpp"

namespace CLI {
class App;
}

namespace mwan::tool {

enum class Command {
  List,
  Info,
  Signal,
  Cells,
  Sim,
  SimUnlock,
  Connect,
  Disconnect,
  Reset,
  Record,
  Diagnose,
  Report,
};

enum class ResetKind { Radio, Protocol, Usb };

struct Options {
  Command command = Command::Info;

  // --- of every command
  std::string device;  // control port or network device; empty: the only modem found
  bool json = false;
  ModemProtocol protocol = ModemProtocol::Auto;
  std::string proxy = "qmi-proxy";
  bool simulated = false;
  std::string net;  // empty: the one that belongs to the control port
  std::optional<double> timeout_s;
  std::string run_dir;

  // --- signal
  bool watch = false;
  bool full = false;
  double interval_s = 2.0;  // only where the modem has to be asked

  // --- sim, report
  bool mask = false;
  std::optional<int> pin_fd;

  // --- connect, diagnose
  std::string apn;
  std::string user;
  std::optional<int> password_fd;
  PdpAuth auth = PdpAuth::None;
  IpType ip_type = IpType::V4V6;
  bool roaming = false;
  bool apply = false;
  bool default_route = false;
  bool connect = false;  // diagnose may
  std::vector<std::string> targets;

  // --- reset
  ResetKind reset = ResetKind::Protocol;

  // --- record, report
  std::string file;
  std::optional<double> duration_s;
  bool mask_addresses = false;
};

// Describes every command and option; what is parsed ends up in out, which has to outlive app.
// Separate, so that a test can hold the completion and the manual page against it.
void define_options(CLI::App& app, Options& out);

struct ParsedOptions {
  Options options;
  bool run = false;  // false: help, version or an error was printed; end with exit_code
  ExitCode exit_code = ExitCode::Ok;
};
ParsedOptions parse_options(int argc, char** argv);

}  // namespace mwan::tool
