package dev.inboard.vault;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.inboard.spi.ComponentSpec;
import java.net.URLEncoder;
import java.util.Arrays;
import java.util.stream.Collectors;

/** Where secrets are: the paths of requests. */
final class VaultPaths {
  private final String engine;
  private final String prefix; // empty, or ends with a slash
  private final boolean versioned;

  VaultPaths(ComponentSpec spec) {
    engine = encoded(spec.get(VaultOptions.ENGINE_PATH));
    String given = spec.get(VaultOptions.USE_PREFIX) ? encoded(spec.get(VaultOptions.PREFIX)) : "";
    prefix = given.isEmpty() ? "" : given + "/";
    versioned = spec.get(VaultOptions.ENGINE_VERSION) == 2;
  }

  boolean versioned() {
    return versioned;
  }

  /** Says whether a name can be part of a path without leading elsewhere. */
  static boolean isValid(String name) {
    return !name.isEmpty()
        && Arrays.stream(name.split("/", -1))
            .noneMatch(part -> part.isEmpty() || part.equals(".") || part.equals(".."));
  }

  String read(String name, String version) {
    String path = "/v1/" + engine + (versioned ? "/data/" : "/") + prefix + encoded(name);
    return versioned && !version.isEmpty() ? path + "?version=" + version : path;
  }

  /**
   * Returns the path that lists a folder.
   *
   * @param folder empty, or ends with a slash
   */
  String list(String folder) {
    String path = "/v1/" + engine + (versioned ? "/metadata/" : "/") + prefix;
    return path + (folder.isEmpty() ? "" : encoded(folder) + "/") + "?list=true";
  }

  /** Encodes each part of a path; slashes at its ends fall away. */
  static String encoded(String path) {
    return Arrays.stream(path.split("/"))
        .filter(part -> !part.isEmpty())
        .map(part -> URLEncoder.encode(part, UTF_8).replace("+", "%20"))
        .collect(Collectors.joining("/"));
  }
}
