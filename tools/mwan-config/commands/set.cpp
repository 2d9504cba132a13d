// SPDX-License-Identifier: LGPL-2.1-or-later
#include <fmt/format.h>

#include "tools/mwan-config/commands/commands.hpp"
#include "tools/mwan-config/edit/change.hpp"
#include "tools/mwan-config/talk.hpp"

namespace mwan::config_tool {
namespace {

int not_understood(const std::string& why) {
  complain(why);
  complain("nothing was changed");
  return BadConfiguration;
}

int carry_out(const Options& options, const SetWords& words) {
  auto editor = ConfigEditor::open(options.config_dir);
  if (!editor) return not_done(editor.error());
  if (!words.profile.empty()) {
    const auto there = editor->read(file_of(words.profile));
    if (!there) return not_done(there.error());
    if (!*there) {
      return not_understood(
          fmt::format("there is no profile {}; mwan-config profile add {} makes it", words.profile,
                      words.profile));
    }
  }
  Change change;
  if (const int code = assign(options, *editor, words, change); code != Done) return code;
  if (const int code = write_change(options, *editor, change); code != Done) return code;
  return reload_after_change(options);
}

}  // namespace

int run_set(const Options& options) {
  const auto words = parse_set_words(options.words);
  return words ? carry_out(options, *words) : not_understood(words.error());
}

int run_unset(const Options& options) {
  const auto words = parse_key_words(options.words);
  if (!words) return not_understood(words.error());
  return carry_out(options, {.profile = words->profile, .assignments = {{words->key, ""}}});
}

}  // namespace mwan::config_tool
