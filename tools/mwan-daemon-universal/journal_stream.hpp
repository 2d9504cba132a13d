// SPDX-License-Identifier: LGPL-2.1-or-later
// Whether what is written to a descriptor goes to systemd's journal, which has times of its own and
// takes levels at the beginning of a line (sd-daemon(3)).
#pragma once

#include <string>

namespace mwan::daemon {

// stream: JOURNAL_STREAM of the environment (systemd.exec(5)), device and inode of the connection.
// A descriptor that was redirected since is another one.
bool is_journal(int fd, const std::string& stream);

}  // namespace mwan::daemon
