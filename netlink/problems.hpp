// SPDX-License-Identifier: LGPL-2.1-or-later
// Several steps that are all tried, and one Status that says what did not work.
#pragma once

#include <string>

#include "hal/error.hpp"

namespace mwan::netlink {

class Problems {
 public:
  // True when the step worked.
  template <class T>
  bool check(const Result<T>& step) {
    if (step) return true;
    add(step.error());
    return false;
  }
  void add(const Error& error) {
    if (text_.empty()) {
      failure_ = error.failure;
    } else {
      text_ += "; ";
    }
    text_ += error.text();
  }
  [[nodiscard]] bool none() const { return text_.empty(); }
  // The failure class is that of the first problem.
  [[nodiscard]] Status status(std::string where) const {
    if (none()) return {};
    return failed(failure_, std::move(where), text_);
  }

 private:
  FailureClass failure_ = FailureClass::Transient;
  std::string text_;
};

}  // namespace mwan::netlink
