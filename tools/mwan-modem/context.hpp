// SPDX-License-Identifier: LGPL-2.1-or-later
// What every command works with.
#pragma once

#include <functional>
#include <iosfwd>
#include <memory>
#include <string>
#include <vector>

#include "hal/discovery/group.hpp"
#include "hal/loop.hpp"
#include "hal/task.hpp"
#include "hal/wait.hpp"
#include "modems/adapter.hpp"
#include "tools/mwan-modem/options.hpp"
#include "tools/mwan-modem/output/sheet.hpp"

namespace mwan::tool {

using MakeAdapter = std::function<Result<std::unique_ptr<ModemAdapter>>(Loop&, ModemConfig)>;

struct Context {
  Loop& loop;
  Options options;
  std::ostream& out;      // what was asked for
  std::ostream& err;      // everything else
  bool terminal = false;  // out is one
  MakeAdapter make;       // make_modem_adapter(), but for tests
  Cancel cancel;          // Ctrl-C

  // A sheet as text or JSON, as the options want it.
  void show(const Sheet& sheet) const;
  // On err: "mwan-modem: TEXT". With --json also {"error":TEXT} where the answer would be.
  ExitCode fail(ExitCode code, const std::string& text) const;
  ExitCode fail(const Error& error) const;
};

// What a failure of a modem means for the exit code, when nothing more is known.
ExitCode exit_code_of(const Error& error);

}  // namespace mwan::tool
