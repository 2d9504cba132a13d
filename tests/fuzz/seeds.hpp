// SPDX-License-Identifier: LGPL-2.1-or-later
// Inputs to begin with, made by the project's own encoders: from nothing the fuzzer would take
// hours to find a well-formed message.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace mwan::fuzz {

// By target; within it the order gives the file its name.
class Seeds {
 public:
  void add(const std::string& target, std::vector<std::uint8_t> input) {
    by_target_[target].push_back(std::move(input));
  }
  void add(const std::string& target, std::string_view text) {
    add(target, std::vector<std::uint8_t>(text.begin(), text.end()));
  }
  [[nodiscard]] const auto& by_target() const { return by_target_; }

 private:
  std::map<std::string, std::vector<std::vector<std::uint8_t>>> by_target_;
};

void add_mbim_seeds(Seeds& seeds);
void add_qmi_seeds(Seeds& seeds);
void add_network_seeds(Seeds& seeds);
void add_text_seeds(Seeds& seeds);
void add_usb_seeds(Seeds& seeds);

}  // namespace mwan::fuzz
