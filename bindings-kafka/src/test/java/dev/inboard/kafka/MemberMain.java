package dev.inboard.kafka;

import dev.inboard.spi.pubsub.PubSubDriver;
import dev.inboard.spi.pubsub.Settlement;
import dev.inboard.spi.pubsub.SubscriptionSpec;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A member of a consumer group in a process of its own, which can be killed and frozen. */
public final class MemberMain {
  static final String READY = "READY";
  static final String HANDLED = "HANDLED";
  private static final int MAX_IN_FLIGHT = 8;

  private MemberMain() {}

  /**
   * Consumes until it is killed, and prints what it has handled before it acknowledges it.
   *
   * @param arguments brokers, topic, group, milliseconds per message
   */
  public static void main(String[] arguments) throws InterruptedException {
    PubSubDriver driver =
        TestComponents.pubSub("brokers", arguments[0], "consumerGroup", arguments[2]);
    var later =
        CompletableFuture.delayedExecutor(Long.parseLong(arguments[3]), TimeUnit.MILLISECONDS);
    var unused =
        TestComponents.await(
            driver.subscribe(
                SubscriptionSpec.of(arguments[1], MAX_IN_FLIGHT),
                message ->
                    CompletableFuture.supplyAsync(
                        () -> {
                          print(
                              HANDLED
                                  + " "
                                  + TestComponents.text(message)
                                  + " "
                                  + System.nanoTime());
                          return Settlement.ACKNOWLEDGE;
                        },
                        later)));
    print(READY);
    new java.util.concurrent.CountDownLatch(1).await();
  }

  private static synchronized void print(String line) {
    System.out.println(line);
    System.out.flush();
  }
}
