package dev.inboard.local;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.spi.ComponentSpec;
import dev.inboard.spi.bindings.OutputBindingDriver;
import dev.inboard.spi.bindings.OutputBindingDriver.Request;
import dev.inboard.spi.bindings.OutputBindingDriver.Response;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LocalStorageBindingTest {
  @TempDir Path folder;
  private Path root;
  private OutputBindingDriver files;

  @BeforeEach
  void open() {
    root = folder.resolve("root");
    files = open(Map.of("rootPath", root.toString()));
  }

  @AfterEach
  void close() {
    files.close();
  }

  @Test
  void createWithoutNameMakesOneUp() {
    Response created = invoke("create", Map.of(), "data");
    String name = created.metadata().get("fileName");
    assertThat(name).matches("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");
    assertThat(text(created)).isEqualTo("{\"fileName\":\"" + name + "\"}");
    assertThat(text(invoke("get", Map.of("fileName", name), ""))).isEqualTo("data");
  }

  @Test
  void textThatHappensToBeBase64StaysAsItIs() {
    create("word", "test");
    assertThat(root.resolve("word")).hasContent("test");
  }

  @Test
  void base64IsDecodedWhenAskedFor() {
    try (OutputBindingDriver decoding =
        open(Map.of("rootPath", root.toString(), "decodeBase64", "true"))) {
      decoding
          .invoke(new Request("create", "aGVsbG8=".getBytes(UTF_8), Map.of("fileName", "a")))
          .toCompletableFuture()
          .join();
      assertThat(root.resolve("a")).hasContent("hello");
      assertThat(
              catchThrowableOfType(
                  CompletionException.class,
                  () ->
                      decoding
                          .invoke(
                              new Request(
                                  "create", "no base64!".getBytes(UTF_8), Map.of("fileName", "b")))
                          .toCompletableFuture()
                          .join()))
          .cause()
          .hasMessage(
              "files (bindings.localstorage): create 'b' failed: INVALID_ARGUMENT: the data is no"
                  + " base64, which 'decodeBase64' asks for")
          .hasNoCause();
    }
  }

  @Test
  void listNamesFilesThatGetUnderstands() {
    create("b", "1");
    create("a/ü \"x\"", "2");
    assertThat(text(invoke("list", Map.of(), ""))).isEqualTo("[\"a/ü \\\"x\\\"\",\"b\"]");
    assertThat(text(invoke("list", Map.of("fileName", "a"), ""))).isEqualTo("[\"a/ü \\\"x\\\"\"]");
    assertThat(text(invoke("get", Map.of("fileName", "a/ü \"x\""), ""))).isEqualTo("2");
  }

  @ParameterizedTest
  @CsvSource({
    "../outside,                    is outside the rootPath",
    "a/../../outside,               is outside the rootPath",
    "a/..,                          is outside the rootPath",
    "/etc/passwd,                   is absolute",
    "link/file,                     leads out of the rootPath through a link",
    "dangling/file,                 is a link that leads nowhere",
    ".inboard-unfinished/x,         is in the folder of unfinished files",
  })
  void namesThatLeadOutAreRefused(String name, String reason) throws IOException {
    Path outside = Files.createDirectories(folder.resolve("outside"));
    Files.writeString(outside.resolve("file"), "not yours");
    Files.createSymbolicLink(root.resolve("link"), outside);
    Files.createSymbolicLink(root.resolve("dangling"), folder.resolve("nowhere"));
    for (String operation : new String[] {"create", "get", "delete", "list"}) {
      InboardException failure = failure(operation, name);
      assertThat(failure.code()).as(operation).isEqualTo(ErrorCode.INVALID_ARGUMENT);
      assertThat(failure).hasMessageContaining(reason);
    }
    assertThat(outside.resolve("file")).hasContent("not yours");
    assertThat(folder.resolve("nowhere")).doesNotExist();
  }

  @Test
  void linkToAFileOutsideIsNotFollowed() throws IOException {
    Path outside = Files.writeString(folder.resolve("outside"), "not yours");
    Files.createSymbolicLink(root.resolve("link"), outside);
    assertThat(failure("get", "link")).hasMessageContaining("through a link; remove the link");
    assertThat(failure("delete", "link").code()).isEqualTo(ErrorCode.INVALID_ARGUMENT);
    assertThat(text(invoke("list", Map.of(), ""))).isEqualTo("[]");
    create("link", "mine");
    assertThat(outside).hasContent("not yours");
    assertThat(root.resolve("link")).isRegularFile().hasContent("mine");
  }

  @Test
  void nameWithANulIsRefused() {
    assertThat(failure("create", "a\0b").code()).isEqualTo(ErrorCode.INVALID_ARGUMENT);
  }

  @Test
  void folderIsNoFile() {
    create("a/b", "1");
    assertThat(failure("get", "a")).hasMessageContaining("'a' is a folder; use the operation list");
    assertThat(failure("delete", "a")).hasMessageContaining("only files can be deleted");
    assertThat(failure("create", "a")).hasMessageContaining("choose another fileName");
    assertThat(failure("create", "a/b/c")).hasMessageContaining("is a file, no folder");
  }

  @ParameterizedTest
  @ValueSource(strings = {"get", "delete"})
  void missingNameIsReported(String operation) {
    assertThat(failure(operation, ""))
        .hasMessage(
            "files (bindings.localstorage): %s failed: INVALID_ARGUMENT: the metadata 'fileName' is"
                + " missing; add it",
            operation);
  }

  @Test
  void missingFileIsReported() throws IOException {
    assertThat(failure("get", "a/b"))
        .hasMessage(
            "files (bindings.localstorage): get 'a/b' failed: NOT_FOUND: there is no such file in"
                + " '%s'",
            root.toRealPath());
    assertThat(failure("delete", "a").code()).isEqualTo(ErrorCode.NOT_FOUND);
    assertThat(failure("list", "a").code()).isEqualTo(ErrorCode.NOT_FOUND);
  }

  @Test
  void failedCreateLeavesNothingBehind() throws IOException {
    create("a", "1");
    failure("create", "a/b");
    try (Stream<Path> unfinished = Files.list(root.resolve(".inboard-unfinished"))) {
      assertThat(unfinished).isEmpty();
    }
    assertThat(root.resolve("a")).hasContent("1");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"/proc", "/proc/self/x", "/sys/x", "/boot", "/var/run/secrets/x", "/tmp/../proc"})
  void foldersOfTheSystemAreRefused(String path) {
    InboardException failure = openFailure(path);
    assertThat(failure.code()).isEqualTo(ErrorCode.PERMISSION_DENIED);
    assertThat(failure).hasMessageContaining("belongs to the system; choose another folder");
  }

  @Test
  void linkToAFolderOfTheSystemIsRefused() throws IOException {
    Files.createSymbolicLink(folder.resolve("innocent"), Path.of("/sys"));
    assertThat(openFailure(folder.resolve("innocent/x").toString()).code())
        .isEqualTo(ErrorCode.PERMISSION_DENIED);
  }

  @Test
  void rootThatIsAFileIsRefused() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "");
    assertThat(openFailure(file.toString())).hasMessageContaining("is no folder; name one");
  }

  private InboardException openFailure(String path) {
    return catchThrowableOfType(
        InboardException.class, () -> open(Map.of("rootPath", path)).close());
  }

  private static OutputBindingDriver open(Map<String, String> metadata) {
    return (OutputBindingDriver)
        new LocalStorageBindingProvider()
            .open(ComponentSpec.of("files", "bindings.localstorage", metadata));
  }

  private void create(String name, String data) {
    invoke("create", Map.of("fileName", name), data);
  }

  private Response invoke(String operation, Map<String, String> metadata, String data) {
    return files
        .invoke(new Request(operation, data.getBytes(UTF_8), metadata))
        .toCompletableFuture()
        .join();
  }

  private static String text(Response response) {
    return new String(response.data(), UTF_8);
  }

  private InboardException failure(String operation, String name) {
    Map<String, String> metadata = name.isEmpty() ? Map.of() : Map.of("fileName", name);
    Throwable failure =
        files
            .invoke(new Request(operation, new byte[0], metadata))
            .toCompletableFuture()
            .handle((ok, e) -> e)
            .join();
    assertThat(failure).as("%s '%s'", operation, name).isInstanceOf(InboardException.class);
    return (InboardException) failure;
  }
}
