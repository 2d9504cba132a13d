// SPDX-License-Identifier: LGPL-2.1-or-later
// A shared library that is loaded when a probe needs it: with what it depends on it would cost
// every daemon memory. Stays loaded: such libraries leave handlers in the process.
#pragma once

#include <string>

#include <dlfcn.h>

#include "hal/error.hpp"

namespace mwan::failover {

class Library {
 public:
  explicit Library(const char* name) : name_(name), handle_(dlopen(name, RTLD_NOW | RTLD_LOCAL)) {}

  // What a target of this kind needs; wanted_by: "dns:". After find() of all.
  [[nodiscard]] Status loaded(const std::string& wanted_by) const {
    if (handle_ != nullptr && whole_) return {};
    const char* said = dlerror();
    return failed(FailureClass::Permanent, wanted_by,
                  std::string(name_) +
                      " cannot be loaded: " + (said != nullptr ? said : "it lacks functions") +
                      "; install it, or take such targets out of PROBE_TARGETS");
  }
  template <class F>
  void find(F& function, const char* symbol) {
    if (handle_ == nullptr) return;
    function = reinterpret_cast<F>(dlsym(handle_, symbol));
    if (function == nullptr) whole_ = false;
  }

 private:
  const char* name_;
  void* handle_;
  bool whole_ = true;
};

}  // namespace mwan::failover
