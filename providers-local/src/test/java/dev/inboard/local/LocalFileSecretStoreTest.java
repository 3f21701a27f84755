package dev.inboard.local;

import static java.nio.charset.StandardCharsets.UTF_16LE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.spi.ComponentSpec;
import dev.inboard.spi.secrets.SecretStoreDriver;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LocalFileSecretStoreTest {
  private static final String NESTED =
      """
      {"plain": "p", "number": 5, "big": 12345678901234567890.50, "yes": true, "nothing": null,
       "db": {"user": "u", "ports": [1, "two"], "deep": {"er": "d"}}, "list": ["a", {"b": "c"}]}
      """;

  @TempDir Path folder;
  private SecretStoreDriver store;

  @AfterEach
  void close() {
    if (store != null) {
      store.close();
    }
  }

  @Test
  void nestedValuesAreFlattenedAndKeepTheirJsonText() throws Exception {
    open(NESTED, Map.of());
    assertThat(all())
        .isEqualTo(
            """
            big={big=12345678901234567890.50}
            db:deep:er={db:deep:er=d}
            db:ports:0={db:ports:0=1}
            db:ports:1={db:ports:1=two}
            db:user={db:user=u}
            list:0={list:0=a}
            list:1:b={list:1:b=c}
            nothing={nothing=null}
            number={number=5}
            plain={plain=p}
            yes={yes=true}
            """);
  }

  @Test
  void separatorCanBeChosen() throws Exception {
    open("{\"a\": {\"b\": \"c\"}}", Map.of("nestedSeparator", "__"));
    assertThat(all()).isEqualTo("a__b={a__b=c}\n");
  }

  @Test
  void multiValuedMakesOneSecretOfEachObject() throws Exception {
    open(NESTED, Map.of("multiValued", "true"));
    assertThat(all())
        .isEqualTo(
            """
            big={big=12345678901234567890.50}
            db={deep:er=d, ports:0=1, ports:1=two, user=u}
            list={0=a, 1:b=c}
            nothing={nothing=null}
            number={number=5}
            plain={plain=p}
            yes={yes=true}
            """);
  }

  @Test
  void changedFileIsSeenWithoutARestart() throws Exception {
    open("{\"a\": \"old\"}", Map.of());
    Files.writeString(file(), "{\"a\": \"new\"}");
    assertThat(all()).isEqualTo("a={a=new}\n");
  }

  @Test
  void fileThatBreaksLaterFailsTheCallAndServesAgainWhenMended() throws Exception {
    open("{\"a\": \"old\"}", Map.of());
    Files.writeString(file(), "{\"a\": \"half");
    InboardException failure =
        (InboardException)
            store.get("a", Map.of()).toCompletableFuture().handle((ok, e) -> e).join();
    assertThat(failure.code()).isEqualTo(ErrorCode.DATA_LOSS);
    assertThat(failure.operation()).isEqualTo("get secret 'a'");
    Files.writeString(file(), "{\"a\": \"new\"}");
    assertThat(all()).isEqualTo("a={a=new}\n");
  }

  @Test
  void missingFileStopsTheStart() {
    InboardException failure = openFailure(Map.of("secretsFile", "/no/such/secrets.json"));
    assertThat(failure)
        .hasMessage(
            "file (secretstores.local.file): open failed: NOT_FOUND: there is no file"
                + " '/no/such/secrets.json'; correct 'secretsFile'");
  }

  @Test
  void relativeFileIsShownWithTheWorkingDirectory() {
    assertThat(openFailure(Map.of("secretsFile", "no-such.json")))
        .hasMessageContaining("'" + Path.of("no-such.json").toAbsolutePath() + "'");
  }

  @Test
  void brokenJsonIsReportedWithItsPlaceAndWithoutItsText() throws Exception {
    assertThat(brokenBy("{\n  \"a\": hunter2\n}"))
        .hasMessage(
            "file (secretstores.local.file): open failed: DATA_LOSS: '%s' is no valid JSON (line 2,"
                + " column 8); it must hold one JSON object",
            file());
  }

  @Test
  void fileThatIsNoObjectIsReported() throws Exception {
    assertThat(brokenBy("[\"hunter2\"]"))
        .hasMessageContaining("does not begin with an object (line 1, column 1)");
    assertThat(brokenBy("")).hasMessageContaining("does not begin with an object");
    assertThat(brokenBy("{} {}")).hasMessageContaining("goes on after its end (line 1, column 4)");
  }

  @Test
  void twoSecretsOfOneNameAreReported() throws Exception {
    assertThat(brokenBy("{\"a:b\": \"hunter2\",\n \"a\": {\"b\": \"hunter2\"}}"))
        .hasMessageContaining("has two values called 'a:b' (line 2");
    assertThat(brokenBy("{\"a\": \"hunter2\",\n \"a\": \"x\"}"))
        .hasMessageContaining("is no valid JSON (line 2");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "hunter2",
        "{\"a\": \"hunter2",
        "{\"a\": \"hunter2\\x\"}",
        "{\"a\": \"hunter2\nx\"}",
        "{hunter2: 1}",
        "{\"a\": hunter2}",
        "{\"a\": \"b\"} hunter2",
        "{\"a\": 1hunter2}",
        "{\"a\" \"hunter2\"}"
      })
  void noBrokenFileIsQuotedAnywhere(String text) throws Exception {
    StringWriter trace = new StringWriter();
    brokenBy(text).printStackTrace(new PrintWriter(trace));
    assertThat(trace.toString()).doesNotContain("hunter2");
  }

  @Test
  void fileInAnotherEncodingIsReported() throws Exception {
    Files.write(file(), new byte[] {0, 0, 0, 'h', 'u', 'n', 't', 'e', 'r', '2', 'x', 'y'});
    assertThat(openFailure(Map.of("secretsFile", file().toString())))
        .hasMessageContaining("DATA_LOSS")
        .hasNoCause();
    Files.write(file(), "{\"a\": \"utf-16 is JSON too\"}".getBytes(UTF_16LE));
    open(Map.of("secretsFile", file().toString()));
    assertThat(all()).isEqualTo("a={a=utf-16 is JSON too}\n");
  }

  @Test
  void folderInsteadOfAFileIsReported() {
    InboardException failure = openFailure(Map.of("secretsFile", folder.toString()));
    assertThat(failure.code()).isEqualTo(ErrorCode.UNAVAILABLE);
    assertThat(failure).hasMessageContaining("directory");
  }

  @Test
  void missingOptionIsReported() {
    ComponentSpec spec = ComponentSpec.of("file", "secretstores.local.file", Map.of());
    assertThat(
            catchThrowableOfType(
                IllegalArgumentException.class,
                () -> spec.get(LocalFileSecretStoreProvider.SECRETS_FILE)))
        .hasMessage(
            "missing required field 'secretsFile' (The JSON file; relative to the working"
                + " directory)");
  }

  private Path file() {
    return folder.resolve("secrets.json");
  }

  private void open(String json, Map<String, String> metadata) throws IOException {
    Files.writeString(file(), json);
    Map<String, String> all = new HashMap<>(metadata);
    all.put("secretsFile", file().toString());
    open(all);
  }

  private void open(Map<String, String> metadata) {
    store =
        new LocalFileSecretStoreProvider()
            .open(ComponentSpec.of("file", "secretstores.local.file", metadata));
  }

  private InboardException openFailure(Map<String, String> metadata) {
    return catchThrowableOfType(InboardException.class, () -> open(metadata));
  }

  private InboardException brokenBy(String json) throws IOException {
    Files.writeString(file(), json);
    return openFailure(Map.of("secretsFile", file().toString()));
  }

  private String all() throws Exception {
    StringBuilder lines = new StringBuilder();
    new TreeMap<>(store.getBulk(Map.of()).toCompletableFuture().get())
        .forEach(
            (name, secret) -> {
              Map<String, String> values = new TreeMap<>();
              secret.values().forEach((key, value) -> values.put(key, value.reveal()));
              lines.append(name).append('=').append(values).append('\n');
            });
    return lines.toString();
  }
}
