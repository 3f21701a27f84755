package dev.inboard.sqlite;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;

/** Which process a node runs in, so that the next one on this machine can tell that it is gone. */
final class ProcessId {
  private static final String HOST = host();

  private ProcessId() {}

  /** Names this process. */
  static String own() {
    ProcessHandle self = ProcessHandle.current();
    return HOST + " " + self.pid() + " " + started(self);
  }

  /** Says whether a process is certainly gone; false for one on another machine. */
  static boolean isGone(String process) {
    String[] parts = process.split(" ", 3);
    if (parts.length != 3 || !parts[0].equals(HOST)) {
      return false;
    }
    Optional<ProcessHandle> found = ProcessHandle.of(Long.parseLong(parts[1]));
    return found.isEmpty() || !found.get().isAlive() || !started(found.get()).equals(parts[2]);
  }

  private static String started(ProcessHandle process) {
    return process.info().startInstant().map(Object::toString).orElse("unknown");
  }

  private static String host() {
    try {
      return InetAddress.getLocalHost().getHostName().replace(' ', '_');
    } catch (UnknownHostException e) {
      return "localhost";
    }
  }
}
