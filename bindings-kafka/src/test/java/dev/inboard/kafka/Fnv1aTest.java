package dev.inboard.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class Fnv1aTest {
  @ParameterizedTest
  @CsvSource({"a,0,6,0", "test,2,1,11", "key1,2,3,11", "order-1,1,9,1"})
  @DisplayName("keys lie where a sidecar puts them, in topics of 3, 10 and 12 partitions")
  void keysLieWhereASidecarPutsThem(String key, int of3, int of10, int of12) {
    assertThat(List.of(3, 10, 12))
        .extracting(partitions -> Fnv1a.partition(key.getBytes(UTF_8), partitions))
        .containsExactly(of3, of10, of12);
  }

  @ParameterizedTest
  @CsvSource({"1", "3", "7"})
  @DisplayName(
      "an empty key is a key: the offset basis, read as a negative number, without its sign")
  void emptyKeyIsHashed(int partitions) {
    assertThat(Fnv1a.partition(new byte[0], partitions))
        .isEqualTo(Math.abs(0x811c9dc5 % partitions));
  }
}
