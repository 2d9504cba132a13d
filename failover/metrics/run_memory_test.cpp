// SPDX-License-Identifier: LGPL-2.1-or-later
#include "failover/metrics/run_memory.hpp"

#include <gtest/gtest.h>

namespace mwan::failover {
namespace {

TEST(RunMemory, IsReadAsItWasWritten) {
  const RunMemory memory{
      .penalty = 1.0 / 3, .switches = 18446744073709551615U, .taken = {{"lte", 7}, {"wired", 8}}};
  EXPECT_EQ(decode_run_memory(encode_run_memory(memory)), memory);
  EXPECT_EQ(decode_run_memory(encode_run_memory({})), RunMemory{});
}

TEST(RunMemory, TakesWhatMakesSenseAndLeavesTheRest) {
  const RunMemory memory = decode_run_memory(
      "penalty nan\nswitches -4\nswitches 12 \ntaken lte\ntaken lte x\ntaken wired 3\n\nhuh 1\n"
      "switches 99999999999999999999999");
  EXPECT_EQ(memory, (RunMemory{.penalty = 0, .switches = 12, .taken = {{"wired", 3}}}));
  EXPECT_EQ(decode_run_memory(""), RunMemory{});
  EXPECT_EQ(decode_run_memory(std::string("\0\xff\n", 3)), RunMemory{});
}

}  // namespace
}  // namespace mwan::failover
