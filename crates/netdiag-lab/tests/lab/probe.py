"""Connects once as an ordinary program would, and says in one line what the kernel told it.

ERRNO STATE, or ERRNO TYPE/CODE FROM where an ICMP error came; ERRNO is a name or OK.
"""
import errno, select, socket, struct, sys, time

protocol, address, port, patience = sys.argv[1], sys.argv[2], int(sys.argv[3]), float(sys.argv[4])
V6 = ":" in address
IP_RECVERR, IPV6_RECVERR, MSG_ERRQUEUE = 11, 25, 0x2000
STATES = " ESTABLISHED SYN-SENT SYN-RECEIVED FIN-WAIT-1 FIN-WAIT-2 TIME-WAIT CLOSED CLOSE-WAIT".split(" ")


def icmp(sock):
    """The first ICMP error on the error queue."""
    try:
        _, ancillary, _, _ = sock.recvmsg(512, 512, MSG_ERRQUEUE)
    except OSError:
        return ""
    for _, _, data in ancillary:
        _, origin, kind, code = struct.unpack_from("=IBBB", data)
        if origin in (2, 3):
            if V6:
                sender = socket.inet_ntop(socket.AF_INET6, data[24:40])
            else:
                sender = socket.inet_ntop(socket.AF_INET, data[20:24])
            return f" {kind}/{code} {sender}"
    return ""


family = socket.AF_INET6 if V6 else socket.AF_INET
sock = socket.socket(family, socket.SOCK_STREAM if protocol == "tcp" else socket.SOCK_DGRAM)
sock.setsockopt(socket.IPPROTO_IPV6 if V6 else socket.IPPROTO_IP, IPV6_RECVERR if V6 else IP_RECVERR, 1)
sock.setblocking(False)
end = time.monotonic() + patience
problem = sock.connect_ex((address, port))
if problem == errno.EINPROGRESS or (protocol == "udp" and problem == 0):
    try:
        if protocol == "udp":
            sock.send(b"hello")
        problem = errno.EAGAIN
    except OSError as error:
        problem = error.errno
watch = select.poll()
while problem == errno.EAGAIN and time.monotonic() < end:
    watch.register(sock, select.POLLOUT if protocol == "tcp" else select.POLLIN)
    if watch.poll(max(0, end - time.monotonic()) * 1000):
        problem = sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
came = icmp(sock)
if protocol == "tcp":
    if problem == 0:
        # What the other side does right afterwards.
        time.sleep(0.2)
        problem = sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
    state = STATES[sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1)[0]]
else:
    state = "-"
# Whether an ICMP error ends the attempt at once or at the next SYN is a matter of microseconds.
print(f"{errno.errorcode[problem] if problem else 'OK'}{came or ' ' + state}")
