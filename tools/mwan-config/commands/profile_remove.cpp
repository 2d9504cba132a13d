// SPDX-License-Identifier: LGPL-2.1-or-later
#include <iostream>
#include <string>

#include <fmt/format.h>

#include "tools/mwan-config/commands/commands.hpp"
#include "tools/mwan-config/edit/change.hpp"
#include "tools/mwan-config/talk.hpp"

namespace mwan::config_tool {
namespace {

bool agreed(const std::string& name) {
  fmt::print("Remove the profile {}? [no] ", name);
  std::fflush(stdout);
  std::string said;
  return std::getline(std::cin, said) && (said == "yes" || said == "y");
}

}  // namespace

int run_profile_remove(const Options& options) {
  auto editor = ConfigEditor::open(options.config_dir);
  if (!editor) return not_done(editor.error());
  const std::string name = file_of(options.link);
  if (!is_profile_name(options.link)) {
    complain(options.link + ": not a name for a profile");
    return BadConfiguration;
  }
  const auto there = editor->read(name);
  if (!there || !*there) {
    complain(there ? "there is no profile " + options.link : there.error().text());
    return there ? Refused : Failed;
  }
  if (!options.yes && !agreed(options.link)) {
    complain("nothing was changed");
    return Refused;
  }
  Change change;
  change.files[name] = std::nullopt;
  if (const int code = write_change(options, *editor, change); code != Done) return code;
  return reload_after_change(options);
}

}  // namespace mwan::config_tool
