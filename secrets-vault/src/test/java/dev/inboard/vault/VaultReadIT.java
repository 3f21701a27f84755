package dev.inboard.vault;

import static dev.inboard.vault.Vaults.assertCode;
import static dev.inboard.vault.Vaults.await;
import static dev.inboard.vault.Vaults.failure;
import static dev.inboard.vault.Vaults.get;
import static dev.inboard.vault.Vaults.metadata;
import static dev.inboard.vault.Vaults.open;
import static dev.inboard.vault.Vaults.put;
import static dev.inboard.vault.Vaults.value;
import static dev.inboard.vault.Vaults.with;
import static org.assertj.core.api.Assertions.assertThat;

import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.spi.Feature;
import dev.inboard.spi.secrets.SecretStoreDriver;
import dev.inboard.spi.secrets.StoredSecret;
import dev.inboard.test.server.OpenBaoServer;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class VaultReadIT {
  @RegisterExtension static final OpenBaoServer bao = OpenBaoServer.shared();

  private final String prefix = Vaults.prefix();
  private SecretStoreDriver vault;

  @BeforeEach
  void openVault() {
    vault = open(metadata(bao, prefix));
  }

  @AfterEach
  void close() {
    vault.close();
  }

  @Test
  void valuesThatAreNoTextBecomeTheirJson() {
    bao.api(
        "POST",
        "secret/data/" + prefix + "/mixed",
        """
        {"data": {"text": "t", "number": 42, "fraction": 1.5, "yes": true,
                  "nothing": null, "list": [1, "two"], "object": {"a": {"b": "c"}}}}
        """);
    assertThat(value(vault, "mixed", "text")).isEqualTo("t");
    assertThat(value(vault, "mixed", "number")).isEqualTo("42");
    assertThat(value(vault, "mixed", "fraction")).isEqualTo("1.5");
    assertThat(value(vault, "mixed", "yes")).isEqualTo("true");
    assertThat(value(vault, "mixed", "nothing")).isEqualTo("null");
    assertThat(value(vault, "mixed", "list")).isEqualTo("[1,\"two\"]");
    assertThat(value(vault, "mixed", "object")).isEqualTo("{\"a\":{\"b\":\"c\"}}");
  }

  @Test
  void textTypeGivesTheWholeSecretAsJson() {
    put(bao, prefix + "/payment", Map.of("apiKey", "k"));
    try (SecretStoreDriver text = open(with(metadata(bao, prefix), "vaultValueType", "text"))) {
      assertThat(value(text, "payment", "payment")).isEqualTo("{\"apiKey\":\"k\"}");
      assertThat(text.features()).containsExactly(Feature.SECRET_VERSIONS);
    }
  }

  @Test
  void prefixIsDaprUnlessTheFileSaysOtherwise() {
    put(bao, "dapr/" + prefix, Map.of("v", "below dapr"));
    put(bao, prefix, Map.of("v", "at the top"));
    put(bao, "a/b/" + prefix, Map.of("v", "deep"));
    Map<String, String> bare = Map.of("vaultAddr", bao.uri(), "vaultToken", bao.rootToken());
    assertReads("below dapr", bare);
    assertReads("at the top", with(bare, "vaultKVUsePrefix", "false"));
    assertReads("deep", with(bare, "vaultKVPrefix", "/a/b/"));
  }

  @Test
  void engineCanBeMountedAnywhere() {
    bao.mountKv("team/" + prefix, 2);
    bao.api("POST", "team/" + prefix + "/data/dapr/" + prefix, "{\"data\":{\"v\":\"x\"}}");
    assertReads(
        "x",
        Map.of(
            "vaultAddr", bao.uri() + "/",
            "vaultToken", bao.rootToken(),
            "enginePath", "team/" + prefix));
  }

  @Test
  void namespaceIsAskedForInTheHeader() {
    bao.api("POST", "sys/namespaces/" + prefix, "");
    bao.mountKv(prefix, "secret", 2);
    bao.api("POST", prefix + "/secret/data/dapr/" + prefix, "{\"data\":{\"v\":\"in the team\"}}");
    Map<String, String> bare = Map.of("vaultAddr", bao.uri(), "vaultToken", bao.rootToken());
    assertReads("in the team", with(bare, "vaultNamespace", prefix));
    assertCode(
        Vaults.openFailure(with(bare, "vaultNamespace", "nobody")),
        ErrorCode.NOT_FOUND,
        "there is no such namespace; correct 'vaultNamespace'");
  }

  @Test
  void namesMayBePathsAndHoldAnyCharacter() {
    for (String name : List.of("a b", "ü/秘密", "100%", "a+b", "a?b=c#d", "x;y")) {
      put(bao, prefix + "/" + VaultPaths.encoded(name), Map.of("v", name));
      assertThat(value(vault, name, "v")).isEqualTo(name);
    }
    assertThat(await(vault.getBulk(Map.of()))).containsKeys("a b", "ü/秘密", "100%", "a+b");
  }

  @Test
  void hugeSecretIsRead() {
    String huge = "ü".repeat(400_000);
    put(bao, prefix + "/huge", Map.of("v", huge));
    assertThat(value(vault, "huge", "v")).isEqualTo(huge);
  }

  @Test
  void bulkWalksThroughFoldersAndLeavesOutWhatCannotBeRead() {
    for (String name : List.of("top", "a/one", "a/b/two", "deleted", "a/denied", "locked/x")) {
      put(bao, prefix + "/" + name, Map.of("v", name));
    }
    bao.api("DELETE", "secret/data/" + prefix + "/deleted", "");
    String policy =
        """
        path "secret/data/%1$s/*" { capabilities = ["read"] }
        path "secret/metadata/%1$s/*" { capabilities = ["list"] }
        path "secret/data/%1$s/a/denied" { capabilities = ["deny"] }
        path "secret/metadata/%1$s/locked" { capabilities = ["deny"] }
        path "secret/metadata/%1$s/locked/" { capabilities = ["deny"] }
        """
            .formatted(prefix);
    String token = Vaults.token(bao, policy, Map.of());
    try (SecretStoreDriver limited = open(with(metadata(bao, prefix), "vaultToken", token))) {
      Map<String, StoredSecret> all = await(limited.getBulk(Map.of()));
      assertThat(all).containsOnlyKeys("top", "a/one", "a/b/two");
      assertThat(all.get("a/b/two").values().get("v").reveal()).isEqualTo("a/b/two");
    }
  }

  @Test
  void bulkOfManySecretsReadsEach() {
    for (int i = 0; i < 150; i++) {
      put(bao, prefix + "/s" + i, Map.of("v", "value " + i));
    }
    Map<String, StoredSecret> all = await(vault.getBulk(Map.of()));
    assertThat(all).hasSize(150);
    assertThat(all.get("s149").values().get("v").reveal()).isEqualTo("value 149");
  }

  @Test
  void bulkWithoutPermissionToListFails() {
    String policy = "path \"secret/data/" + prefix + "/*\" { capabilities = [\"read\"] }";
    String token = Vaults.token(bao, policy, Map.of());
    try (SecretStoreDriver limited = open(with(metadata(bao, prefix), "vaultToken", token))) {
      assertCode(
          failure(limited.getBulk(Map.of())),
          ErrorCode.PERMISSION_DENIED,
          "(for bulk reads also 'list')");
    }
  }

  @Test
  void bulkOfNothingIsEmpty() {
    assertThat(await(vault.getBulk(Map.of()))).isEmpty();
  }

  @Test
  void missingThingsAreToldApart() {
    put(bao, prefix + "/gone", Map.of("v", "hunter2"));
    bao.api("DELETE", "secret/data/" + prefix + "/gone", "");
    put(bao, prefix + "/destroyed", Map.of("v", "hunter2"));
    bao.api("PUT", "secret/destroy/" + prefix + "/destroyed", "{\"versions\":[1]}");
    assertThat(failure(vault, "absent"))
        .hasMessage(
            "vault (secretstores.hashicorp.vault): get secret 'absent' failed: NOT_FOUND: there is no"
                + " such secret or version; create it, or look at 'vaultKVPrefix',"
                + " 'vaultKVUsePrefix' and 'engineVersion'");
    assertCode(
        failure(vault, "gone"),
        ErrorCode.NOT_FOUND,
        "this version was deleted at 20",
        "undelete it");
    assertCode(
        failure(vault, "destroyed"),
        ErrorCode.NOT_FOUND,
        "this version is destroyed; write a new one");
    try (SecretStoreDriver elsewhere =
        open(with(metadata(bao, prefix), "enginePath", "no-engine"))) {
      assertCode(
          failure(elsewhere, "x"),
          ErrorCode.NOT_FOUND,
          "no engine is mounted there",
          "correct 'enginePath'");
    }
    try (SecretStoreDriver version1 = open(with(metadata(bao, prefix), "engineVersion", "1"))) {
      put(bao, prefix + "/x", Map.of("v", "hunter2"));
      assertCode(failure(version1, "x"), ErrorCode.NOT_FOUND, "set 'engineVersion' to 2");
      assertCode(
          failure(version1.getBulk(Map.of())), ErrorCode.NOT_FOUND, "set 'engineVersion' to 2");
    }
  }

  @Test
  void versionsThatAreNoneAreRefused() {
    put(bao, prefix + "/x", Map.of("v", "1"));
    assertCode(
        failure(vault.get("x", Map.of("version_id", "latest"))),
        ErrorCode.INVALID_ARGUMENT,
        "the version is no number; give one like 3");
    assertThat(await(vault.get("x", Map.of("version_id", "0"))).version()).isEqualTo("1");
  }

  @Test
  void namesThatLeadElsewhereAreRefused() {
    for (String name : List.of("", "/x", "x/", "a//b", "../x", "a/./b", "..")) {
      assertCode(
          failure(vault, name),
          ErrorCode.INVALID_ARGUMENT,
          "the name has an empty, '.' or '..' part; correct it");
    }
  }

  @Test
  void noFailureShowsTokenOrSecret() {
    put(bao, prefix + "/gone", Map.of("v", "hunter2"));
    bao.api("DELETE", "secret/data/" + prefix + "/gone", "");
    for (InboardException failure :
        List.of(
            failure(vault, "gone"),
            failure(vault, ".."),
            Vaults.openFailure(with(metadata(bao, prefix), "vaultToken", "wrong-hunter2")))) {
      assertThat(Vaults.printed(failure)).doesNotContain("hunter2").doesNotContain(bao.rootToken());
    }
    assertThat(vault.toString()).isEqualTo("vault (secretstores.hashicorp.vault)");
    assertThat(get(vault, seeded()).toString()).doesNotContain("hunter2");
  }

  private String seeded() {
    put(bao, prefix + "/seeded", Map.of("v", "hunter2"));
    return "seeded";
  }

  private void assertReads(String expected, Map<String, String> metadata) {
    try (SecretStoreDriver driver = open(metadata)) {
      assertThat(value(driver, prefix, "v")).isEqualTo(expected);
    }
  }
}
