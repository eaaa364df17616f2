"""Many who send a few bytes and fall silent do not keep the portal, as `./portal up` starts it, from others."""

import socket
import urllib.request

HEAD = "POST /care/new/ HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 100000\r\n\r\nabc"


def test_sixty_silent_senders_and_one_reader(portal) -> None:
    port = int(portal.address.rpartition(":")[2].strip("/"))
    silent = []
    try:
        for _ in range(60):
            line = socket.create_connection(("127.0.0.1", port), timeout=20)
            line.sendall(HEAD.encode())
            silent.append(line)
        with urllib.request.urlopen(f"http://localhost:{port}/", timeout=15) as page:
            assert page.status == 200
    finally:
        for line in silent:
            line.close()


def test_half_a_head_holds_nobody_up_either(portal) -> None:
    port = int(portal.address.rpartition(":")[2].strip("/"))
    silent = [socket.create_connection(("127.0.0.1", port), timeout=20) for _ in range(60)]
    try:
        for line in silent:
            line.sendall(b"GET / HTTP/1.1\r\nHost: loc")
        with urllib.request.urlopen(f"http://localhost:{port}/care/track/", timeout=15) as page:
            assert page.status == 200
    finally:
        for line in silent:
            line.close()
