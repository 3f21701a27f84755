package dev.inboard.sqlite;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteJDBCLoader;
import org.sqlite.util.LibraryLoaderUtil;

/**
 * The native part of SQLite, kept between starts.
 *
 * <p>The JDBC driver unpacks it anew in each process, and calls programs to learn what system this
 * is, which makes a fifth of a start. So the first start leaves a copy in the user's cache folder
 * ({@code $XDG_CACHE_HOME}, else {@code ~/.cache}), from which the next ones load it. Where there
 * is no such folder, or the copy cannot be loaded, the driver does as ever.
 */
final class NativeLibrary {
  /** The driver's own way to name a folder; who sets it has decided. */
  private static final String PATH = "org.sqlite.lib.path";

  private static boolean loaded; // guarded by the class

  private NativeLibrary() {}

  /** Loads it, unless that is done. What goes wrong is told by whoever opens a connection. */
  static synchronized void load() {
    if (loaded) {
      return;
    }
    loaded = true;
    Path folder = System.getProperty(PATH) == null ? folder() : null;
    if (folder == null) {
      return;
    }
    String name = LibraryLoaderUtil.getNativeLibName();
    Path copy = folder.resolve(name);
    if (Files.isRegularFile(copy)) {
      System.setProperty(PATH, folder.toString());
      initialize();
      System.clearProperty(PATH);
    } else if (initialize()) {
      keep(copy);
    }
  }

  private static boolean initialize() {
    try {
      return SQLiteJDBCLoader.initialize();
    } catch (Exception e) {
      return false; // the connection that is opened next fails of it, too
    }
  }

  private static @Nullable Path folder() {
    String cache = System.getenv("XDG_CACHE_HOME");
    Path home = Path.of(System.getProperty("user.home", ""));
    Path root = cache == null || cache.isEmpty() ? home.resolve(".cache") : Path.of(cache);
    if (!root.isAbsolute() || !Files.isDirectory(home)) {
      return null;
    }
    String system = System.getProperty("os.name") + "-" + System.getProperty("os.arch");
    String version = SQLiteJDBCLoader.getVersion();
    return root.resolve("inboard")
        .resolve("sqlite-" + version + "-" + system.toLowerCase(Locale.ROOT).replace(' ', '-'));
  }

  /** Leaves a whole copy or none. */
  private static void keep(Path copy) {
    String resource = LibraryLoaderUtil.getNativeLibResourcePath() + "/" + copy.getFileName();
    try (InputStream library = SQLiteJDBCLoader.class.getResourceAsStream(resource)) {
      if (library == null) {
        return;
      }
      Path folder = Files.createDirectories(copy.getParent());
      Path part = Files.createTempFile(folder, "part", null);
      try {
        Files.copy(library, part, StandardCopyOption.REPLACE_EXISTING);
        Files.move(part, copy, StandardCopyOption.ATOMIC_MOVE);
      } finally {
        Files.deleteIfExists(part);
      }
    } catch (IOException | RuntimeException e) {
      return; // the next start takes as long as this one
    }
  }
}
