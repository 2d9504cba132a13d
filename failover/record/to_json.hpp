// SPDX-License-Identifier: LGPL-2.1-or-later
// Writes a described value (describe.hpp) as JSON. Absent optionals are left out.
#pragma once

#include <chrono>
#include <cmath>
#include <concepts>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

#include <nlohmann/json.hpp>

#include "failover/record/describe.hpp"
#include "failover/record/enum_names.hpp"
#include "failover/record/link_names.hpp"

namespace mwan::failover {

// Keeps the order of the members, for people who read the log.
using OrderedJson = nlohmann::ordered_json;

class ToJson {
 public:
  explicit ToJson(const LinkNames& names) : names_(names) {}

  template <class T>
  void operator()(const char* key, const T& value) {
    out_[key] = encode(value);
  }
  template <class T>
  void operator()(const char* key, const std::optional<T>& value) {
    if (value) out_[key] = encode(*value);
  }

  // Of a described value: an object.
  template <class T>
  [[nodiscard]] static OrderedJson object(T value, const LinkNames& names) {
    ToJson writer(names);
    describe(writer, value);
    return std::move(writer.out_);
  }

 private:
  template <class T>
  [[nodiscard]] OrderedJson encode(const T& value) const {
    if constexpr (std::is_enum_v<T>) {
      return enum_name(value);
    } else if constexpr (std::is_same_v<T, double>) {
      return number(value);
    } else if constexpr (std::is_arithmetic_v<T> || std::is_same_v<T, std::string>) {
      return value;
    } else {
      return object(value, names_);
    }
  }
  template <class T>
  [[nodiscard]] OrderedJson encode(const std::vector<T>& values) const {
    OrderedJson out = OrderedJson::array();
    for (const T& value : values) out.push_back(encode(value));
    return out;
  }
  [[nodiscard]] OrderedJson encode(const Duration& value) const { return value.count(); }
  [[nodiscard]] OrderedJson encode(const LinkId& value) const { return names_.text(value); }
  [[nodiscard]] OrderedJson encode(const IpAddress& value) const { return value.text(); }
  [[nodiscard]] OrderedJson encode(const IpPrefix& value) const { return value.text(); }

  // JSON has no word for what is not a number; without one the reading would be lost.
  [[nodiscard]] static OrderedJson number(double value) {
    if (std::isnan(value)) return "nan";
    if (std::isinf(value)) return value > 0 ? "inf" : "-inf";
    return value;
  }

  const LinkNames& names_;
  OrderedJson out_ = OrderedJson::object();
};

}  // namespace mwan::failover
