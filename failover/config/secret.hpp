// SPDX-License-Identifier: LGPL-2.1-or-later
// A password or PIN that cannot be printed by accident.
#pragma once

#include <ostream>
#include <string>
#include <utility>

#include <fmt/format.h>

namespace mwan::failover {

class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string text) : text_(std::move(text)) {}

  [[nodiscard]] bool empty() const { return text_.empty(); }
  // For the device or server it is meant for, and nothing else.
  [[nodiscard]] const std::string& reveal() const { return text_; }

  bool operator==(const Secret&) const = default;
  friend std::ostream& operator<<(std::ostream& out, const Secret& /*secret*/) {
    return out << "***";
  }

 private:
  std::string text_;
};

}  // namespace mwan::failover

template <>
struct fmt::formatter<mwan::failover::Secret> : fmt::formatter<fmt::string_view> {
  template <class Context>
  auto format(const mwan::failover::Secret& /*secret*/, Context& context) const {
    return fmt::formatter<fmt::string_view>::format("***", context);
  }
};
