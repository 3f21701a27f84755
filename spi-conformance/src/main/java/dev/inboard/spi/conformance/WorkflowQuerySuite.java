package dev.inboard.spi.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.inboard.common.ErrorCode;
import dev.inboard.spi.workflow.InstanceDefinition;
import dev.inboard.spi.workflow.InstanceFilter;
import dev.inboard.spi.workflow.InstancePage;
import dev.inboard.spi.workflow.InstanceRecord;
import dev.inboard.spi.workflow.InstanceStatus;
import dev.inboard.spi.workflow.Node;
import dev.inboard.spi.workflow.Parent;
import dev.inboard.spi.workflow.PurgeOutcome;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Finding, counting and deleting instances. */
interface WorkflowQuerySuite extends WorkflowBackendFixture {
  private List<String> ids(InstanceFilter filter, int size) {
    List<String> ids = new ArrayList<>();
    String token = null;
    do {
      InstancePage page = Answers.await(driver().list(filter, token, size));
      assertThat(page.instances()).hasSizeLessThanOrEqualTo(size);
      page.instances().forEach(record -> ids.add(record.id()));
      token = page.next();
    } while (token != null);
    return ids;
  }

  @Test
  @DisplayName("lists come newest first, page by page, without gap or repetition")
  default void listsPageByPage() throws InterruptedException {
    List<String> expected = new ArrayList<>();
    for (int i = 0; i < 7; i++) {
      create(definition("i" + i), null);
      expected.add(0, "i" + i);
      passTime(Duration.ofMillis(5));
    }
    for (int size : List.of(1, 2, 3, 7, 100)) {
      assertThat(ids(InstanceFilter.ALL, size)).as("pages of %d", size).isEqualTo(expected);
    }
  }

  @Test
  @DisplayName("settled are those that have finished, and those that are not there")
  default void settledAreThoseNobodyNeedsToWaitFor() {
    Node node = join("n");
    commit(turn(owned("over", node)).ends(InstanceStatus.FAILED));
    owned("at 'work", node);
    create(definition("unowned"), null);
    assertThat(Answers.await(driver().settled(Set.of("over", "at 'work", "unowned", "never"))))
        .containsExactlyInAnyOrder("over", "never");
    assertThat(Answers.await(driver().settled(List.of("unowned")))).isEmpty();
  }

  @Test
  @DisplayName("a filter means what it says, special characters included")
  default void filtersMeanWhatTheySay() throws InterruptedException {
    Node node = join("n");
    commit(turn(owned("a%1", node)).ends(InstanceStatus.COMPLETED));
    passTime(Duration.ofMillis(20));
    Instant later = now();
    owned("a_2", node);
    create(
        new InstanceDefinition(
            "A%3",
            "other", "", "run", null, new Parent("a_2", "r", 1, 0), Map.of("k", "v"), now(), now()),
        null);
    assertThat(ids(filter(Set.of(InstanceStatus.COMPLETED), null, null, null, Map.of()), 9))
        .containsExactly("a%1");
    assertThat(ids(filter(Set.of(), "other", null, null, Map.of()), 9)).containsExactly("A%3");
    assertThat(ids(filter(Set.of(), null, "a%", null, Map.of()), 9)).containsExactly("a%1");
    assertThat(ids(filter(Set.of(), null, null, "a_2", Map.of()), 9)).containsExactly("A%3");
    assertThat(ids(filter(Set.of(), null, null, null, Map.of("k", "v")), 9)).containsExactly("A%3");
    assertThat(ids(filter(Set.of(), null, null, null, Map.of("k", "w")), 9)).isEmpty();
    InstanceFilter recent =
        new InstanceFilter(Set.of(), null, null, null, later, null, null, Map.of());
    assertThat(ids(recent, 9)).contains("A%3").doesNotContain("a%1");
    assertThat(Answers.await(driver().count(InstanceFilter.ALL))).isEqualTo(3);
  }

  private static InstanceFilter filter(
      Set<InstanceStatus> statuses,
      @Nullable String name,
      @Nullable String prefix,
      @Nullable String parent,
      Map<String, String> tags) {
    return new InstanceFilter(statuses, name, prefix, parent, null, null, null, tags);
  }

  @Test
  @DisplayName("purging deletes a finished instance with all that belongs to it")
  default void purgeDeletesEverything() {
    Node node = join("n");
    InstanceRecord record = owned("a", node);
    assertThat(Answers.await(driver().purge("a", false))).isEqualTo(PurgeOutcome.NOT_FINISHED);
    commit(turn(record).ends(InstanceStatus.COMPLETED));
    assertThat(Answers.await(driver().purge("a", false))).isEqualTo(PurgeOutcome.PURGED);
    assertThat(Answers.await(driver().purge("a", false))).isEqualTo(PurgeOutcome.NOT_FOUND);
    assertThat(Answers.await(driver().load("a"))).isEmpty();
    owned("a", node);
    assertThat(load("a").history()).isEmpty();
  }

  @Test
  @DisplayName("a forced purge deletes an unfinished instance, whose owner is fenced")
  default void forcedPurgeFences() {
    InstanceRecord record = owned("a", join("n"));
    assertThat(Answers.await(driver().purge("a", true))).isEqualTo(PurgeOutcome.PURGED);
    assertThat(commit(turn(record)).committed()).isFalse();
  }

  @Test
  @DisplayName("purging by filter deletes finished instances only, so many at a time")
  default void purgeByFilterIsBounded() {
    Node node = join("n");
    for (int i = 0; i < 5; i++) {
      commit(turn(owned("done" + i, node)).ends(InstanceStatus.COMPLETED));
    }
    owned("alive", node);
    assertThat(Answers.await(driver().purge(InstanceFilter.ALL, 3))).isEqualTo(3);
    assertThat(Answers.await(driver().purge(InstanceFilter.ALL, 3))).isEqualTo(2);
    assertThat(ids(InstanceFilter.ALL, 9)).containsExactly("alive");
  }

  @Test
  @DisplayName("purging by age deletes those that ended in this way before, and no other")
  default void purgeByAge() throws InterruptedException {
    Node node = join("n");
    commit(turn(owned("old", node)).ends(InstanceStatus.COMPLETED));
    commit(turn(owned("failed", node)).ends(InstanceStatus.FAILED));
    commit(turn(owned("again", node)).ends(InstanceStatus.COMPLETED));
    InstanceRecord again =
        create(
                new InstanceDefinition(
                    "again", "flow", "", "run-2", null, null, Map.of(), now(), now()),
                node)
            .record();
    passTime(Duration.ofMillis(20));
    Instant later = now();
    commit(turn(owned("young", node)).ends(InstanceStatus.COMPLETED));
    InstanceFilter byAge =
        new InstanceFilter(
            Set.of(InstanceStatus.COMPLETED, InstanceStatus.RUNNING),
            null,
            null,
            null,
            null,
            null,
            later,
            Map.of());
    assertThat(Answers.await(driver().purge(byAge, 9))).isEqualTo(1);
    assertThat(Answers.await(driver().purge(byAge, 9))).isZero();
    assertThat(ids(InstanceFilter.ALL, 9)).containsExactlyInAnyOrder("young", "again", "failed");
    commit(turn(again).ends(InstanceStatus.TERMINATED));
    assertThat(
            Answers.await(
                driver()
                    .purge(
                        filter(Set.of(InstanceStatus.TERMINATED), null, null, null, Map.of()), 9)))
        .isEqualTo(1);
  }

  @Test
  @DisplayName("after close every call fails with CANCELLED")
  default void closedDriverRefuses() {
    driver().close();
    driver().close();
    Answers.assertFails(ErrorCode.CANCELLED, driver().get("a"));
    Answers.assertFails(ErrorCode.CANCELLED, driver().claim("n", 1));
    Answers.assertFails(ErrorCode.CANCELLED, driver().join(new Node("n", LEASE)));
  }
}
