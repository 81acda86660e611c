"""M/M/c on SimPy 4, written the way its documentation does: a process per customer and a Resource.

Usage: python3 mmc_simpy.py servers customers utilization mean_service_sec seed
Needs `simpy` to be importable (pip install simpy, or PYTHONPATH to its src folder).
"""

import json
import platform
import random
import sys
import time

try:
    import simpy
except ImportError:
    sys.exit('SimPy is not installed: pip install simpy, or set PYTHONPATH to the src folder of its sources')


def customer(env, servers, mean_service_sec, rng, waits):
    arrived = env.now
    with servers.request() as request:
        yield request
        waits[0] += env.now - arrived
        yield env.timeout(rng.expovariate(1 / mean_service_sec))


def source(env, customers, mean_gap_sec, servers, mean_service_sec, rng, waits):
    for _ in range(customers):
        yield env.timeout(rng.expovariate(1 / mean_gap_sec))
        env.process(customer(env, servers, mean_service_sec, rng, waits))


def main():
    server_count, customers = int(sys.argv[1]), int(sys.argv[2])
    utilization, mean_service_sec, seed = float(sys.argv[3]), float(sys.argv[4]), int(sys.argv[5])
    mean_gap_sec = mean_service_sec / (utilization * server_count)
    rng = random.Random(seed)
    waits = [0.0]
    start = time.perf_counter()
    env = simpy.Environment()
    servers = simpy.Resource(env, capacity=server_count)
    env.process(source(env, customers, mean_gap_sec, servers, mean_service_sec, rng, waits))
    env.run()
    seconds = time.perf_counter() - start
    print(json.dumps({
        'customers': customers,
        'seconds': seconds,
        'endUs': env.now * 1e6,
        'meanWaitSec': waits[0] / customers,
        'version': f'SimPy {getattr(simpy, "__version__", "?")}, Python {platform.python_version()}',
    }))


main()
