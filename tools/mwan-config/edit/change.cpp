// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/mwan-config/edit/change.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include "tools/mwan-config/edit/judge.hpp"
#include "tools/mwan-config/edit/settings_edit.hpp"
#include "tools/mwan-config/talk.hpp"
#include "tools/mwan-modem/secret_input.hpp"

namespace mwan::config_tool {

Result<std::string> ask_for_secret(const std::string& key) {
  const auto secret =
      ::isatty(STDIN_FILENO) != 0 ? tool::ask_secret(key + ": ") : tool::read_secret(STDIN_FILENO);
  if (!secret) return failed(secret.error());
  return secret->reveal();
}

int assign(const Options& options, ConfigEditor& editor, const SetWords& words, Change& change) {
  const std::string name = file_of(words.profile);
  const std::string path = options.config_dir + "/" + name;
  std::string text;
  if (const auto changed = change.files.find(name); changed != change.files.end()) {
    text = changed->second.value_or("");
  } else {
    const auto read = editor.read(name);
    if (!read) return not_done(read.error());
    text = read->value_or("");
  }
  for (const Assignment& assignment : words.assignments) {
    std::string value;
    if (assignment.value) {
      value = *assignment.value;
    } else {
      auto secret = ask_for_secret(assignment.key);
      if (!secret) {
        complain(assignment.key + ": " + secret.error().text());
        complain("nothing was changed");
        return BadConfiguration;
      }
      value = std::move(*secret);
    }
    const auto edited =
        value.empty() ? without_key(text, assignment.key) : with_key(text, assignment.key, value);
    if (!edited) {
      complain(fmt::format("{}: {}", path, edited.error()));
      complain("nothing was changed");
      return BadConfiguration;
    }
    text = *edited;
  }
  // Once all lines have their place.
  for (const Assignment& assignment : words.assignments) {
    if (const int line = line_of(text, assignment.key); line > 0) {
      change.lines.insert(path + ":" + std::to_string(line));
    }
  }
  change.files[name] = std::move(text);
  return Done;
}

int write_change(const Options& options, ConfigEditor& editor, const Change& change) {
  const ChangeVerdict verdict = judge(options.config_dir, change.files, change.lines);
  if (!verdict.against.empty()) {
    complain_all(verdict.against);
    complain("nothing was changed");
    return BadConfiguration;
  }
  for (const auto& [name, text] : change.files) {
    const auto done = text ? editor.write(name, *text) : editor.remove(name);
    if (done) continue;
    complain(done.error().text());
    return Failed;
  }
  complain_all(verdict.warnings, "warning: ");
  if (!verdict.still.empty()) {
    complain("written; the daemon will not take the configuration before this is right, too:");
    complain_all(verdict.still);
  }
  return Done;
}

}  // namespace mwan::config_tool
