package dev.inboard.local;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Stream;

/** A folder, and files that can only be inside it. */
final class StorageFolder {
  private static final List<Path> FORBIDDEN =
      Stream.of("/proc", "/sys", "/boot", "/var/run/secrets", "/run/secrets")
          .map(Path::of)
          .toList();

  /** Where files are written before they get their name; on the same file system. */
  private static final String UNFINISHED = ".inboard-unfinished";

  private final Path root; // real: no links in it

  /** Something that the folder does not permit; the message says why and what to do. */
  static final class Refused extends IOException {
    private static final long serialVersionUID = 1L;
    private final String why;

    Refused(String why) {
      super(why);
      this.why = why;
    }

    String why() {
      return why;
    }
  }

  private StorageFolder(Path root) {
    this.root = root;
  }

  /** Makes the folder if need be. */
  static StorageFolder open(Path path) throws IOException {
    refuseForbidden(path.normalize(), path);
    Path existing = path;
    while (existing.getParent() != null && !Files.exists(existing)) {
      existing = existing.getParent();
    }
    refuseForbidden(existing.toRealPath(), path);
    if (Files.exists(path) && !Files.isDirectory(path)) {
      throw new Refused("rootPath '" + path + "' is no folder; name one");
    }
    Path real = Files.createDirectories(path).toRealPath();
    refuseForbidden(real, path);
    Files.createDirectories(real.resolve(UNFINISHED));
    return new StorageFolder(real);
  }

  private static void refuseForbidden(Path real, Path asGiven) throws Refused {
    for (Path forbidden : FORBIDDEN) {
      if (real.startsWith(forbidden)) {
        throw new Refused(
            "rootPath '"
                + asGiven
                + "' is in '"
                + forbidden
                + "', which belongs to the system;"
                + " choose another folder");
      }
    }
  }

  /** Writes a file as a whole: readers see the old one or the new one, and so does a crash. */
  void write(String name, byte[] data) throws IOException {
    Path target = inside(name);
    if (Files.isDirectory(target)) {
      throw new Refused("'" + name + "' is a folder; choose another fileName");
    }
    Path parent = folderOf(target);
    makeFolders(parent, name);
    Path unfinished = root.resolve(UNFINISHED).resolve(UUID.randomUUID().toString());
    try {
      try (FileChannel file =
          FileChannel.open(unfinished, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
        for (ByteBuffer rest = ByteBuffer.wrap(data); rest.hasRemaining(); ) {
          file.write(rest);
        }
        file.force(true);
      }
      move(unfinished, target);
    } finally {
      Files.deleteIfExists(unfinished);
    }
    force(parent);
  }

  private void makeFolders(Path parent, String name) throws IOException {
    try {
      Files.createDirectories(parent);
    } catch (FileAlreadyExistsException e) {
      throw new Refused("a part of '" + name + "' is a file, no folder; choose another fileName");
    }
    refuseOutside(parent.toRealPath(), name);
  }

  private static void move(Path from, Path to) throws IOException {
    try {
      Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (AtomicMoveNotSupportedException e) { // a folder below the root is a mount of its own
      throw new Refused("'" + to.getParent() + "' is on another file system than the rootPath");
    }
  }

  /** Makes the new name survive a power cut, where the system lets a folder be opened. */
  private static void force(Path folder) {
    try (FileChannel opened = FileChannel.open(folder, StandardOpenOption.READ)) {
      opened.force(true);
    } catch (IOException e) {
      return; // Windows opens no folders, and does not need to
    }
  }

  byte[] read(String name) throws IOException {
    Path file = existing(name);
    if (Files.isDirectory(file)) {
      throw new Refused("'" + name + "' is a folder; use the operation list");
    }
    try (var bytes = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
      return bytes.readAllBytes();
    }
  }

  void delete(String name) throws IOException {
    if (Files.isDirectory(existing(name))) {
      throw new Refused("'" + name + "' is a folder; only files can be deleted");
    }
    Files.delete(inside(name)); // the link, when it is one
  }

  /** Returns the names of all files below a folder, or of the one file, in order. */
  List<String> list(String name) throws IOException {
    Path from = name.isEmpty() ? root : existing(name);
    Path unfinished = root.resolve(UNFINISHED);
    try (Stream<Path> paths = Files.walk(from)) {
      return paths
          .filter(path -> !path.startsWith(unfinished))
          .filter(path -> Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS))
          .map(path -> root.relativize(path).toString().replace('\\', '/'))
          .sorted()
          .toList();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  /** Returns where a file that must exist really is. */
  private Path existing(String name) throws IOException {
    Path path = inside(name);
    try {
      return refuseOutside(path.toRealPath(), name);
    } catch (NoSuchFileException e) {
      throw new NoSuchFileException(name);
    }
  }

  /** Returns where a file of that name is to be, links not looked at yet in its last part. */
  private Path inside(String name) throws IOException {
    Path path;
    try {
      path = root.resolve(name).normalize();
    } catch (InvalidPathException e) {
      throw new Refused("the fileName is no path: " + e.getReason());
    }
    if (Path.of(name).isAbsolute()) {
      throw new Refused("'" + name + "' is absolute; name the file relative to the rootPath");
    }
    if (!path.startsWith(root) || path.equals(root)) {
      throw new Refused("'" + name + "' is outside the rootPath; name a file inside it");
    }
    if (path.startsWith(root.resolve(UNFINISHED))) {
      throw new Refused("'" + name + "' is in the folder of unfinished files; choose another name");
    }
    Path deepest = folderOf(path);
    while (!Files.exists(deepest)) {
      if (Files.isSymbolicLink(deepest)) {
        throw new Refused("a part of '" + name + "' is a link that leads nowhere; remove it");
      }
      deepest = folderOf(deepest);
    }
    refuseOutside(deepest.toRealPath(), name);
    return path;
  }

  /** Returns the folder of something that is inside the root, so that it has one. */
  private static Path folderOf(Path path) {
    return Objects.requireNonNull(path.getParent(), "folder");
  }

  private Path refuseOutside(Path real, String name) throws Refused {
    if (!real.startsWith(root)) {
      throw new Refused("'" + name + "' leads out of the rootPath through a link; remove the link");
    }
    return real;
  }

  @Override
  public String toString() {
    return root.toString();
  }
}
