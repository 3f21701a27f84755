package dev.inboard.local;

import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.spi.ComponentSpec;
import dev.inboard.spi.Option;
import dev.inboard.spi.bindings.BindingDriver;
import dev.inboard.spi.bindings.BindingProvider;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;

/**
 * Opens {@code bindings.localstorage}: the files of a folder.
 *
 * <p>Operations, each with the file's path below the folder in the metadata {@code fileName}:
 *
 * <ul>
 *   <li>{@code create} writes the data, replacing a file of that name in one step; without {@code
 *       fileName} it makes one up. Returns {@code {"fileName": "…"}}.
 *   <li>{@code get} returns the file.
 *   <li>{@code list} returns the paths of all files below {@code fileName}, or below the folder, as
 *       a JSON list; each can be given to {@code get}.
 *   <li>{@code delete} removes the file.
 * </ul>
 *
 * <p>Data is stored as it is given. A sidecar decodes whatever happens to be valid base64 (the word
 * {@code test} is); here {@code decodeBase64} must ask for it. Nothing outside the folder can be
 * reached, neither by {@code ..} nor through a symbolic link.
 */
public final class LocalStorageBindingProvider implements BindingProvider {
  static final Option<Path> ROOT_PATH =
      Option.of("rootPath", Option.Kind.TEXT, LocalStorageBindingProvider::path)
          .about("The folder; made when it does not exist")
          .required();
  static final Option<Boolean> DECODE_BASE64 =
      Option.bool("decodeBase64")
          .or(false)
          .about("The data of create is base64; what it stands for is stored");

  /** For {@link java.util.ServiceLoader}. */
  public LocalStorageBindingProvider() {}

  private static Path path(String text) {
    try {
      return Path.of(text);
    } catch (InvalidPathException e) {
      throw new IllegalArgumentException("is no path: " + e.getReason(), e);
    }
  }

  @Override
  public String type() {
    return "bindings.localstorage";
  }

  @Override
  public List<Option<?>> options() {
    return List.of(ROOT_PATH, DECODE_BASE64);
  }

  @Override
  public BindingDriver open(ComponentSpec spec) {
    try {
      StorageFolder folder = StorageFolder.open(spec.get(ROOT_PATH).toAbsolutePath());
      return new LocalStorageBindingDriver(spec.label(), folder, spec.get(DECODE_BASE64));
    } catch (StorageFolder.Refused e) {
      throw new InboardException(ErrorCode.PERMISSION_DENIED, spec.label(), "open", e.why());
    } catch (IOException e) {
      throw FileWork.failure(spec.label(), "open", e);
    }
  }
}
