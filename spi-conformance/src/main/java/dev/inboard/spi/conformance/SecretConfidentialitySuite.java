package dev.inboard.spi.conformance;

import static dev.inboard.spi.conformance.Answers.await;
import static dev.inboard.spi.conformance.Answers.failure;
import static dev.inboard.spi.conformance.SecretStoreConformance.MULTIPLE;
import static dev.inboard.spi.conformance.SecretStoreConformance.SINGLE;
import static dev.inboard.spi.conformance.SecretStoreConformance.VERSIONS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.inboard.spi.secrets.StoredSecret;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Secrets stay secret: no text that a program might log holds one. */
interface SecretConfidentialitySuite extends SecretFixture {
  @Test
  @DisplayName("no toString shows a planted value: not the driver's, not a secret's, not a map's")
  default void noToStringShowsASecret() {
    Map<String, StoredSecret> all = await(driver().getBulk(Map.of()));
    assertHoldsNoPlantedValue(driver().toString());
    assertHoldsNoPlantedValue(all.toString());
    SINGLE.keySet().forEach(name -> assertHoldsNoPlantedValue(get(name).toString()));
  }

  @Test
  @DisplayName("no exception shows a planted value, its causes included")
  default void noExceptionShowsASecret() {
    List<Exception> failures = new ArrayList<>();
    failures.add(failure(driver().get("no-such-secret", Map.of())));
    failures.add(failure(driver().get("conftestsecret/x", Map.of("version_id", "no-number"))));
    driver().close();
    failures.add(failure(driver().get("conftestsecret", Map.of())));
    failures.add(failure(driver().getBulk(Map.of())));
    for (Exception failure : failures) {
      StringWriter trace = new StringWriter();
      failure.printStackTrace(new PrintWriter(trace));
      assertHoldsNoPlantedValue(trace.toString());
    }
  }

  private static void assertHoldsNoPlantedValue(String text) {
    List<String> planted = new ArrayList<>(SINGLE.values());
    planted.addAll(MULTIPLE.values());
    planted.addAll(VERSIONS);
    planted.removeIf(String::isEmpty);
    assertThat(text).doesNotContain(planted).doesNotContain("-planted-");
  }
}
