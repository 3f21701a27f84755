package dev.inboard.internal.lifecycle;

import dev.inboard.internal.resources.Origin;
import dev.inboard.internal.resources.Problems;
import dev.inboard.spi.Provider;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The providers on the class path, by type and version. */
final class Providers {
  private static final Origin CLASS_PATH = new Origin("class path", 0);

  private final Map<String, Map<String, Provider<?>>> byType = new TreeMap<>();

  private Providers() {}

  /**
   * Finds the providers of some blocks that a class loader sees. Two for one type and version are
   * reported.
   *
   * @param more serve beside them
   */
  static Providers load(
      Set<Block> blocks, ClassLoader loader, List<Provider<?>> more, Problems problems) {
    List<Provider<?>> found = new ArrayList<>(more);
    for (Block block : blocks) {
      Iterator<? extends Provider<?>> providers =
          ServiceLoader.load(block.providerType(), loader).iterator();
      boolean any = true;
      while (any) {
        try {
          any = providers.hasNext();
          if (any) {
            found.add(providers.next());
          }
        } catch (ServiceConfigurationError e) {
          problems.report(
              CLASS_PATH,
              "a provider of " + block.category() + " cannot be loaded: " + e.getMessage(),
              "correct or remove its artifact");
        }
      }
    }
    return of(found, problems);
  }

  /** Serves with the given providers. Two for one type and version are reported. */
  static Providers of(List<? extends Provider<?>> found, Problems problems) {
    Providers providers = new Providers();
    for (Provider<?> provider : found) {
      TreeSet<String> types = new TreeSet<>(provider.aliases());
      types.add(provider.type());
      for (String type : types) {
        providers.add(type.toLowerCase(Locale.ROOT), provider, problems);
      }
    }
    return providers;
  }

  private void add(String type, Provider<?> provider, Problems problems) {
    Map<String, Provider<?>> versions = byType.get(type);
    if (versions == null) {
      versions = new TreeMap<>();
      byType.put(type, versions);
    }
    for (String version : new TreeSet<>(provider.versions())) {
      Provider<?> other = versions.putIfAbsent(version.toLowerCase(Locale.ROOT), provider);
      if (other != null) {
        problems.report(
            CLASS_PATH,
            "both "
                + other.getClass().getName()
                + " and "
                + provider.getClass().getName()
                + " serve "
                + type
                + "/"
                + version,
            "remove the artifact of one of them");
      }
    }
  }

  /** Returns the provider of a type and version, or null. */
  @Nullable Provider<?> find(String type, String version) {
    return byType.getOrDefault(type.toLowerCase(Locale.ROOT), Map.of()).get(version);
  }

  /** Returns the versions in which a type is served; none when it is not served. */
  List<String> versionsOf(String type) {
    return List.copyOf(byType.getOrDefault(type.toLowerCase(Locale.ROOT), Map.of()).keySet());
  }

  /** Returns the types of a block that are served, sorted. */
  List<String> typesOf(Block block) {
    return byType.keySet().stream().filter(type -> Block.of(type) == block).toList();
  }
}
