// SPDX-License-Identifier: LGPL-2.1-or-later
// What people decided, by the names of the links: as it is kept between runs and across reloads,
// where a link's number changes.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "failover/core/manual.hpp"
#include "hal/error.hpp"

namespace mwan::failover {

struct NamedManual {
  bool paused = false;
  std::string held;  // empty: none
  std::vector<std::string> maintenance;
  bool operator==(const NamedManual&) const = default;
  [[nodiscard]] bool none() const { return *this == NamedManual(); }
  // "paused; traffic held on lte; in maintenance: wired".
  [[nodiscard]] std::string words() const;
};

// One line a decision, as in the state file "manual": "paused", "held NAME", "maintenance NAME".
std::string encode(const NamedManual& manual);
Result<NamedManual> parse_named_manual(std::string_view text);

// names: of the links in force, by LinkId.
std::optional<LinkId> link_named(const std::vector<std::string>& names, const std::string& name);
// A link that is not among them keeps its maintenance.
NamedManual named(const Manual& manual, const std::vector<std::string>& names,
                  const NamedManual& before);
Manual numbered(const NamedManual& manual, const std::vector<std::string>& names);

}  // namespace mwan::failover
