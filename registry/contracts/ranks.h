// One of several processes that train one run together, each on its part of every batch
// (docs/distributed.md): which of them this is, and where it finds the others.
#pragma once

#include <functional>
#include <string>

namespace assay {

struct RankPlace {
  int rank = 0;  // from 0: that one writes the record
  int size = 1;
  std::string host = "127.0.0.1";  // of rank 0, where all of them meet
  int port = 0;
  int listening = -1;      // of rank 0: a socket that listens there already, taken over; -1: it opens one
  bool is_served = false;  // another program listens there, as torchrun does
  std::string run;         // what is trained: the same text in all, else they refuse
  double arrival_s = 300;  // how long for all of them to come
  double answer_s = 1800;  // how long for any of them to take its part in a sum
  /// What the program that started them knows of one that was lost, as "rank 1 was killed by signal 9"; waits
  /// so long for it. Empty, also as an answer: it knows nothing.
  std::function<std::string(double wait_s)> cause_of_loss = {};
};

}  // namespace assay
