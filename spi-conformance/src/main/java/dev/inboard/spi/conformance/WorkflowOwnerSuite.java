package dev.inboard.spi.conformance;

import static dev.inboard.spi.conformance.WorkflowBackendFixture.right;
import static org.assertj.core.api.Assertions.assertThat;

import dev.inboard.spi.workflow.CreateOutcome;
import dev.inboard.spi.workflow.Creation;
import dev.inboard.spi.workflow.InstanceDefinition;
import dev.inboard.spi.workflow.InstanceRecord;
import dev.inboard.spi.workflow.Node;
import dev.inboard.spi.workflow.Reuse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Who owns an instance, and when it changes hands. */
interface WorkflowOwnerSuite extends WorkflowBackendFixture {
  @Test
  @DisplayName("what nobody owns is claimed when its time has come, the longest due first")
  default void dueInstancesAreClaimedInOrder() throws InterruptedException {
    Node node = join("n");
    for (int i = 3; i >= 1; i--) {
      InstanceRecord record = owned("wake-" + i, node);
      commit(turn(record).wakesAt(now().plusSeconds(i)).releases());
    }
    InstanceRecord silent = owned("silent", node);
    commit(turn(silent).releases());

    assertThat(claim(node).taken()).isEmpty();
    assertThat(claim(node).nextWake()).isEqualTo(get("wake-1").wakeAt());
    passTime(Duration.ofSeconds(3));
    assertThat(claimedIds(node)).containsExactly("wake-1", "wake-2", "wake-3");
    assertThat(claim(node).taken()).isEmpty();
  }

  @Test
  @DisplayName("a claim takes no more than it asks for")
  default void claimIsBounded() {
    Node node = join("n");
    for (int i = 0; i < 5; i++) {
      create(definition("i" + i), null);
    }
    assertThat(Answers.await(driver().claim("n", 2)).taken()).hasSize(2);
    assertThat(Answers.await(driver().claim("n", 2)).taken()).hasSize(2);
    assertThat(claim(node).taken()).hasSize(1);
  }

  @Test
  @DisplayName("every change of owner raises the epoch, and the old owner is fenced")
  default void epochGrowsAndFences() {
    Node first = join("first");
    Node second = join("second");
    InstanceRecord before = owned("a", first);
    assertThat(Answers.await(driver().release(right(before)))).isTrue();
    deliver("a", "wake up");
    InstanceRecord after = claim(second).taken().get(0);
    assertThat(right(after).epoch()).isGreaterThan(right(before).epoch());
    assertThat(commit(turn(before)).committed()).isFalse();
    assertThat(Answers.await(driver().release(right(before)))).isFalse();
    assertThat(commit(turn(after)).committed()).isTrue();
  }

  @Test
  @DisplayName(
      "when a lease runs out, others take over what was at work, and count it as a recovery")
  default void expiredNodeIsTakenOver() throws InterruptedException {
    Node dead = join("dead");
    commit(turn(owned("busy", dead)).wakesAt(now()));
    commit(turn(owned("asleep", dead)));
    passTime(LEASE.dividedBy(2));
    Node live = join("live");
    assertThat(claimedIds(live)).isEmpty();
    passTime(LEASE.dividedBy(2).plusMillis(20));
    InstanceRecord taken = claim(live).taken().get(0);
    assertThat(taken.id()).isEqualTo("busy");
    assertThat(taken.recoveries()).isEqualTo(1);
    commit(turn(taken));
    assertThat(get("busy").recoveries()).isZero();
    deliver("asleep", "wake up");
    assertThat(claimedIds(live)).containsExactly("asleep");
  }

  @Test
  @DisplayName("a node without a lease takes and owns nothing until its next heartbeat")
  default void nodeWithoutLeaseOwnsNothing() throws InterruptedException {
    Node late = join("late");
    passTime(LEASE.plusMillis(20));
    Node other = join("other");
    claim(other); // notices that the lease has run out
    create(definition("a"), null);
    assertThat(claimedIds(late)).isEmpty();
    assertThat(create(definition("b"), late).record().ownership()).isNull();
    assertThat(Answers.await(driver().heartbeat(late))).isFalse();
    assertThat(claimedIds(late)).containsExactlyInAnyOrder("a", "b");
    assertThat(Answers.await(driver().heartbeat(late))).isTrue();
  }

  @Test
  @DisplayName("a heartbeat keeps a lease alive")
  default void heartbeatProlongsLease() throws InterruptedException {
    Node node = join("n");
    Node other = join("other");
    commit(turn(owned("a", node)).wakesAt(now()));
    for (int i = 0; i < 4; i++) {
      passTime(LEASE.dividedBy(2));
      assertThat(Answers.await(driver().heartbeat(node))).isTrue();
      Answers.await(driver().heartbeat(other));
      assertThat(claimedIds(other)).isEmpty();
    }
  }

  @Test
  @DisplayName("a node that leaves gives everything back at once")
  default void leavingGivesBack() {
    Node node = join("n");
    commit(turn(owned("a", node)).wakesAt(now()));
    assertThat(Answers.await(driver().owned("n")))
        .extracting(InstanceRecord::id)
        .containsExactly("a");
    Answers.await(driver().leave("n"));
    assertThat(Answers.await(driver().owned("n"))).isEmpty();
    InstanceRecord taken = claim(join("m")).taken().get(0);
    assertThat(taken.id()).isEqualTo("a");
    assertThat(taken.recoveries()).isZero();
  }

  @Test
  @DisplayName("however many claim at once, no instance is given to two")
  default void concurrentClaimsDoNotOverlap() throws Exception {
    int instances = 200;
    for (int i = 0; i < instances; i++) {
      create(definition("i" + i), null);
    }
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      List<Future<List<String>>> claims = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        Node node = join("n" + i);
        claims.add(
            threads.submit(
                () -> {
                  List<String> taken = new ArrayList<>();
                  List<InstanceRecord> more;
                  do {
                    more = Answers.await(driver().claim(node.id(), 7)).taken();
                    more.forEach(record -> taken.add(record.id()));
                  } while (!more.isEmpty());
                  return taken;
                }));
      }
      List<String> all = new ArrayList<>();
      for (Future<List<String>> claim : claims) {
        all.addAll(claim.get());
      }
      assertThat(all).hasSize(instances).doesNotHaveDuplicates();
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  @DisplayName(
      "of nodes that create under one id at once one does, and the others learn what it made")
  default void concurrentCreationsMakeOneInstance() throws Exception {
    List<Node> nodes = List.of(join("n0"), join("n1"), join("n2"), join("n3"));
    ExecutorService threads = Executors.newFixedThreadPool(nodes.size());
    try {
      for (int i = 0; i < 25; i++) {
        String id = "i" + i;
        CyclicBarrier start = new CyclicBarrier(nodes.size());
        List<Future<CreateOutcome>> calls = new ArrayList<>();
        for (Node node : nodes) {
          InstanceDefinition own =
              new InstanceDefinition(
                  id, "flow", "", "of-" + node.id(), null, null, Map.of(), now(), now());
          calls.add(
              threads.submit(
                  () -> {
                    start.await();
                    return Answers.await(
                        driver().create(new Creation(own, Reuse.REJECT, node.id(), null)));
                  }));
        }
        List<String> winners = new ArrayList<>();
        Set<String> stored = new HashSet<>();
        for (int n = 0; n < calls.size(); n++) {
          CreateOutcome outcome = calls.get(n).get();
          stored.add(outcome.record().definition().executionId());
          if (outcome.created()) {
            winners.add(nodes.get(n).id());
          }
        }
        assertThat(winners).as("who created '%s'", id).hasSize(1);
        assertThat(stored).containsExactly("of-" + winners.get(0));
        assertThat(right(get(id)).node()).isEqualTo(winners.get(0));
      }
    } finally {
      threads.shutdownNow();
    }
  }
}
