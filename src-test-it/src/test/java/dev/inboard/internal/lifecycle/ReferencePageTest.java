package dev.inboard.internal.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.inboard.spi.Option;
import dev.inboard.spi.Provider;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class ReferencePageTest {
  private static final Path PAGE = Path.of("../docs/reference.md");
  private static final Pattern TYPE =
      Pattern.compile(
          "`((?:state|pubsub|bindings|secretstores|lock|configuration|workflowbackend)\\.[a-z.-]+)`");

  @Test
  @DisplayName("docs/reference.md shows the fields that the providers declare now")
  void pageIsCurrent() throws IOException {
    String page = ReferencePage.write();
    if (Boolean.getBoolean("reference.write")) {
      Files.writeString(PAGE, page);
    }
    assertThat(Files.readString(PAGE))
        .as(
            "write it anew: ./mvnw test -pl src-test-it -am -Dtest=ReferencePageTest -Dreference.write=true")
        .isEqualTo(page);
  }

  @Test
  @DisplayName("every field says what it is for")
  void everyFieldIsDescribed() {
    List<String> mute = new ArrayList<>();
    for (Block block : Block.values()) {
      collectMute(block.category(), block.options(), mute);
      for (Provider<?> provider : ServiceLoader.load(block.providerType())) {
        collectMute(provider.type(), provider.options(), mute);
      }
    }
    assertThat(mute).isEmpty();
  }

  private static void collectMute(String owner, List<Option<?>> options, List<String> mute) {
    options.stream()
        .filter(option -> option.description().isBlank())
        .forEach(option -> mute.add(owner + "." + option.name()));
  }

  @Test
  @DisplayName("the types that errors advertise are those that the modules serve, and no others")
  void advertisedTypesAreServed() {
    for (Block block : Block.values()) {
      TreeSet<String> served = new TreeSet<>();
      for (Provider<?> provider : ServiceLoader.load(block.providerType())) {
        served.add(provider.type());
        served.addAll(provider.aliases());
      }
      assertThat(KnownTypes.of(block)).as(block.category()).containsExactlyElementsOf(served);
    }
  }

  @Test
  @DisplayName("the README's table names no type that no module serves")
  void readmeAdvertisesOnlyWhatIsServed() throws IOException {
    String readme = Files.readString(Path.of("../README.md"));
    String table =
        readme.substring(readme.indexOf("## What works"), readme.indexOf("## How it differs"));
    TreeSet<String> served = new TreeSet<>();
    for (Block block : Block.values()) {
      ServiceLoader.load(block.providerType()).forEach(provider -> served.add(provider.type()));
    }
    assertThat(TYPE.matcher(table).results().map(match -> match.group(1)))
        .isNotEmpty()
        .allSatisfy(type -> assertThat(served).contains(type));
  }
}
