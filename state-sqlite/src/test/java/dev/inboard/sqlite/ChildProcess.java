package dev.inboard.sqlite;

import static dev.inboard.sqlite.SqliteFile.await;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.spi.state.StateOperation;
import dev.inboard.spi.state.StoredValue;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/** Another JVM that works on the file of a test, and tells on its output what was acknowledged. */
final class ChildProcess {
  private ChildProcess() {}

  /** Starts a child, whose output goes to a file. */
  static Process start(Path output, String job, Path file, String... arguments) throws Exception {
    return builder(output, job, file, arguments).start();
  }

  /** Starts a child that has another cache folder. */
  static Process start(Path output, Path cache, String job, Path file) throws Exception {
    ProcessBuilder builder = builder(output, job, file);
    builder.environment().put("XDG_CACHE_HOME", cache.toString());
    return builder.start();
  }

  private static ProcessBuilder builder(Path output, String job, Path file, String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx128m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.addAll(List.of(ChildProcess.class.getName(), job, file.toString()));
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command)
        .redirectOutput(output.toFile())
        .redirectError(ProcessBuilder.Redirect.DISCARD); // a JVM's warnings, and its last words
  }

  /** The child's side. */
  public static void main(String[] arguments) throws Exception {
    endWithTheParent();
    SqliteFile file = new SqliteFile(Path.of(arguments[1]));
    switch (arguments[0]) {
      case "library" -> tellLibrary(file);
      case "write" -> write(file);
      case "increment" -> increment(file, Integer.parseInt(arguments[2]));
      default -> throw new IllegalArgumentException(arguments[0]);
    }
  }

  private static void endWithTheParent() {
    Thread watch =
        new Thread(
            () -> {
              try {
                System.in.read(); // returns when the parent is gone
              } catch (IOException e) {
                // then it is gone, too
              }
              Runtime.getRuntime().halt(1);
            });
    watch.setDaemon(true);
    watch.start();
  }

  /** Opens the file, and tells whether the driver has unpacked its library for that. */
  private static void tellLibrary(SqliteFile file) throws IOException {
    Path temporary = Files.createTempDirectory(file.path().getParent(), "temporary");
    System.setProperty("org.sqlite.tmpdir", temporary.toString());
    file.open().close();
    try (Stream<Path> files = Files.list(temporary)) {
      System.out.println(files.findAny().isPresent() ? "unpacked" : "loaded");
    }
    System.exit(0);
  }

  /** Writes for ever on eight threads: single entries, and pairs that belong together. */
  private static void write(SqliteFile file) {
    SqliteStateStoreDriver driver = file.open();
    AtomicInteger numbers = new AtomicInteger();
    for (int t = 0; t < 8; t++) {
      new Thread(
              () -> {
                while (true) {
                  int n = numbers.incrementAndGet();
                  if (n % 2 == 0) {
                    SqliteFile.put(driver, "single" + n, "v" + n);
                  } else {
                    byte[] value = ("v" + n).getBytes(UTF_8);
                    await(
                        driver.transact(
                            List.of(
                                StateOperation.Set.of("left" + n, value),
                                StateOperation.Set.of("right" + n, value))));
                  }
                  acknowledge(n);
                }
              })
          .start();
    }
  }

  private static synchronized void acknowledge(int number) {
    System.out.print(number + "\n");
    System.out.flush();
  }

  /** Increments a counter under ETags as often as told. */
  static void increment(SqliteFile file, int times) {
    try (SqliteStateStoreDriver driver = file.open("busyTimeout", "60s")) {
      for (int done = 0; done < times; ) {
        StoredValue stored = await(driver.get("counter"));
        int value = Integer.parseInt(new String(stored.value(), UTF_8)) + 1;
        StateOperation.Set set =
            StateOperation.Set.of("counter", String.valueOf(value).getBytes(UTF_8));
        try {
          await(driver.set(set.ifMatch(String.valueOf(stored.etag()))));
          done++;
        } catch (InboardException e) {
          if (e.code() != ErrorCode.ETAG_MISMATCH) {
            throw e;
          }
        }
      }
    }
  }
}
