// SPDX-License-Identifier: LGPL-2.1-or-later
#include <algorithm>

#include <fmt/format.h>

#include "tools/mwan-config/commands/commands.hpp"
#include "tools/mwan-config/edit/words.hpp"
#include "tools/mwan-config/read_files.hpp"
#include "tools/mwan-config/status_words.hpp"
#include "tools/mwan-config/talk.hpp"

namespace mwan::config_tool {
namespace {

void print(const Options& options, const ShownFile& file, const std::vector<ShownValue>& values) {
  fmt::print("{}", shown_text(options.config_dir + "/" + file.name, values));
  complain_all(file.text.errors);
}

}  // namespace

int run_show(const Options& options) {
  const auto settings = read_shown(options.config_dir, "settings");
  if (!settings) return not_done(settings.error());
  std::vector<std::string> names;
  if (options.link.empty()) {
    const auto all = profile_names(options.config_dir);
    if (!all) return not_done(all.error());
    names = *all;
  } else if (options.link != "settings") {
    if (!is_profile_name(options.link)) {
      complain(options.link + ": not a name for a profile");
      return BadConfiguration;
    }
    names = {options.link};
  }
  bool wrong = !settings->text.errors.empty();
  if (options.link.empty() || options.link == "settings") {
    print(options, *settings, shown_settings(*settings));
  }
  for (const std::string& name : names) {
    const auto profile = read_shown(options.config_dir, file_of(name));
    if (!profile) return not_done(profile.error());
    wrong = wrong || !profile->text.errors.empty();
    print(options, *profile, shown_profile(*profile, *settings));
  }
  const int code = flushed();
  return wrong ? BadConfiguration : code;
}

int run_get(const Options& options) {
  const auto words = parse_key_words(options.words);
  if (!words) {
    complain(words.error());
    return BadConfiguration;
  }
  const auto settings = read_shown(options.config_dir, "settings");
  if (!settings) return not_done(settings.error());
  std::vector<ShownValue> values;
  if (words->profile.empty()) {
    values = shown_settings(*settings);
  } else {
    const auto profile = read_shown(options.config_dir, file_of(words->profile));
    if (!profile) return not_done(profile.error());
    values = shown_profile(*profile, *settings);
  }
  const auto value = std::ranges::find(values, words->key, &ShownValue::key);
  if (value == values.end()) {
    complain(fmt::format("{} is no key of this profile's KIND", words->key));
    return BadConfiguration;
  }
  fmt::print("{}\n", printable(value->value));
  return flushed();
}

}  // namespace mwan::config_tool
