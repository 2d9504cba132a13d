// SPDX-License-Identifier: LGPL-2.1-or-later
// One change of the configuration, from the question whether it may be to the daemon that reads it.
#pragma once

#include <optional>
#include <set>
#include <string>

#include "failover/config/load.hpp"
#include "tools/mwan-config/edit/config_editor.hpp"
#include "tools/mwan-config/edit/words.hpp"
#include "tools/mwan-config/options.hpp"

namespace mwan::config_tool {

struct Change {
  failover::ChangedFiles files;
  std::set<std::string> lines;  // "PATH:LINE" that were written, for judge()
};

// Asks for a secret: on the terminal without echo, or the next line of standard input.
Result<std::string> ask_for_secret(const std::string& key);

// Puts the assignments into the file's text, in `change` or as read; secrets are asked for. An
// empty value takes the line away. What was wrong was said; returns an ExitCode.
int assign(const Options& options, ConfigEditor& editor, const SetWords& words, Change& change);

// Writes what judge() lets pass; all of it is said. Returns an ExitCode; Done: all was written.
int write_change(const Options& options, ConfigEditor& editor, const Change& change);

}  // namespace mwan::config_tool
