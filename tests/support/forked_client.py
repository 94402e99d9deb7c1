"""Stand for a run that `forked` does elsewhere: its streams, its arguments, its status."""

import os
import signal
import socket
import sys

words = [os.fsencode(word) for word in sys.argv[2:]]
variables = [name + b"=" + value for name, value in os.environb.items()]
request = b"\0".join([os.getcwdb(), b"%d" % len(words), *words, *variables])
with socket.socket(socket.AF_UNIX) as connection:
    connection.connect("\0" + sys.argv[1])
    socket.send_fds(connection, [b"%016d" % len(request)], [0, 1, 2])
    connection.sendall(request)
    status = int(connection.recv(16))
if status < 0:
    signal.signal(-status, signal.SIG_DFL)
    os.kill(os.getpid(), -status)
os._exit(status)
