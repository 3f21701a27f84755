package dev.inboard.sqlite;

import java.io.IOException;
import java.io.InputStream;
import java.net.JarURLConnection;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Locale;
import java.util.jar.JarEntry;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteJDBCLoader;
import org.sqlite.util.LibraryLoaderUtil;

/**
 * The native part of SQLite, kept between starts.
 *
 * <p>The JDBC driver unpacks it anew in each process, and calls programs to learn what system this
 * is, which makes a fifth of a start. So the first start leaves a copy in the user's cache folder
 * ({@code $XDG_CACHE_HOME}, else {@code ~/.cache}), from which the next ones load it. A copy that
 * is damaged is never loaded, but replaced. Where there is no such folder, the driver does as ever.
 */
final class NativeLibrary {
  /** The driver's own way to name a folder; who sets it has decided. */
  private static final String PATH = "org.sqlite.lib.path";

  private static boolean loaded; // guarded by the class
  private static boolean warm; // guarded by the class

  private NativeLibrary() {}

  /**
   * Loads it, and the classes that stand between it and a query, unless that is done. What goes
   * wrong is told by whoever opens a connection.
   */
  static synchronized void warmUp() {
    load();
    if (warm) {
      return;
    }
    warm = true;
    try (Connection connection = new SQLiteConfig().createConnection("jdbc:sqlite::memory:");
        PreparedStatement statement = connection.prepareStatement("PRAGMA encoding")) {
      statement.executeQuery().close();
    } catch (SQLException e) {
      return;
    }
  }

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
    URL library =
        SQLiteJDBCLoader.class.getResource(
            LibraryLoaderUtil.getNativeLibResourcePath() + "/" + name);
    Path copy = folder.resolve(name);
    if (library == null) {
      return;
    }
    if (isWhole(copy, library)) {
      System.setProperty(PATH, folder.toString());
      initialize();
      System.clearProperty(PATH);
    } else if (initialize()) {
      keep(library, copy);
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

  /**
   * Says whether a copy is what the driver's jar holds, by length and checksum, which the jar
   * notes. The JVM may die of loading a library whose end is missing.
   */
  private static boolean isWhole(Path copy, URL library) {
    try {
      if (!Files.isRegularFile(copy)
          || !(library.openConnection() instanceof JarURLConnection connection)) {
        return false;
      }
      JarEntry entry = connection.getJarEntry();
      if (entry == null || entry.getSize() != Files.size(copy)) {
        return false;
      }
      CRC32 checksum = new CRC32();
      checksum.update(Files.readAllBytes(copy));
      return checksum.getValue() == entry.getCrc();
    } catch (IOException e) {
      return false;
    }
  }

  /** Leaves a whole copy or none. */
  private static void keep(URL resource, Path copy) {
    try (InputStream library = resource.openStream()) {
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
