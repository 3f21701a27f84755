package dev.inboard.internal.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.inboard.Health;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class HealthLogTest {
  private static List<Health.Component> orders(@Nullable String reason) {
    return List.of(
        new Health.Component("orders", "state.redis", true, reason == null, false, reason));
  }

  @Test
  @DisplayName("one line when a component is not ready any more, one when it is ready again")
  void oneLineForEachChange() {
    Logger logger = (Logger) LoggerFactory.getLogger(HealthLog.class);
    ListAppender<ILoggingEvent> lines = new ListAppender<>();
    lines.start();
    logger.addAppender(lines);
    HealthLog log = new HealthLog();
    for (String reason :
        new String[] {null, "orders (state.redis): gone", "still gone", null, null}) {
      log.write(orders(reason));
    }
    logger.detachAppender(lines);
    assertThat(lines.list)
        .extracting(ILoggingEvent::getFormattedMessage)
        .containsExactly(
            "not ready: orders (state.redis): gone", "orders (state.redis) is ready again");
  }
}
