// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/mwan-config/edit/judge.hpp"

#include <algorithm>

namespace mwan::config_tool {
namespace {

using failover::ConfigError;
using failover::ConfigErrors;

// The same words about the same file; the line may be another one after the change.
bool contains(const ConfigErrors& all, const ConfigError& one) {
  return std::ranges::any_of(all, [&](const ConfigError& other) {
    return other.file == one.file && other.message == one.message;
  });
}

}  // namespace

ChangeVerdict judge(const std::string& directory, const failover::ChangedFiles& changes,
                    const std::set<std::string>& lines) {
  const auto before = failover::load_configuration(directory);
  const auto after = failover::load_configuration(directory, changes);
  const ConfigErrors old = before.result ? ConfigErrors{} : before.result.error();
  ChangeVerdict out;
  if (!after.result) {
    for (const ConfigError& error : after.result.error()) {
      const bool ours = lines.contains(error.file + ":" + std::to_string(error.line));
      (ours || !contains(old, error) ? out.against : out.still).push_back(error);
    }
  }
  for (const ConfigError& warning : after.warnings) {
    if (!contains(before.warnings, warning)) out.warnings.push_back(warning);
  }
  return out;
}

}  // namespace mwan::config_tool
