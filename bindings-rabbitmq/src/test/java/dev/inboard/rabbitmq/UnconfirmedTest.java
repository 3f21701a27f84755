package dev.inboard.rabbitmq;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.AMQP.BasicProperties;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class UnconfirmedTest {
  private final Unconfirmed unconfirmed = new Unconfirmed();

  private static Pending pending(String body) {
    return new Pending(
        new Outgoing(
            "t",
            "t",
            "",
            new BasicProperties(),
            body.getBytes(java.nio.charset.StandardCharsets.UTF_8),
            null,
            false));
  }

  @Test
  @DisplayName("confirms in any order, one by one or many at once, find their messages")
  void behavesLikeASortedMap() {
    TreeMap<Long, Pending> model = new TreeMap<>();
    Random random = new Random(17);
    long next = 1;
    for (int step = 0; step < 2_000; step++) {
      int burst = random.nextInt(10) == 0 ? 300 : random.nextInt(4);
      for (int n = 0; n < burst; n++) {
        Pending one = pending("b" + next);
        unconfirmed.add(one);
        model.put(next++, one);
      }
      long number = 1 + (long) random.nextInt((int) next + 2);
      if (random.nextInt(4) == 0) {
        List<Pending> taken = new ArrayList<>();
        for (Pending one = unconfirmed.takeUpTo(number);
            one != null;
            one = unconfirmed.takeUpTo(number)) {
          taken.add(one);
        }
        assertThat(taken).containsExactlyElementsOf(model.headMap(number, true).values());
        model.headMap(number, true).clear();
      } else {
        assertThat(unconfirmed.take(number)).isSameAs(model.remove(number));
      }
      assertThat(unconfirmed.isEmpty()).isEqualTo(model.isEmpty());
    }
    assertThat(unconfirmed.takeAll()).containsExactlyElementsOf(model.values());
    assertThat(unconfirmed.isEmpty()).isTrue();
  }

  @Test
  @DisplayName("a returned message is the oldest of equal content that has not been returned yet")
  void returnedMessagesAreFoundInOrder() {
    List<Pending> all = List.of(pending("a"), pending("b"), pending("a"));
    all.forEach(unconfirmed::add);
    for (Pending expected : List.of(all.get(0), all.get(2))) {
      Pending found = unconfirmed.findReturned("t", "", new byte[] {'a'});
      assertThat(found).isSameAs(expected);
      found.markReturned();
    }
    assertThat(unconfirmed.findReturned("t", "", new byte[] {'a'})).isNull();
    assertThat(unconfirmed.findReturned("t", "k", new byte[] {'b'})).isNull();
  }

  @Test
  @DisplayName("what is too old is taken out, and its confirm finds nothing")
  void oldMessagesAreTakenOut() {
    Pending old = pending("a");
    unconfirmed.add(old);
    long between = System.nanoTime() + 1;
    while (System.nanoTime() <= between) {
      Thread.onSpinWait();
    }
    Pending young = pending("b");
    unconfirmed.add(young);
    assertThat(unconfirmed.takeSentBefore(between)).containsExactly(old);
    assertThat(unconfirmed.take(1)).isNull();
    assertThat(unconfirmed.take(2)).isSameAs(young);
  }
}
