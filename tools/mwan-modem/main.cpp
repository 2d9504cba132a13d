// SPDX-License-Identifier: LGPL-2.1-or-later
#include <iostream>
#include <utility>

#include <unistd.h>

#include "tools/mwan-modem/commands/commands.hpp"
#include "tools/mwan-modem/options.hpp"

int main(int argc, char** argv) {
  using namespace mwan;
  const tool::ParsedOptions parsed = tool::parse_options(argc, argv);
  if (!parsed.run) return static_cast<int>(parsed.exit_code);
  Loop loop;
  const auto make = [](Loop& on, ModemConfig config) {
    return make_modem_adapter(on, std::move(config), ModemIdentity());
  };
  tool::Context context{.loop = loop,
                        .options = parsed.options,
                        .out = std::cout,
                        .err = std::cerr,
                        .terminal = isatty(STDOUT_FILENO) == 1,
                        .make = make,
                        .cancel = {}};
  return static_cast<int>(tool::run(context));
}
