package dev.inboard.rabbitmq;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.OptionalInt;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class WindowTest {
  @Test
  @DisplayName("it grows while messages rest, one change at a time, and shrinks afterwards")
  void growsAndShrinks() {
    Window window = new Window(10, true);
    assertThat(window.grow(1)).hasValue(12);
    assertThat(window.grow(5)).as("the last change is under way").isEmpty();
    window.changed();
    assertThat(window.grow(2)).as("there is room").isEmpty();
    assertThat(window.grow(5)).hasValue(20);
    window.changed();
    assertThat(window.isGrown()).isTrue();
    assertThat(window.shrink()).hasValue(10);
    window.changed();
    assertThat(window.shrink()).isEmpty();
  }

  @Test
  @DisplayName("it grows by 1,000 at most, and never beyond what AMQP can say")
  void growsWithinLimits() {
    assertThat(new Window(10, true).grow(5_000)).hasValue(1_010);
    Window largest = new Window(70_000, true);
    assertThat(largest.reset()).isEqualTo(65_535);
    assertThat(largest.grow(1)).isEmpty();
  }

  @Test
  @DisplayName("it stays where the order would be lost, and begins again with a new channel")
  void staysAndBeginsAgain() {
    assertThat(new Window(1, false).grow(1)).isEqualTo(OptionalInt.empty());
    Window window = new Window(10, true);
    assertThat(window.grow(10)).hasValue(30);
    assertThat(window.reset()).isEqualTo(10);
    assertThat(window.isGrown()).isFalse();
    assertThat(window.grow(10)).as("no change is under way any more").hasValue(30);
  }
}
