// SPDX-License-Identifier: LGPL-2.1-or-later
// Runs a program in the virtual machine of a folder, from the host.
#pragma once

#include "tests/vm/folder.hpp"
#include "tests/vm/protocol.hpp"

namespace mwan::vm {

// Its output goes to standard output as it comes; with a terminal, standard input goes to it. Waits
// for its turn, and for the machine to be ready, some minutes at most: one that is stuck is started
// anew. An error when there is no virtual machine, when it does not answer, or when it ended
// meanwhile; then with the end of its console. The ticket is made here.
Result<Outcome> run_in_vm(const Folder& folder, Request request);

// The variables of this process that programs in the guest get too: GTEST_*, MWAN_*,
// G_MESSAGES_DEBUG, TERM.
std::vector<std::string> passed_environment();

// The same for a whole program: prints what is to be said and returns the exit code; 77 when there
// is nothing to run it in for want of a package.
int run_and_report(const Folder& folder, Request request);

}  // namespace mwan::vm
