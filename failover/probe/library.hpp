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

  // What a target of this kind needs; wanted_by: "dns:". Once all functions have been asked for.
  [[nodiscard]] Status loaded(const std::string& wanted_by) const {
    if (handle_ != nullptr && whole_) return {};
    const char* said = dlerror();
    return failed(FailureClass::Permanent, wanted_by,
                  std::string(name_) +
                      " cannot be loaded: " + (said != nullptr ? said : "it lacks functions") +
                      "; install it, or take such targets out of PROBE_TARGETS");
  }

  // What dlsym() found; becomes a pointer to a function of whatever type it is stored as.
  class Symbol {
   public:
    explicit Symbol(void* found) : found_(found) {}
    template <class F>
    operator F*() const {  // NOLINT(google-explicit-constructor)
      return reinterpret_cast<F*>(found_);
    }

   private:
    void* found_;
  };
  Symbol operator[](const char* symbol) {
    void* found = handle_ == nullptr ? nullptr : dlsym(handle_, symbol);
    if (found == nullptr) whole_ = false;
    return Symbol(found);
  }

 private:
  const char* name_;
  void* handle_;
  bool whole_ = true;
};

}  // namespace mwan::failover
