// SPDX-License-Identifier: LGPL-2.1-or-later
// The questions of `profile add`: which device, and the few things that its kind needs. Asks
// through two functions, so that it does not know of terminals; every answer is checked as the
// daemon would.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "hal/discovery/group.hpp"
#include "tools/mwan-config/edit/words.hpp"

namespace mwan::config_tool {

struct Interviewer {
  std::function<void(const std::string& line)> say;
  // One line; nothing: the input has ended. A secret is not shown while it is typed.
  std::function<std::optional<std::string>(const std::string& question, bool secret)> ask;
};

struct InterviewFacts {
  std::span<const HardwareDevice> devices;
  // What else is known of a network device, by its name: which of several cards is it?
  std::map<std::string, std::string> notes;
  int next_priority = 1;
  bool targets_missing = false;  // PROBE_TARGETS is not set
  bool ipfire = false;           // RED is the primary, whatever the profiles say
};

struct InterviewAnswers {
  std::vector<Assignment> profile;
  std::vector<Assignment> settings;
};

// Nothing: the input ended, or three answers in a row were of no use.
std::optional<InterviewAnswers> interview(const InterviewFacts& facts, const Interviewer& with);

}  // namespace mwan::config_tool
