// SPDX-License-Identifier: LGPL-2.1-or-later
// The plumbing of links in the kernel: each in a table of its own, one of them the default of the
// system, and everything given back at the end.
#pragma once

#include <array>
#include <functional>
#include <map>
#include <optional>
#include <string>

#include "hal/error.hpp"
#include "hal/ip_config.hpp"
#include "hal/link_event.hpp"
#include "netlink/found_state.hpp"
#include "netlink/link_plan.hpp"
#include "netlink/netlink.hpp"
#include "netlink/problems.hpp"

namespace mwan::netlink {

struct LinkTablesConfig {
  // Table of link N is table_base + N. IPFire has 200, 201 and 220; 253-255 are the kernel's.
  std::uint32_t table_base = 7700;
  // Link N has the rules rule_priority + 2 N and the one after; all before the main table's 32766.
  std::uint32_t rule_priority = 7700;
  // Of the default route in the main table. Other defaults with this metric or a better one are
  // set aside until restore().
  std::uint32_t metric = 0;
  // Behind that route the same one again with the next metric, and those of all links that are
  // applied with the metrics after it (metric + 2 + N). When a device disappears the kernel itself
  // goes on by the next one, before anybody can be told; and a route that somebody deletes is
  // missed by no packet until it is put back. A family without a default route has none of them.
  bool fallbacks = false;
  // Called before each change that restore() has to know of after a crash: keep the value safe
  // before returning. May be empty.
  std::function<void(const FoundState&)> before_change;
};

// Every call is idempotent and makes what it can: on an error the rest is still tried, and a later
// call with the same arguments completes the work.
// NOTE Ownership: the Netlink outlives this. Destroying it changes nothing in the kernel.
class LinkTables {
 public:
  LinkTables(Netlink& netlink, LinkTablesConfig config);

  // The device is about to be used, perhaps set up by its driver: remember how it is now. Nothing
  // happens when there is no such device yet. own_ipv6: its IPv6 addresses will come from us alone;
  // the kernel neither makes some nor routes of what routers advertise, but does make the
  // link-local address that everything on the link needs.
  Status note(const std::string& netdev, bool own_ipv6 = false);
  // The device is not used any more, and its driver has ended: what note() changed goes back.
  // Nothing happens while a link is applied on it.
  Status release(const std::string& netdev);

  // Device up, MTU, addresses, own table, rules. With another config than before (renumbering) the
  // new things are made first, also the default route when this link has it; then the old ones go.
  // FailureClass::Gone when there is no such device.
  Status apply(LinkId link, const std::string& netdev, const IpConfig& config);

  // Removes all that apply() and make_default() made for this link, also when the device is gone:
  // addresses only if they were added here; the device is set down only if apply() set it up (it is
  // its driver's to decide otherwise, until restore()).
  Status withdraw(LinkId link);

  // Moves the system's default route to this link, which has been applied: one atomic replacement
  // per address family. A family that this link does not have gets no default of ours any more.
  // A family that route_family() gave to another link stays there.
  Status make_default(LinkId link);
  // From now on the default route of this family is by that link, which has been applied; nothing:
  // there is none of ours. To the link that has the default route it means: as the others.
  Status route_family(IpFamily family, std::optional<LinkId> by);
  // All families go with the link that has the default route.
  Status join_families();
  // Puts back the default routes of ours that somebody removed or replaced; those of a device that
  // is gone or down wait until their link is left or applied again. Whether there was one.
  Result<bool> keep_default();
  [[nodiscard]] std::optional<LinkId> active() const { return active_; }

  // The default route of ours stays, behind every other: whoever makes one from now on gets the
  // traffic. Until the next make_default().
  Status step_back();
  // The host has its default route back, and ours goes. put_back: the defaults that were found are
  // made again; otherwise only of a family that has none. The next make_default() looks anew at
  // what there is. The link stays applied.
  Status yield_default(bool put_back);
  // Whatever was made on a device is its owner's from now on: neither withdraw() nor restore()
  // changes it.
  void disown(const std::string& netdev);

  // The defaults that were found go back, everything of ours goes: also what an earlier run left.
  Status restore();
  // Take over what an earlier run found, before anything is applied; then restore() gives back what
  // that run would have.
  void adopt(FoundState found) { found_ = std::move(found); }
  [[nodiscard]] const FoundState& found() const { return found_; }

 private:
  struct Applied {
    LinkInfo device;
    IpConfig config;
    bool set_up = false;  // the device, by apply()
  };

  [[nodiscard]] std::uint32_t table_of(LinkId link) const {
    return config_.table_base + link.index;
  }
  [[nodiscard]] std::uint32_t priority_of(LinkId link) const;
  [[nodiscard]] std::optional<LinkId> owner_of(const Rule& rule) const;
  void about_to_change() const;
  FoundLink& found_link(const LinkInfo& device);
  FoundLink* known_link(const LinkInfo& device);
  void bring_up(FoundLink& found, const LinkInfo& device, const IpConfig& config,
                Problems& problems);
  void add_addresses(const LinkInfo& device, const LinkPlan& plan, Problems& problems);
  void remove_stale(LinkId link, const LinkInfo& device, const LinkPlan& plan, Problems& problems);
  void remove_addresses(const LinkInfo& device, const std::vector<IpPrefix>& keep,
                        Problems& problems);
  void take_ipv6(FoundLink& found, Problems& problems);
  void give_back_ipv6(const FoundLink& found, const LinkInfo& device, Problems& problems);
  enum class Finally { No, Yes };
  void give_back(const LinkInfo& device, Finally finally, Problems& problems);
  void remove_defaults_of(std::uint32_t ifindex, Problems& problems);
  void remove_rules(const std::function<bool(const Rule&)>& which, Problems& problems);
  void move_default(IpFamily family, Problems& problems);
  [[nodiscard]] std::optional<Route> wanted_default(IpFamily family) const;
  [[nodiscard]] std::vector<Route> wanted_fallbacks(IpFamily family) const;
  void tend_fallbacks(IpFamily family);
  [[nodiscard]] std::optional<LinkId> carrier_of(IpFamily family) const;
  std::optional<std::optional<LinkId>>& exception_of(IpFamily family) {
    return exceptions_.at(family == IpFamily::V4 ? 0 : 1);
  }
  Status note_defaults();
  void set_aside(IpFamily family, const Route& ours, Problems& problems);
  void put_back_defaults(Problems& problems, std::optional<IpFamily> only = std::nullopt);

  Netlink& netlink_;
  LinkTablesConfig config_;
  FoundState found_;
  std::map<LinkId, Applied> links_;
  std::optional<LinkId> active_;
  bool behind_ = false;  // ours is the last of all defaults
  // Families that do not go with it: by which link, if any.
  std::array<std::optional<std::optional<LinkId>>, 2> exceptions_;
};

}  // namespace mwan::netlink
