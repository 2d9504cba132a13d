// SPDX-License-Identifier: LGPL-2.1-or-later
// An ethernet card whose cable ends at a provider: a virtual one, which can be taken out with its
// card and put back. The provider's end stays in a namespace, as the bridge "lan". For the guest of
// tests/vm.
#pragma once

#include <string>

#include "tests/lab/netns.hpp"

namespace mwan::vm {

struct CablePlan {
  std::string near = "wan0";                  // our card
  std::string address = "02:00:5e:00:53:11";  // its hardware address
};

// NOTE Ownership: with the object both ends go.
class Cable {
 public:
  // Not plugged in yet.
  static Result<Cable> create(CablePlan plan);
  Cable(Cable&&) noexcept = default;
  Cable& operator=(Cable&&) = delete;
  ~Cable();

  // The card appears, down; the provider's end is up.
  Status plug();
  // The card is gone.
  Status unplug();
  // The card stays, and has a carrier or none.
  [[nodiscard]] Status set_carrier(bool on) const { return netns_.set_link("far", on); }

  [[nodiscard]] const CablePlan& plan() const { return plan_; }
  [[nodiscard]] const lab::NetNs& netns() const { return netns_; }

 private:
  Cable(CablePlan plan, lab::NetNs netns) : plan_(std::move(plan)), netns_(std::move(netns)) {}

  CablePlan plan_;
  lab::NetNs netns_;
  bool plugged_ = false;
};

}  // namespace mwan::vm
