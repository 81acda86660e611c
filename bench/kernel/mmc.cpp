// M/M/c on std::priority_queue: the program mmc.ts is measured against. Same model, same order of events (time, rank,
// sequence), same generator from the same states, so both print the same end of run; std::log differs in the last bit
// at most, which rounding to microseconds nearly always hides.
// Usage: mmc servers customers utilization meanServiceSec  s0 s1 s2 c (arrivals)  s0 s1 s2 c (services)
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <queue>
#include <vector>

struct Event { int64_t atUs; uint64_t tieKey; int32_t payload; };

struct Later {
  bool operator()(const Event& a, const Event& b) const {
    return a.atUs != b.atUs ? a.atUs > b.atUs : a.tieKey > b.tieKey;
  }
};

struct Alea {  // Baagoe's Alea, as in the seedrandom library
  double s0, s1, s2, c;
  double next() {
    double t = 2091639 * s0 + c * 2.3283064365386963e-10;
    s0 = s1;
    s1 = s2;
    c = static_cast<int32_t>(t);
    return s2 = t - c;
  }
  double nextOpen() {
    for (;;) {
      double high = next();
      double u = high + static_cast<int32_t>(next() * 0x200000) * 1.1102230246251565e-16;
      if (u > 0) return u;
    }
  }
};

int main(int argc, char** argv) {
  if (argc != 13) return 2;
  auto number = [&](int i) { return std::atof(argv[i]); };
  const int servers = std::atoi(argv[1]);
  const long customers = std::atol(argv[2]);
  const double meanServiceSec = number(4), meanGapSec = meanServiceSec / (number(3) * servers);
  Alea arrivals{number(5), number(6), number(7), number(8)}, services{number(9), number(10), number(11), number(12)};
  const auto start = std::chrono::steady_clock::now();

  std::priority_queue<Event, std::vector<Event>, Later> queue;
  std::vector<int32_t> freeServers;
  for (int i = servers - 1; i >= 0; i--) freeServers.push_back(i);
  std::deque<int64_t> waiting;
  int64_t nowUs = 0, totalWaitUs = 0;
  uint64_t sequence = 0;
  long arrived = 0, events = 0;
  auto schedule = [&](double delaySec, uint64_t rank, int32_t payload) {
    queue.push({nowUs + std::llround(delaySec * 1e6), (rank << 44) + sequence++, payload});
  };
  auto scheduleArrival = [&] { schedule(-std::log(arrivals.nextOpen()) * meanGapSec, 1, -1); };
  auto startService = [&](int32_t server) { schedule(-std::log(services.nextOpen()) * meanServiceSec, 0, server); };

  scheduleArrival();
  while (!queue.empty()) {
    const Event event = queue.top();
    queue.pop();
    nowUs = event.atUs;
    events++;
    if (event.payload < 0) {
      if (++arrived < customers) scheduleArrival();
      if (freeServers.empty()) {
        waiting.push_back(nowUs);
      } else {
        const int32_t server = freeServers.back();
        freeServers.pop_back();
        startService(server);
      }
    } else if (!waiting.empty()) {
      totalWaitUs += nowUs - waiting.front();
      waiting.pop_front();
      startService(event.payload);
    } else {
      freeServers.push_back(event.payload);
    }
  }

  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  std::printf("{\"events\":%ld,\"endUs\":%ld,\"meanWaitSec\":%.17g,\"seconds\":%.6f}\n", events, (long)nowUs,
              totalWaitUs / 1e6 / customers, seconds);
}
