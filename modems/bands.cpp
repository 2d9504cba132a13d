// SPDX-License-Identifier: LGPL-2.1-or-later
#include "modems/bands.hpp"

#include <algorithm>
#include <iterator>
#include <span>

#include <fmt/format.h>

namespace mwan {
namespace {

struct Range {
  std::uint32_t first;
  std::uint32_t last;
  std::uint16_t band;
  int mhz;
};
// Each ascending by first, without overlaps.
constexpr Range kGsm[] = {
    {0, 124, 900, 900}, {128, 251, 850, 850}, {811, 885, 1800, 1800}, {955, 1023, 900, 900}};
constexpr Range kUmts[] = {
    {712, 763, 19, 850},   {862, 912, 21, 1500},  {1162, 1513, 3, 1800},  {1537, 1738, 4, 1700},
    {2237, 2563, 7, 2600}, {2937, 3088, 8, 900},  {3112, 3388, 10, 1700}, {3712, 3787, 11, 1500},
    {3842, 3903, 12, 700}, {4017, 4043, 13, 700}, {4117, 4143, 14, 700},  {4357, 4458, 5, 850},
    {4512, 4638, 20, 800}, {9237, 9387, 9, 1800}, {9662, 9938, 2, 1900},  {10562, 10838, 1, 2100},
};
constexpr Range kLte[] = {
    {0, 599, 1, 2100},        {600, 1199, 2, 1900},     {1200, 1949, 3, 1800},
    {1950, 2399, 4, 1700},    {2400, 2649, 5, 850},     {2750, 3449, 7, 2600},
    {3450, 3799, 8, 900},     {4150, 4749, 10, 1700},   {4750, 4949, 11, 1500},
    {5010, 5179, 12, 700},    {5180, 5279, 13, 700},    {5280, 5379, 14, 700},
    {5730, 5849, 17, 700},    {5850, 5999, 18, 850},    {6000, 6149, 19, 850},
    {6150, 6449, 20, 800},    {6450, 6599, 21, 1500},   {6600, 7399, 22, 3500},
    {8040, 8689, 25, 1900},   {8690, 9039, 26, 850},    {9210, 9659, 28, 700},
    {9660, 9769, 29, 700},    {9770, 9869, 30, 2300},   {9870, 9919, 31, 450},
    {9920, 10359, 32, 1500},  {36000, 36199, 33, 2100}, {36200, 36349, 34, 2100},
    {37750, 38249, 38, 2600}, {38250, 38649, 39, 1900}, {38650, 39649, 40, 2300},
    {39650, 41589, 41, 2500}, {41590, 43589, 42, 3500}, {43590, 45589, 43, 3700},
    {46790, 54539, 46, 5200}, {55240, 56739, 48, 3600}, {65536, 66435, 65, 2100},
    {66436, 67335, 66, 1700}, {67336, 67535, 67, 700},  {67536, 67835, 68, 700},
    {68586, 68935, 71, 600},  {68936, 68985, 72, 450}};

std::span<const Range> ranges(Rat rat) {
  if (rat == Rat::Gsm) return kGsm;
  if (rat == Rat::Umts) return kUmts;
  if (rat == Rat::Lte) return kLte;
  return {};
}

}  // namespace

std::optional<std::uint16_t> band_of(Rat rat, std::uint32_t channel) {
  const auto table = ranges(rat);
  const auto after = std::ranges::upper_bound(table, channel, {}, &Range::first);
  if (after == table.begin()) return std::nullopt;
  const Range& range = *std::prev(after);
  if (channel > range.last) return std::nullopt;
  return range.band;
}

std::string band_name(Rat rat, std::uint16_t band) {
  if (rat == Rat::Gsm) return fmt::format("GSM {}", band);
  if (rat == Rat::NrSa || rat == Rat::NrNsa) return fmt::format("n{}", band);
  const auto table = ranges(rat);
  const auto known = std::ranges::find(table, band, &Range::band);
  if (known == table.end()) return fmt::format("band {}", band);
  return fmt::format("band {} ({} MHz)", band, known->mhz);
}

}  // namespace mwan
