// SPDX-License-Identifier: LGPL-2.1-or-later
// The kernel loads nftables at its first use, which takes long: the daemon has that done before
// links come up, not while one of them is waited for.
#include <iostream>

#include <fmt/format.h>

#include "tests/lab/clock.hpp"
#include "tests/vm/plug/plug_lab.hpp"

namespace mwan::vm {
namespace {

class FirstNat : public PlugLab {};

TEST_F(FirstNat, IsPaidForAtTheStart) {
  // As after booting; what ran here before has loaded them.
  says({"modprobe", "-r", "nft_reject_inet", "nft_masq", "nft_chain_nat", "nft_fib_inet", "nft_fib",
        "nft_ct", "nf_tables"});
  ASSERT_FALSE(std::filesystem::exists("/sys/module/nf_tables")) << says({"lsmod"});
  Device wired = cable("wired", 1);
  write_profile("wired",
                "KIND=ethernet\nPRIORITY=1\nMATCH=mac:02:00:5e:00:53:31\nADDRESS=10.70.1.2/24\n"
                "GATEWAY=10.70.1.1\n");
  const Instant begun = lab::now();
  start_daemon();
  const Instant started = lab::now();
  for (const char* module :
       {"nf_tables", "nft_ct", "nft_fib_inet", "nft_masq", "nft_chain_nat", "nft_reject_inet"}) {
    EXPECT_TRUE(std::filesystem::exists(std::string("/sys/module/") + module)) << module;
  }
  EXPECT_THAT(says({"nft", "list", "ruleset"}), testing::IsEmpty());
  REQUIRE_OK(wired.plug());
  ASSERT_TRUE(soon([] { return good("wired"); })) << log();
  const auto any = [](const nlohmann::json&) { return true; };
  const auto addressed = decided("/event/addressing", begun, any);
  const auto applied = decided("/event/config_applied", begun, any);
  ASSERT_TRUE(addressed && applied) << log();
  std::cout << fmt::format(
      "in the emulator: start {} ms, of a link's first addresses until they and NAT are in the "
      "kernel {} ms\n",
      to_ms(started - begun), to_ms(*applied - *addressed));
  REQUIRE_OK(wired.unplug());
  stop_daemon();
}

}  // namespace
}  // namespace mwan::vm
