// SPDX-License-Identifier: LGPL-2.1-or-later
// A configuration directory. A line "--" ends a file: first the settings, then the profiles. Most
// inputs are refused, which can be told from their text; what is left is read from files as the
// daemon reads it, which takes far longer.
#include <filesystem>
#include <fstream>
#include <string>
#include <system_error>

#include <unistd.h>

#include "failover/config/apply.hpp"
#include "failover/config/check.hpp"
#include "failover/config/load.hpp"
#include "tests/fuzz/presentable.hpp"

namespace mwan::fuzz {
namespace {

using namespace mwan::failover;

// A directory of this process, gone with it.
class Directory {
 public:
  Directory()
      : path_(std::filesystem::temp_directory_path() /
              ("mwan-fuzz-settings-" + std::to_string(getpid()))) {
    std::filesystem::create_directories(path_ / "profiles");
  }
  Directory(const Directory&) = delete;
  Directory& operator=(const Directory&) = delete;
  ~Directory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

void write(const std::filesystem::path& path, std::string_view text) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << text;
}

std::string_view next_file(std::string_view& rest) {
  constexpr std::string_view kEnd = "\n--\n";
  const auto end = rest.find(kEnd);
  const std::string_view file = rest.substr(0, end);
  rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + kEnd.size());
  return file;
}

void look(const ConfigErrors& said) {
  for (const ConfigError& one : said) {
    require(!one.message.empty(), "a complaint says what");
    require(no_control(one.text()), "a complaint holds no control characters");
  }
}

struct Texts {
  std::string_view settings;
  std::string_view wired;
  std::string_view lte;
};

template <class Target>
void apply(std::string_view text, const std::vector<Key<Target>>& keys, Target& target,
           Broken& broken, ConfigErrors& errors) {
  const SettingsText parsed = parse_settings_text("file", text);
  errors.insert(errors.end(), parsed.errors.begin(), parsed.errors.end());
  apply_entries(parsed, keys, {}, "another file", target, broken, errors);
}

// What is wrong with the texts alone.
ConfigErrors errors_of(const Texts& texts) {
  ConfigErrors errors;
  SettingsFile settings;
  apply(texts.settings, settings_keys(), settings.settings, settings.broken, errors);
  check_settings(settings, errors);
  std::vector<ProfileFile> profiles;
  for (const std::string_view text : {texts.wired, texts.lte}) {
    ProfileFile& file = profiles.emplace_back();
    file.profile.probe = settings.settings.probe;
    apply(text, profile_keys(), file.profile, file.broken, errors);
    check_profile(settings, file, errors);
  }
  check_together(settings, profiles, errors);
  return errors;
}

}  // namespace

void take(ByteView input) {
  std::string_view rest = text_of(input);
  Texts texts;
  texts.settings = next_file(rest);
  texts.wired = next_file(rest);
  texts.lte = next_file(rest);
  const ConfigErrors errors = errors_of(texts);
  look(errors);
  if (!errors.empty()) return;

  static const Directory directory;
  write(directory.path() / "settings", texts.settings);
  write(directory.path() / "profiles/wired", texts.wired);
  write(directory.path() / "profiles/lte", texts.lte);
  const LoadedConfiguration loaded = load_configuration(directory.path());
  look(loaded.warnings);
  if (!loaded.result) {
    require(!loaded.result.error().empty(), "what is refused is explained");
    look(loaded.result.error());
    return;
  }
  const Policy policy = make_policy(*loaded.result);
  require(policy.links.size() == 2, "every profile is a link");
  for (const auto& link : policy.links) {
    require(link.probe.interval.count() > 0 && link.probe.fast_interval.count() > 0,
            "probes have a pause between them");
  }
}

}  // namespace mwan::fuzz
