// Several ranks in one process, each a thread: what they do together, and what each ends with.
#pragma once

#include <exception>
#include <functional>
#include <thread>
#include <vector>

#include "core/error.h"
#include "core/io/sockets.h"
#include "registry/contracts/ranks.h"

namespace assay::testing {

/// Places of so many ranks, which meet at a free port of the loopback and wait no longer than a test should.
inline std::vector<RankPlace> places(int size) {
  Descriptor socket = listen_at("127.0.0.1", 0);
  std::vector<RankPlace> out(static_cast<std::size_t>(size));
  for (int rank = 0; rank < size; ++rank) {
    RankPlace& place = out[static_cast<std::size_t>(rank)];
    place.rank = rank;
    place.size = size;
    place.port = port_of(socket.get());
    place.run = "a run";
    place.arrival_s = place.answer_s = 30;
  }
  out.front().listening = socket.release();
  return out;
}

/// Runs `body` once for each place, all at a time, and returns what each threw; null where it threw nothing.
inline std::vector<std::exception_ptr> caught_of_each(const std::vector<RankPlace>& ranks,
                                                      const std::function<void(const RankPlace&)>& body) {
  std::vector<std::exception_ptr> caught(ranks.size());
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < ranks.size(); ++i) {
    threads.emplace_back([&, i] {
      try {
        body(ranks[i]);
      } catch (...) {
        caught[i] = std::current_exception();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  return caught;
}

/// As above; the first exception is thrown on.
inline void in_each(const std::vector<RankPlace>& ranks, const std::function<void(const RankPlace&)>& body) {
  for (const std::exception_ptr& caught : caught_of_each(ranks, body)) {
    if (caught) std::rethrow_exception(caught);
  }
}

/// Its words; empty if it is none.
inline std::string words_of(const std::exception_ptr& caught) {
  if (!caught) return {};
  try {
    std::rethrow_exception(caught);
  } catch (const std::exception& error) {
    return error.what();
  }
}

}  // namespace assay::testing
