// SPDX-License-Identifier: LGPL-2.1-or-later
// The plumbing, and what went through it: which device and addressing each link has, for a host
// that has to tell others.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "failover/run/plumbing.hpp"

namespace mwan::failover::ipfire {

struct BookedLink {
  PlumbingSlot slot;
  std::string netdev;
  IpConfig config;
};

// NOTE Ownership: the plumbing outlives it.
class LinkBook final : public Plumbing {
 public:
  explicit LinkBook(Plumbing& plumbing) : plumbing_(plumbing) {}

  // A link has other addressing in the kernel than before.
  void on_applied(std::function<void(const BookedLink&)> call) { applied_ = std::move(call); }
  [[nodiscard]] std::optional<BookedLink> find(const std::string& name) const {
    for (const auto& [number, link] : links_) {
      if (link.slot.name == name) return link;
    }
    return std::nullopt;
  }

  Status begin() override { return plumbing_.begin(); }
  Status note(const std::string& netdev, bool own_ipv6) override {
    return plumbing_.note(netdev, own_ipv6);
  }
  Status release(const std::string& netdev) override { return plumbing_.release(netdev); }
  Status apply(const PlumbingSlot& slot, const std::string& netdev,
               const IpConfig& config) override {
    if (auto done = plumbing_.apply(slot, netdev, config); !done) return done;
    const BookedLink link{slot, netdev, config};
    links_[slot.number] = link;
    if (applied_) applied_(link);
    return {};
  }
  Status withdraw(const PlumbingSlot& slot) override {
    links_.erase(slot.number);
    return plumbing_.withdraw(slot);
  }
  Status make_default(const PlumbingSlot& slot) override { return plumbing_.make_default(slot); }
  Status route_family(IpFamily family, const PlumbingSlot* by) override {
    return plumbing_.route_family(family, by);
  }
  Status join_families() override { return plumbing_.join_families(); }
  Status flush_flows(const PlumbingSlot& slot) override { return plumbing_.flush_flows(slot); }
  Status reset_flows(const PlumbingSlot& left, const PlumbingSlot& now) override {
    return plumbing_.reset_flows(left, now);
  }
  Status restore() override {
    links_.clear();
    return plumbing_.restore();
  }

 private:
  Plumbing& plumbing_;
  std::map<std::uint16_t, BookedLink> links_;  // by slot
  std::function<void(const BookedLink&)> applied_;
};

}  // namespace mwan::failover::ipfire
