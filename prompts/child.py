"""The child process of `prompts.embedded`: serves one model file until its standard input closes.

Reads one JSON line (path, key, context, parallel, threads), loads the model, writes the server's address to standard
output, and waits. Everything the engine prints goes to the log file that is its standard error.
"""

from __future__ import annotations

import json
import os
import select
import sys
from typing import Any


def serve(plan: dict[str, Any]) -> Any:
    """Start the server; the returned object keeps it alive."""
    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path = plan["path"]
    params.hostnames, params.port, params.api_keys = ["127.0.0.1"], 0, [plan["key"]]
    params.n_ctx, params.n_parallel = plan["context"], plan["parallel"]
    params.cpuparams.n_threads = plan["threads"]
    params.cache_prompt = params.kv_unified = True  # one long request may use the context of an idle neighbour
    params.offline, params.endpoint_slots, params.ui = True, False, False  # /slots would show other people's prompts
    return xllamacpp.Server(params)


def main() -> None:
    plan = json.loads(sys.stdin.readline())
    parent = os.getppid()
    told = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # the engine's own talk belongs in the log
    server = serve(plan)
    told.write(f"{server.listening_address}\n")
    told.flush()
    while os.getppid() == parent:
        if select.select([sys.stdin], [], [], 1.0)[0]:
            break  # nothing is ever sent: readable means closed
    os._exit(0)  # native threads would hold up an orderly exit


if __name__ == "__main__":
    main()
