// SPDX-License-Identifier: LGPL-2.1-or-later
#include <exception>
#include <iostream>

#include "tools/mwan-replay/commands/commands.hpp"
#include "tools/mwan-replay/options.hpp"

namespace {

int run(int argc, char** argv) {
  using namespace mwan::replay;
  const ParsedOptions parsed = parse_options(argc, argv);
  if (!parsed.run) return parsed.exit_code;
  const Options& options = parsed.options;
  const auto command = options.learn                   ? learn_model
                       : !options.pairs.empty()        ? play_pairs
                       : options.format == Format::Log ? compare_log
                                                       : play_files;
  if (const auto done = command(options, std::cout); !done) {
    std::cerr << "mwan-replay: " << done.error().text() << '\n';
    return 1;
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(argc, argv);
  } catch (const std::exception& e) {  // memory, or text that is no UTF-8 in JSON
    std::cerr << "mwan-replay: " << e.what() << '\n';
    return 1;
  }
}
