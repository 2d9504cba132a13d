// SPDX-License-Identifier: LGPL-2.1-or-later
// Links are numbers in the engine and profile names in the decision log.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "failover/core/policy.hpp"
#include "hal/number.hpp"

namespace mwan::failover {

class LinkNames {
 public:
  LinkNames() = default;
  explicit LinkNames(const Policy& policy) {
    names_.reserve(policy.links.size());
    for (const auto& link : policy.links) names_.push_back(link.name);
  }

  // A link that the policy does not have is "#7": no profile's name begins so.
  [[nodiscard]] std::string text(LinkId link) const {
    return link.index < names_.size() ? names_[link.index] : "#" + std::to_string(link.index);
  }
  [[nodiscard]] std::optional<LinkId> find(std::string_view text) const {
    for (std::size_t i = 0; i < names_.size(); ++i) {
      if (names_[i] == text) return LinkId{static_cast<std::uint16_t>(i)};
    }
    if (!text.starts_with('#')) return std::nullopt;
    const auto index = whole_number<std::uint16_t>(text.substr(1));
    if (!index || *index < names_.size()) return std::nullopt;
    return LinkId{*index};
  }

 private:
  std::vector<std::string> names_;
};

}  // namespace mwan::failover
