// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/mwan-replay/policy.hpp"

#include <algorithm>

#include "failover/config/load.hpp"

namespace mwan::replay {
namespace {

using std::chrono_literals::operator""s;

Result<failover::Policy> configured(const std::string& folder, std::size_t links) {
  const failover::LoadedConfiguration loaded = failover::load_configuration(folder);
  if (!loaded.result) {
    std::string all;
    for (const auto& error : loaded.result.error()) {
      all += (all.empty() ? "" : "\n") + error.text();
    }
    return failed(FailureClass::Permanent, "", all);
  }
  failover::Policy policy = make_policy(*loaded.result);
  if (policy.links.size() < links) {
    return failed(FailureClass::Permanent, folder,
                  "has " + std::to_string(policy.links.size()) + " profiles for " +
                      std::to_string(links) + " recordings");
  }
  std::ranges::stable_sort(policy.links, {}, &failover::LinkPolicy::priority);
  policy.links.resize(links);
  return policy;
}

failover::Policy of_defaults(std::size_t links) {
  failover::Policy policy;
  for (std::size_t i = 0; i < links; ++i) {
    failover::LinkPolicy link;
    link.name = i < 26 ? std::string(1, static_cast<char>('A' + i)) : "link" + std::to_string(i);
    link.kind = LinkKind::Modem;
    link.probe.interval = 1s;
    link.probe.fast_interval = 1s;
    policy.links.push_back(std::move(link));
  }
  return policy;
}

}  // namespace

Result<failover::Policy> make_replay_policy(const Options& options, std::size_t links) {
  failover::Policy policy;
  if (options.settings.empty()) {
    policy = of_defaults(links);
  } else {
    auto read = configured(options.settings, links);
    if (!read) return failed(read.error());
    policy = std::move(*read);
  }
  if (options.mode == Mode::Pings) policy.evidence = failover::Evidence::Pings;
  if (options.switch_price) policy.risk.switch_price = *options.switch_price;
  return policy;
}

}  // namespace mwan::replay
