// SPDX-License-Identifier: LGPL-2.1-or-later
// mwan_fuzz_seeds DIRECTORY: writes DIRECTORY/TARGET/NUMBER.
#include "tests/fuzz/seeds.hpp"

#include <cstdio>
#include <filesystem>
#include <fstream>

int main(int argc, char** argv) {
  if (argc != 2) {
    static_cast<void>(std::fputs("usage: mwan_fuzz_seeds DIRECTORY\n", stderr));
    return 2;
  }
  mwan::fuzz::Seeds seeds;
  mwan::fuzz::add_mbim_seeds(seeds);
  mwan::fuzz::add_qmi_seeds(seeds);
  mwan::fuzz::add_network_seeds(seeds);
  mwan::fuzz::add_text_seeds(seeds);
  mwan::fuzz::add_usb_seeds(seeds);
  for (const auto& [target, inputs] : seeds.by_target()) {
    const auto folder = std::filesystem::path(argv[1]) / target;
    std::filesystem::create_directories(folder);
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      std::ofstream out(folder / std::to_string(i), std::ios::binary | std::ios::trunc);
      out.write(reinterpret_cast<const char*>(inputs[i].data()),
                static_cast<std::streamsize>(inputs[i].size()));
      if (!out.flush()) {
        static_cast<void>(std::fprintf(stderr, "cannot write into %s\n", folder.c_str()));
        return 1;
      }
    }
  }
  return 0;
}
