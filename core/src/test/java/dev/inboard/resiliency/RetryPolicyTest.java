package dev.inboard.resiliency;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class RetryPolicyTest {
  @Test
  void pausesGrowUpToTheLongest() {
    RetryPolicy policy = new RetryPolicy(5, Duration.ofMillis(100), 2, Duration.ofMillis(500), 0);
    assertThat(policy.delayAfter(1)).isEqualTo(Duration.ofMillis(100));
    assertThat(policy.delayAfter(2)).isEqualTo(Duration.ofMillis(200));
    assertThat(policy.delayAfter(3)).isEqualTo(Duration.ofMillis(400));
    assertThat(policy.delayAfter(4)).isEqualTo(Duration.ofMillis(500));
    assertThat(policy.delayAfter(1_000_000)).isEqualTo(Duration.ofMillis(500));
  }

  @Test
  void jitterStaysWithinItsBounds() {
    RetryPolicy policy = RetryPolicy.exponential(3, Duration.ofSeconds(1), Duration.ofMinutes(1));
    for (int n = 0; n < 1000; n++) {
      assertThat(policy.delayAfter(1)).isBetween(Duration.ofMillis(800), Duration.ofMillis(1200));
    }
  }

  @Test
  void retriesAreCountedAfterTheFirstAttempt() {
    assertThat(RetryPolicy.NONE.allowsRetryAfter(1)).isFalse();
    RetryPolicy twice = RetryPolicy.constant(2, Duration.ZERO);
    assertThat(twice.allowsRetryAfter(2)).isTrue();
    assertThat(twice.allowsRetryAfter(3)).isFalse();
    assertThat(
            RetryPolicy.constant(RetryPolicy.FOREVER, Duration.ZERO)
                .allowsRetryAfter(Integer.MAX_VALUE))
        .isTrue();
  }

  @Test
  void nonsenseIsRefused() {
    Duration second = Duration.ofSeconds(1);
    assertThatThrownBy(() -> RetryPolicy.constant(-2, second))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> RetryPolicy.constant(1, second.negated()))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new RetryPolicy(1, second, 0.5, second, 0))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new RetryPolicy(1, second, 1, second, Double.NaN))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
