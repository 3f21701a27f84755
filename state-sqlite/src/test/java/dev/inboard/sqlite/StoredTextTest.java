package dev.inboard.sqlite;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StoredTextTest {
  private static final String JSON = "{ \"a\": [1, \"é漢\uD83D\uDE00\uFFFD\"] }";

  @ParameterizedTest
  @ValueSource(
      strings = {"application/json", "Application/JSON", "application/json; charset=utf-8"})
  void jsonIsStoredAsItStands(String contentType) {
    assertThat(StoredText.of(JSON.getBytes(UTF_8), contentType))
        .isEqualTo(new StoredText(JSON, false));
  }

  @Test
  void everythingElseIsStoredInBase64() {
    byte[] value = {0, (byte) 0xFF, 'a'};
    StoredText base64 = new StoredText("AP9h", true);
    assertThat(StoredText.of(value, null)).isEqualTo(base64);
    assertThat(StoredText.of(value, "application/octet-stream")).isEqualTo(base64);
    assertThat(StoredText.of("1".getBytes(UTF_8), "text/plain").isBinary()).isTrue();
  }

  @Test
  void whatIsSaidToBeJsonAndIsNoTextIsStoredInBase64() {
    assertThat(StoredText.of(new byte[] {'"', (byte) 0xC3, 0x28, '"'}, "application/json"))
        .isEqualTo(new StoredText("IsMoIg==", true));
    assertThat(StoredText.of(new byte[] {'"', 0, '"'}, "application/json").isBinary()).isTrue();
  }

  @Test
  void randomBytesComeBackWhateverTheyAreSaidToBe() {
    Random random = new Random(7);
    for (int i = 0; i < 2_000; i++) {
      byte[] value = new byte[random.nextInt(40)];
      random.nextBytes(value);
      if (i % 2 == 0) {
        value = new String(value, UTF_8).getBytes(UTF_8);
      }
      StoredText stored = StoredText.of(value, "application/json");
      assertThat(StoredText.value(stored.text().getBytes(UTF_8), stored.isBinary()))
          .isEqualTo(value);
    }
  }

  @Test
  void brokenBase64IsNoticed() {
    assertThatThrownBy(() -> StoredText.value("%%".getBytes(UTF_8), true))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
