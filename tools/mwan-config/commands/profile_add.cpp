// SPDX-License-Identifier: LGPL-2.1-or-later
#include <algorithm>
#include <charconv>
#include <cstdio>

#include <fmt/format.h>
#include <unistd.h>

#include "failover/host/ipfire/paths.hpp"
#include "tools/mwan-config/commands/commands.hpp"
#include "tools/mwan-config/edit/change.hpp"
#include "tools/mwan-config/profile/device_notes.hpp"
#include "tools/mwan-config/profile/found_devices.hpp"
#include "tools/mwan-config/profile/interview.hpp"
#include "tools/mwan-config/profile/try_link.hpp"
#include "tools/mwan-config/read_files.hpp"
#include "tools/mwan-config/status_words.hpp"
#include "tools/mwan-config/talk.hpp"

namespace mwan::config_tool {
namespace {

// Byte by byte, because secrets are read from the same descriptor.
std::optional<std::string> read_answer() {
  constexpr std::size_t longest = 1000;
  std::string out;
  char byte = 0;
  while (::read(STDIN_FILENO, &byte, 1) == 1) {
    if (byte == '\n') return out;
    if (byte != '\r') out += byte;
    if (out.size() > longest) return std::nullopt;
  }
  return out.empty() ? std::nullopt : std::optional(out);
}

Interviewer on_terminal() {
  return {.say = [](const std::string& line) { fmt::print("{}\n", printable(line)); },
          .ask = [](const std::string& question, bool secret) -> std::optional<std::string> {
            if (secret && ::isatty(STDIN_FILENO) != 0) {
              std::fflush(stdout);
              const auto said = ask_for_secret(question.substr(0, question.rfind(':')));
              // An empty one is an answer as well: there is none.
              return said ? *said : std::string();
            }
            fmt::print("{}", question);
            std::fflush(stdout);
            return read_answer();
          }};
}

std::string value_in(const ShownFile& file, const std::string& key) {
  const auto at = std::ranges::find(file.text.entries, key, &failover::SettingsEntry::key);
  return at == file.text.entries.end() ? "" : at->value;
}

// The tens after the last one that is taken.
int next_priority(const Options& options) {
  const auto names = profile_names(options.config_dir);
  int last = 0;
  if (names) {
    for (const std::string& name : *names) {
      const auto profile = read_shown(options.config_dir, file_of(name));
      const std::string text = profile ? value_in(*profile, "PRIORITY") : "";
      int priority = 0;
      std::from_chars(text.data(), text.data() + text.size(), priority);
      last = std::max(last, priority);
    }
  }
  return std::min(1000, (last / 10 + 1) * 10);
}

bool on_ipfire() {
  return ::access(failover::ipfire::Paths().ethernet_settings().c_str(), F_OK) == 0;
}

std::optional<InterviewAnswers> ask_people(const Options& options) {
  const auto devices = found_devices();
  if (!devices) complain("devices could not be listed: " + devices.error().text());
  const auto settings = read_shown(options.config_dir, "settings");
  const InterviewFacts facts{
      .devices =
          devices ? std::span<const HardwareDevice>(*devices) : std::span<const HardwareDevice>(),
      .notes = device_notes(look_at_devices(options.config_dir)),
      .next_priority = next_priority(options),
      .targets_missing = !settings || value_in(*settings, "PROBE_TARGETS").empty(),
      .ipfire = on_ipfire()};
  return interview(facts, on_terminal());
}

std::optional<InterviewAnswers> from_words(const Options& options) {
  InterviewAnswers out;
  for (const std::string& word : options.sets) {
    const auto assignment = parse_assignment(word, true);
    if (!assignment) {
      complain(assignment.error());
      return std::nullopt;
    }
    out.profile.push_back(*assignment);
  }
  return out;
}

int add(const Options& options, ConfigEditor& editor) {
  const auto there = editor.read(file_of(options.link));
  if (!there) return not_done(there.error());
  if (*there) {
    complain(fmt::format("there is a profile {} already; mwan-config profile edit {}", options.link,
                         options.link));
    return Refused;
  }
  const auto answers = options.sets.empty() ? ask_people(options) : from_words(options);
  if (!answers) {
    if (options.sets.empty()) complain("no answer that could be used");
    complain("nothing was changed");
    return BadConfiguration;
  }
  Change change;
  int code = assign(options, editor, {options.link, answers->profile}, change);
  if (code == Done && !answers->settings.empty()) {
    code = assign(options, editor, {"", answers->settings}, change);
  }
  return code == Done ? write_change(options, editor, change) : code;
}

}  // namespace

int run_profile_add(const Options& options) {
  if (!is_profile_name(options.link)) {
    complain(options.link +
             ": a profile's name has 1 to 32 letters, digits, \"_\", \".\" and \"-\", and begins "
             "with none of the last two");
    return BadConfiguration;
  }
  {
    auto editor = ConfigEditor::open(options.config_dir);
    if (!editor) return not_done(editor.error());
    if (const int code = add(options, *editor); code != Done) return code;
  }
  fmt::print("Written: {}/{}\n", options.config_dir, file_of(options.link));
  if (const int code = reload_after_change(options); code != Done) return code;
  if (options.no_test) return Done;
  // What it finds is advice: the profile is there.
  const int tried = run_profile_test(options);
  return tried == NotRunning ? Done : tried;
}

}  // namespace mwan::config_tool
