"""`./portal up`, `down`, `status`, `manage`, `bench`."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import psutil

from . import frontend, translations
from .bootstrap import step
from .embedded_postgres_server import PostgresServer
from .embedded_redis_server import RedisServer
from .house import (
    HOUSE,
    PYTHON,
    ROOT,
    House,
    LauncherError,
    require_disk_space,
    uses_embedded_postgres,
    uses_embedded_redis,
)

MARK = "PORTAL_HOUSE"
QUIET_SECONDS = 120  # without any sign of life before it is given up


def postgres_of(house: House, settings: tuple[str, ...] = ()) -> PostgresServer:
    return PostgresServer(house.var / "postgres", house.run, house.log / "postgres.log", settings)


def redis_of(house: House, *, durable: bool = True) -> RedisServer:
    return RedisServer(house.var / "redis", house.run / "redis.sock", house.log / "redis.log", durable=durable)


def up(*, port: int, demo: bool, detach: bool, wait: float | None = None) -> int:
    started = time.monotonic()
    HOUSE.make_folders()
    require_disk_space(HOUSE.var)
    running = running_port()
    if running:
        print(f"Already running at http://localhost:{running}/ (./portal down stops it).")
        return 0
    end_leftovers(HOUSE)
    require_free_port(port)
    print(f"NTB portal: setting up in {ROOT}")
    if not frontend.is_installed():
        with step("front-end packages"):
            frontend.install()
    start_servers()
    if translations.compile_needed():
        with step("translations"):
            translations.compile_all()
    environment = HOUSE.environment(demo=demo, port=port)
    prepare = [PYTHON, "manage.py", "prepare", *(["--demo"] if demo else [])]
    if subprocess.call(prepare, cwd=ROOT, env=environment):
        raise LauncherError(f"the database could not be prepared; the lines above say why. Logs are in {HOUSE.log}.")
    (HOUSE.run / "port").write_text(str(port))
    keeper = start_processes(environment, detach=detach)
    try:
        with step("web, worker and beat"):
            wait_until_ready(port, keeper, wait)
    except (LauncherError, KeyboardInterrupt):
        stop_processes(HOUSE)
        stop_servers(HOUSE)
        raise
    print(f"Ready after {time.monotonic() - started:.0f} s.\n")
    print(f"  http://localhost:{port}/")
    if demo:
        print_demo_accounts(environment["PORTAL_DEMO_PASSWORD"], port)
    if detach:
        print(f"\nRunning in the background; ./portal down stops it. Logs: {HOUSE.log / 'portal.log'}")
        return 0
    print("\nCtrl-C stops it.", flush=True)
    return watch(keeper)


def start_servers() -> None:
    if uses_embedded_postgres():
        with step("PostgreSQL"):
            postgres_of(HOUSE).start()
    if uses_embedded_redis():
        with step("Redis"):
            redis_of(HOUSE).start()


def stop_servers(house: House) -> None:
    if uses_embedded_redis():
        redis_of(house).stop()
    if uses_embedded_postgres():
        postgres_of(house).stop()


def start_processes(environment: dict[str, str], *, detach: bool) -> subprocess.Popen[bytes]:
    """Web, worker and beat under their keeper, in a session of its own so that Ctrl-C reaches only us."""
    kept = [name for name, is_ours in (("postgres", uses_embedded_postgres()), ("redis", uses_embedded_redis())) if is_ours]
    environment = {**environment, MARK: str(HOUSE.var), "PORTAL_KEEPS": " ".join(kept)}
    log = (HOUSE.log / "portal.log").open("ab")
    process = subprocess.Popen(
        [PYTHON, "-m", "ntbportal.launcher.keeper"],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=log if detach else None,
        stderr=subprocess.STDOUT if detach else None,
        start_new_session=True,
    )
    (HOUSE.run / "keeper.pid").write_text(str(process.pid))
    return process


def watch(keeper: subprocess.Popen[bytes]) -> int:
    """Stay in the foreground until Ctrl-C, a SIGTERM, or the end of one of the processes."""

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, interrupt)
    code = 0
    try:
        code = keeper.wait()
        if code and not (HOUSE.run / "port").exists():
            code = 0  # ./portal down from another terminal
        elif code:
            print(f"portal: one of the processes ended; the lines above say why. Logs are in {HOUSE.log}.", file=sys.stderr)
    except KeyboardInterrupt:
        print("\nStopping …", flush=True)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    stop_processes(HOUSE)
    stop_servers(HOUSE)
    print("Stopped.")
    return code


def stop_processes(house: House) -> None:
    (house.run / "port").unlink(missing_ok=True)
    pid_file = house.run / "keeper.pid"
    if pid_file.exists():
        with contextlib.suppress(ValueError, psutil.Error):
            keeper = psutil.Process(int(pid_file.read_text()))
            if keeper.environ().get(MARK) == str(house.var):
                keeper.terminate()
                keeper.wait(15)
        pid_file.unlink(missing_ok=True)
    end_leftovers(house)


def end_leftovers(house: House) -> None:
    """End processes of ours that outlived their keeper, as after kill -9."""
    ours = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error, OSError):
            if process.environ().get(MARK) == str(house.var) and process.pid != os.getpid():
                ours.append(process)
    for process in ours:
        with contextlib.suppress(psutil.Error):
            process.terminate()
    _, alive = psutil.wait_procs(ours, timeout=8)
    for process in alive:
        with contextlib.suppress(psutil.Error):
            process.kill()
    psutil.wait_procs(alive, timeout=3)


def require_free_port(port: int) -> None:
    if not 0 < port < 65536:
        raise LauncherError(f"port {port} does not exist; choose one between 1024 and 65535.")
    for family, address in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET, "0.0.0.0")):  # noqa: S104 - only a probe
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((address, port))
            except PermissionError:
                raise LauncherError(f"port {port} needs more rights; choose one above 1023 with --port.") from None
            except OSError:
                raise LauncherError(f"port {port} is taken; choose another with --port, e.g. --port {port + 1}.") from None


def wait_until_ready(port: int, keeper: subprocess.Popen[bytes], most: float | None = None) -> None:
    """Wait as long as something moves: processes use the processor, or logs grow. A busy machine is slow,
    not broken. `most` bounds it in seconds (`--wait`)."""
    began = last_moved = time.monotonic()
    before = signs_of_life(keeper.pid)
    told = began
    while True:
        if keeper.poll() is not None:
            raise LauncherError(f"a process ended at once. Logs are in {HOUSE.log}.")
        if is_ready(port):
            return
        now = time.monotonic()
        if (signs := signs_of_life(keeper.pid)) != before:
            before, last_moved = signs, now
        if most is not None and now - began > most:
            raise LauncherError(f"not ready after {most:.0f} s, as --wait says. Logs are in {HOUSE.log}.")
        if now - last_moved > QUIET_SECONDS:
            raise LauncherError(f"nothing has moved for {QUIET_SECONDS} s. Logs are in {HOUSE.log}.")
        if now - told > 15:
            print(f" still starting after {now - began:.0f} s (waiting for /healthz/ready) …", end="", flush=True)
            told = now
        time.sleep(0.2)


def signs_of_life(pid: int) -> tuple[int, int]:
    """Processor time of a process and its children in hundredths of a second, and the bytes of the logs."""
    used = 0.0
    with contextlib.suppress(psutil.Error):
        root = psutil.Process(pid)
        for process in (root, *root.children(recursive=True)):
            with contextlib.suppress(psutil.Error):
                times = process.cpu_times()
                used += times.user + times.system
    written = 0
    for path in HOUSE.log.glob("*.log"):
        with contextlib.suppress(OSError):
            written += path.stat().st_size
    return int(used * 100), written


def is_ready(port: int) -> bool:
    request = urllib.request.Request(f"http://127.0.0.1:{port}/healthz/ready", headers={"Host": "localhost"})
    try:
        with urllib.request.urlopen(request, timeout=3) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def running_port() -> int | None:
    """The port of the running portal, or None."""
    try:
        port = int((HOUSE.run / "port").read_text())
    except (OSError, ValueError):
        return None
    return port if is_ready(port) and keeper_is_ours() else None


def keeper_is_ours() -> bool:
    try:
        process = psutil.Process(int((HOUSE.run / "keeper.pid").read_text()))
        return process.environ().get(MARK) == str(HOUSE.var)
    except (OSError, ValueError, psutil.Error):
        return False


def print_demo_accounts(password: str, port: int) -> None:
    print(f"\nDemo accounts, password of all: {password}")
    for name, what in DEMO_ACCOUNTS:
        print(f"  {name + '@demo.ntb.test':32} {what}")
    print(f"Mail that was sent: http://localhost:{port}/demo/mail/")


DEMO_ACCOUNTS = (
    ("warga", "citizen"),
    ("kader", "posyandu cadre"),
    ("bidan", "midwife, puskesmas"),
    ("petugas.dinsos", "officer, social affairs"),
    ("petugas.pupr", "officer, public works"),
    ("koordinator", "NTB Care coordinator"),
    ("produsen", "data producer"),
    ("walidata", "Walidata"),
    ("pembina", "Pembina Data"),
    ("pimpinan", "provincial leader"),
    ("csofitra", "CSO partner"),
    ("admin", "administrator"),
)


def down() -> int:
    was = running_port() or keeper_is_ours()
    stop_processes(HOUSE)
    stop_servers(HOUSE)
    print("Stopped." if was else "Nothing was running.")
    return 0


def status() -> int:
    port = running_port()
    lines = {"web, worker, beat": f"running at http://localhost:{port}/" if port else "stopped"}
    if uses_embedded_postgres():
        lines["PostgreSQL"] = "running (embedded)" if postgres_of(HOUSE).is_running() else "stopped (embedded)"
    else:
        lines["PostgreSQL"] = "DATABASE_URL"
    if uses_embedded_redis():
        lines["Redis"] = "running (embedded)" if redis_of(HOUSE).is_running() else "stopped (embedded)"
    else:
        lines["Redis"] = "REDIS_URL"
    for name, said in lines.items():
        print(f"{name:20} {said}")
    return 0 if port else 3


def manage(arguments: list[str]) -> int:
    """Run manage.py as `up` would, with the embedded servers started if they are not, and left as they were found."""
    HOUSE.make_folders()
    started = []
    for wanted, server in ((uses_embedded_postgres(), postgres_of(HOUSE)), (uses_embedded_redis(), redis_of(HOUSE))):
        if wanted and not server.is_running():
            server.start()
            started.append(server)
    port_file = HOUSE.run / "port"
    port = int(port_file.read_text()) if port_file.exists() else 8000
    environment = HOUSE.environment(demo=(HOUSE.var / "secrets" / "demo_password").exists(), port=port)
    # a relative file name means the folder the person stands in
    try:
        return subprocess.call([PYTHON, str(ROOT / "manage.py"), *arguments], env=environment)
    finally:
        for server in reversed(started):
            server.stop()


def bench(name: str | None) -> int:
    scripts = sorted(path for path in (ROOT / "benchmarks").glob("*.py") if not path.name.startswith("_"))
    if name:
        scripts = [path for path in scripts if path.stem == name]
    if not scripts:
        known = ", ".join(sorted(path.stem for path in Path(ROOT / "benchmarks").glob("*.py")))
        raise LauncherError(f"no benchmark '{name}'; there are: {known}.")
    environment = HOUSE.environment(demo=False, port=8000)
    return max(subprocess.call([PYTHON, str(path)], cwd=ROOT, env=environment) for path in scripts)
