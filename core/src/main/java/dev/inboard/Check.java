package dev.inboard;

import dev.inboard.internal.lifecycle.ResourceCheck;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The command that checks resource files in a build:
 *
 * <pre>
 * {@code java -cp <class path of the application> dev.inboard.Check --app-id checkout resources}
 * </pre>
 *
 * <p>Prints every problem and warning, one a line. Ends with 0 when there is no problem, with 1
 * when there is one, and with 2 when it was called in a way it does not understand. Opens no
 * component.
 */
public final class Check {
  private static final String USAGE =
      """
      Usage: java -cp <class path of the application> dev.inboard.Check [options] <file or folder>...
        --app-id <id>       checks for this application; by default what APP_ID says, else 'app'
        --handler <name>    a handler that the application registers; several calls add up. Without
                            any, every name of a handler is taken for known
        --strict            warnings are problems
        --help              prints this
      """;

  private Check() {}

  /** Runs the command. */
  public static void main(String... arguments) {
    System.exit(run(System.out, arguments));
  }

  /** Does what the command does, and returns its exit code. */
  static int run(PrintStream out, String... arguments) {
    Deque<String> rest = new ArrayDeque<>(List.of(arguments));
    List<Path> paths = new ArrayList<>();
    List<String> handlers = new ArrayList<>();
    String appId = null;
    boolean strict = false;
    while (!rest.isEmpty()) {
      String argument = rest.pop();
      switch (argument) {
        case "--help" -> {
          out.print(USAGE);
          return 0;
        }
        case "--strict" -> strict = true;
        case "--app-id", "--handler" -> {
          String value = rest.poll();
          if (value == null) {
            return misunderstood(out, argument + " needs a value");
          }
          if (argument.equals("--handler")) {
            handlers.add(value);
          } else {
            appId = value;
          }
        }
        default -> {
          if (argument.startsWith("--")) {
            return misunderstood(out, "there is no option " + argument);
          }
          paths.add(Path.of(argument));
        }
      }
    }
    return paths.isEmpty()
        ? misunderstood(out, "name a file or a folder")
        : print(out, ResourceCheck.withoutCode(appId, strict, handlers, paths));
  }

  private static int print(PrintStream out, CheckReport report) {
    report.warnings().forEach(warning -> out.println("warning: " + warning));
    report.problems().forEach(problem -> out.println("problem: " + problem));
    out.println(
        count(report.problems().size(), "problem")
            + ", "
            + count(report.warnings().size(), "warning"));
    return report.isGood() ? 0 : 1;
  }

  private static String count(int number, String noun) {
    return (number == 0 ? "no" : Integer.toString(number)) + " " + noun + (number == 1 ? "" : "s");
  }

  private static int misunderstood(PrintStream out, @Nullable String why) {
    out.println(why);
    out.print(USAGE);
    return 2;
  }
}
