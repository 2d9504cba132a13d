// SPDX-License-Identifier: LGPL-2.1-or-later
// main() of the scenarios. In the guest it runs the tests; on the host it lists them, or asks the
// virtual machine to run this same program with the same arguments.
#include <filesystem>
#include <string_view>

#include <gtest/gtest.h>
#include <unistd.h>

#include "tests/vm/client.hpp"

int main(int argc, char** argv) {
  bool here = ::access("/run/mwan-vm", F_OK) == 0;
  for (int i = 1; i < argc; ++i) {
    const std::string_view word = argv[i];
    here = here || word.starts_with("--gtest_list_tests") || word == "--help";
  }
  if (here) {
    testing::InitGoogleTest(&argc, argv);
    return RUN_ALL_TESTS();
  }
  mwan::vm::Request request;
  request.folder = std::filesystem::current_path();
  request.environment = mwan::vm::passed_environment();
  request.argv.emplace_back(std::filesystem::read_symlink("/proc/self/exe"));
  for (int i = 1; i < argc; ++i) request.argv.emplace_back(argv[i]);
  return mwan::vm::run_and_report(mwan::vm::Folder::chosen(MWAN_VM_FOLDER), std::move(request));
}
