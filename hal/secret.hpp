// SPDX-License-Identifier: LGPL-2.1-or-later
// A PIN or a password: it can be compared and handed to the modem, and it never prints.
#pragma once

#include <cstring>
#include <ostream>
#include <string>
#include <utility>

namespace mwan {

class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string text) : text_(std::move(text)) {}
  Secret(const Secret&) = default;
  Secret& operator=(const Secret&) = default;
  ~Secret() { explicit_bzero(text_.data(), text_.size()); }

  [[nodiscard]] bool empty() const { return text_.empty(); }
  // For the one place that encodes the request; never for messages.
  [[nodiscard]] const std::string& reveal() const { return text_; }
  bool operator==(const Secret&) const = default;

  friend std::ostream& operator<<(std::ostream& out, const Secret& secret) {
    return out << (secret.empty() ? "(none)" : "(hidden)");
  }

 private:
  std::string text_;
};

}  // namespace mwan
