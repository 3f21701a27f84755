package dev.inboard.sqlite;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
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

  /**
   * When a process began, in a form that stays the same when somebody sets the clock: Linux tells
   * the ticks since the machine's start (field 22 of {@code /proc/PID/stat}, see proc(5)), and the
   * start has an id.
   */
  private static String started(ProcessHandle process) {
    try {
      String stat = Files.readString(Path.of("/proc/" + process.pid() + "/stat"));
      // The second field, the name in brackets, may hold blanks and brackets itself.
      String ticks = stat.substring(stat.lastIndexOf(')') + 2).split(" ")[19];
      return Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip() + "+" + ticks;
    } catch (IOException e) {
      return process.info().startInstant().map(Object::toString).orElse("unknown");
    }
  }

  private static String host() {
    try {
      return InetAddress.getLocalHost().getHostName().replace(' ', '_');
    } catch (UnknownHostException e) {
      return "localhost";
    }
  }
}
