// SPDX-License-Identifier: LGPL-2.1-or-later
// What the kernel has told about one kind of object, to tell changes from repetitions.
#pragma once

#include <map>
#include <utility>
#include <vector>

namespace mwan::netlink {

enum class Change { New, Gone };  // New also for an object that was known with other values

template <class Key, class T>
class Cache {
 public:
  // True when this is news.
  bool put(const Key& key, const T& value) {
    const auto [at, fresh] = items_.try_emplace(key, value);
    if (fresh) return true;
    if (at->second == value) return false;
    at->second = value;
    return true;
  }
  // True when it was there.
  bool drop(const Key& key) { return items_.erase(key) != 0; }

  // Calls tell(Change, const T&) for all that which() selects, and forgets it.
  template <class Which, class Tell>
  void drop_if(Which which, Tell tell) {
    std::vector<T> gone;
    std::erase_if(items_, [&](const auto& item) {
      if (!which(item.second)) return false;
      gone.push_back(item.second);
      return true;
    });
    for (const T& value : gone) tell(Change::Gone, value);
  }

  // Makes this equal to a full list, among those that which() selects, and tells the difference:
  // first what is gone.
  template <class KeyOf, class Which, class Tell>
  void sync(const std::vector<T>& list, KeyOf key_of, Which which, Tell tell) {
    std::map<Key, const T*> wanted;
    for (const T& value : list) {
      if (which(value)) wanted[key_of(value)] = &value;
    }
    drop_if([&](const T& value) { return which(value) && !wanted.contains(key_of(value)); }, tell);
    for (const auto& [key, value] : wanted) {
      if (put(key, *value)) tell(Change::New, *value);
    }
  }

  [[nodiscard]] const std::map<Key, T>& items() const { return items_; }

 private:
  std::map<Key, T> items_;
};

}  // namespace mwan::netlink
